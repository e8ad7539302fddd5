/** The server as a client meets it, over real connections: headers, limits, time. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import { noAudit } from '../audit.ts'
import { authRoutes } from '../auth/auth.ts'
import { loadConfig } from '../config/load.ts'
import type { ServerConfig } from '../config/server.ts'
import { BinocleError } from '../errors.ts'
import { createExternal } from './external.ts'
import { gatesOf } from './gates/gates.ts'
import type { Limits } from './limits.ts'
import { empty, json, type Route, redirect, text } from './route.ts'
import { createServer, type ServerOptions } from './server.ts'

const big = 'x'.repeat(8 * 1024 * 1024)

const routes: readonly Route[] = [
  { method: 'GET', path: '/healthz', auth: 'none', handle: () => empty(200) },
  { method: 'GET', path: '/api/fine', handle: () => json({ fine: true }) },
  { method: 'GET', path: '/api/moved', handle: () => redirect('/kiali/') },
  { method: 'GET', path: '/api/big', handle: () => text(200, 'text/plain', big) },
  { method: 'PATCH', path: '/api/write', handle: ({ incoming }) => json({ bytes: incoming.body.length }) },
  {
    method: 'PATCH',
    path: '/api/large',
    maxBodyBytes: 4096,
    handle: ({ incoming }) => json({ bytes: incoming.body.length }),
  },
  {
    method: 'GET',
    path: '/api/forbidden',
    handle: () => {
      throw new BinocleError('BIN-QUERY-NAMESPACE', 'no')
    },
  },
  {
    method: 'GET',
    path: '/api/breaks',
    handle: () => {
      throw new Error('inside')
    },
  },
]

const viewer = { name: '', scope: anonymousViewer.scope }
const open: (() => Promise<void>)[] = []
let webDir = ''
/** Of the server that was started last. */
let connections = (): Promise<number> => Promise.resolve(0)

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'binocle-hard-'))
  await writeFile(join(webDir, 'index.html'), '<html><base href="/" /></html>')
  await writeFile(join(webDir, 'favicon.svg'), '<svg/>')
})
afterEach(() => Promise.all(open.splice(0).map((close) => close())))
afterAll(() => rm(webDir, { recursive: true }))

async function listening(
  server: Partial<ServerConfig> = {},
  limits: Partial<Limits> = {},
  more: Partial<ServerOptions> = {},
): Promise<number> {
  const { config } = loadConfig({ flags: { address: '127.0.0.1', port: 0, webRoot: '/kiali' } })
  const whole = { ...config, server: { ...config.server, ...server } }
  const external = createExternal(whole.server)
  const gates = gatesOf(whole, { audit: noAudit, external, nowMs: () => performance.now() })
  const app = createServer({
    config: whole.server,
    routes: gates.guard(routes),
    gates: gates.gates,
    checks: gates.checks,
    viewerOf: ({ headers }) => {
      if (headers.authorization === 'none') throw new BinocleError('BIN-AUTH-LOGIN', 'who are you?')
      return viewer
    },
    nobody: viewer,
    webDir,
    onError: () => {},
    onAnswer: () => {},
    limits,
    ...more,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  open.push(async () => app.close())
  connections = () =>
    new Promise((resolve, reject) =>
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends bytes as they are, and reads until the other side closes. */
async function sent(port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return answerFrom(socket)
}

async function answerFrom(socket: Socket): Promise<Answer> {
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
  })
  await once(socket, 'close')
  const end = received.indexOf('\r\n\r\n')
  const [first = '', ...lines] = received.slice(0, Math.max(0, end)).split('\r\n')
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    ),
    body: received.slice(end + 4),
  }
}

const request = (line: string, headers: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body].join('\r\n')

const patch = (path: string, bytes: number, headers: readonly string[] = []): string =>
  request(
    `PATCH /kiali${path}`,
    ['Content-Type: application/json', `Content-Length: ${bytes}`, ...headers],
    'x'.repeat(bytes),
  )

describe('security headers', () => {
  const always = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-xss-protection': '0',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  }
  const cases: readonly (readonly [string, number, string])[] = [
    ['an answer', 200, request('GET /kiali/api/fine')],
    ['a probe', 200, request('GET /healthz'.replace('/healthz', '/kiali/healthz'))],
    ['a redirect', 302, request('GET /kiali/api/moved')],
    ['the way to the web root', 302, request('GET /')],
    ['the end of a trailing slash', 301, request('GET /kiali/api/fine/')],
    ['nobody logged in', 401, request('GET /kiali/api/fine', ['Authorization: none'])],
    ['what is forbidden', 403, request('GET /kiali/api/forbidden')],
    ['another site', 403, request('PATCH /kiali/api/write', ['Sec-Fetch-Site: cross-site'])],
    ['nowhere', 404, request('GET /kiali/api/nosuch')],
    ['another method', 404, request('DELETE /kiali/api/fine')],
    ['a body that is too large', 413, patch('/api/large', 4097)],
    ['a URL that is too long', 414, request(`GET /kiali/api/fine?a=${'x'.repeat(70_000)}`)],
    [
      'a body of another type',
      415,
      request('PATCH /kiali/api/write', ['Content-Type: text/plain', 'Content-Length: 1'], 'x'),
    ],
    ['another name', 421, request('GET /kiali/api/fine').replace('127.0.0.1', 'evil.example')],
    ['headers that are too long', 431, request('GET /kiali/api/fine', [`X-Long: ${'x'.repeat(70_000)}`])],
    ['headers beyond what is read', 431, request('GET /kiali/api/fine', [`X-Long: ${'x'.repeat(200_000)}`])],
    ['no HTTP at all', 400, 'hello\r\n\r\n'],
    ['a path that is no UTF-8', 400, request('GET /kiali/%ff')],
    ['a defect', 500, request('GET /kiali/api/breaks')],
    ['the page', 200, request('GET /kiali/')],
    ['a file', 200, request('GET /kiali/favicon.svg')],
    ['the environment', 200, request('GET /kiali/env.js')],
  ]

  it.each(cases)('AUTH-26: stand on %s (%i)', async (_what, status, bytes) => {
    const answer = await sent(await listening(), bytes)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject(always)
    expect(answer.headers).not.toHaveProperty('server')
    expect(answer.headers).not.toHaveProperty('x-powered-by')
  })

  it.each(cases)('AUTH-T63: let nobody frame %s (%i)', async (_what, _status, bytes) => {
    const { headers } = await sent(await listening(), bytes)
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })

  it.each(cases)('AUTH-T64: let no other origin read or load %s (%i)', async (_what, _status, bytes) => {
    const foreign = bytes.replace('Connection: close', 'Connection: close\r\nOrigin: https://evil.example')
    const { headers } = await sent(await listening(), foreign)
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  it('AUTH-166: state exactly what the page may load', async () => {
    const { headers } = await sent(await listening(), request('GET /kiali/'))
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        "worker-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    )
    const answer = await sent(await listening(), request('GET /kiali/api/fine'))
    expect(answer.headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'; sandbox")
  })

  it('name who may frame the page, where somebody may', async () => {
    const port = await listening({ frameAncestors: ['https://portal.example'] })
    const { headers } = await sent(port, request('GET /kiali/'))
    expect(headers).not.toHaveProperty('x-frame-options')
    expect(headers['content-security-policy']).toContain('frame-ancestors https://portal.example;')
  })

  it.each<[string, Partial<ServerConfig>, string | undefined]>([
    ['over HTTP', {}, undefined],
    ['over HTTPS', { external: { scheme: 'https' } }, 'max-age=31536000'],
    [
      'with the names below ours',
      { external: { scheme: 'https' }, hstsIncludeSubdomains: true },
      'max-age=31536000; includeSubDomains',
    ],
  ])('demand HTTPS from then on or not: %s', async (_how, server, expected) => {
    const port = await listening(server)
    for (const bytes of [request('GET /kiali/api/fine'), 'hello\r\n\r\n'])
      expect((await sent(port, bytes)).headers['strict-transport-security']).toBe(expected)
  })

  it('keep answers out of caches', async () => {
    const port = await listening()
    for (const path of ['/api/fine', '/api/forbidden', '/'])
      expect((await sent(port, request(`GET /kiali${path}`))).headers['cache-control']).toBe('no-store')
  })
})

describe('redirects', () => {
  it.each(['/', '/kiali', ''])('AUTH-27: never leave the console, for the web root %j', async (webRoot) => {
    const port = await listening({ webRoot: webRoot === '/' ? '' : webRoot })
    const paths = [
      '/',
      '//evil.example',
      '//evil.example/',
      '/\\evil.example/',
      '/%2f%2fevil.example/',
      '///',
      '/.//evil.example/',
      `${webRoot}/api/fine/`,
      `${webRoot}/api/fine//`,
      `${webRoot}//api/fine/`,
    ]
    for (const path of paths) {
      const { headers } = await sent(port, request(`GET ${path}`))
      if (headers.location !== undefined) expect(headers.location).toMatch(/^\/(?![/\\])/)
    }
  })
})

describe('limits', () => {
  it.each<[string, number, string]>([
    ['a body below its limit', 200, patch('/api/large', 4095)],
    ['a body at its limit', 200, patch('/api/large', 4096)],
    ['a body above its limit', 413, patch('/api/large', 4097)],
    ['a body at the general limit', 200, patch('/api/write', 1024 * 1024)],
    ['a body above the general limit', 413, patch('/api/write', 1024 * 1024 + 1)],
    [
      '100 header lines',
      200,
      request(
        'GET /kiali/api/fine',
        Array.from({ length: 98 }, (_, at) => `X-${at}: 1`),
      ),
    ],
    [
      '101 header lines',
      431,
      request(
        'GET /kiali/api/fine',
        Array.from({ length: 99 }, (_, at) => `X-${at}: 1`),
      ),
    ],
    ['99 query parameters', 200, request(`GET /kiali/api/fine?${'a=1&'.repeat(99)}`)],
    ['100 query parameters', 200, request(`GET /kiali/api/fine?${'a=1&'.repeat(100)}`)],
    ['101 query parameters', 400, request(`GET /kiali/api/fine?${'a=1&'.repeat(101)}`)],
  ])('AUTH-172: %s: %i', async (_what, status, bytes) => {
    expect((await sent(await listening(), bytes)).status).toBe(status)
  })

  it.each([
    [-1, 200],
    [0, 200],
    [1, 431],
  ])('AUTH-172: header bytes at the limit and %i: %i', async (more, status) => {
    const others = ['Host', '127.0.0.1', 'Connection', 'close', 'X-Long'].join('').length
    const port = await listening({ maxHeaderBytes: 20_000 })
    const long = 'x'.repeat(20_000 - others + more)
    expect((await sent(port, request('GET /kiali/api/fine', [`X-Long: ${long}`]))).status).toBe(status)
  })

  it.each([
    [-1, 200],
    [0, 200],
    [1, 414],
  ])('AUTH-172: bytes of a URL at the limit and %i: %i', async (more, status) => {
    const port = await listening({}, { maxUrlBytes: 2000 })
    const path = '/kiali/api/fine'
    const query = `a=${'x'.repeat(2000 - path.length - 2 + more)}`
    expect((await sent(port, request(`GET ${path}?${query}`))).status).toBe(status)
  })

  it.each([70_000, 200_000])('AUTH-T46: a browser with %i bytes of cookies is told to forget them', async (bytes) => {
    const port = await listening({}, {}, { forget: () => ['kiali-token-east=; Max-Age=0'] })
    const answer = await sent(port, request('GET /kiali/api/logout', [`Cookie: kiali-token-east=${'x'.repeat(bytes)}`]))
    expect([answer.status, answer.headers['set-cookie']]).toEqual([431, 'kiali-token-east=; Max-Age=0'])
  })

  it('AUTH-172: connections: the one above the limit is closed', async () => {
    const port = await listening({ maxConnections: 2 })
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    const third = connect(port, '127.0.0.1').on('error', () => {})
    await once(third, 'close')
    sockets[0]?.destroy()
    await once(sockets[0] ?? third, 'close')
    await expect.poll(async () => (await sent(port, request('GET /kiali/api/fine'))).status).toBe(200)
    sockets[1]?.destroy()
  })

  it('AUTH-172: requests of one connection: the last that is allowed says so, the next is refused', async () => {
    const port = await listening({}, { maxRequestsPerConnection: 2 })
    const kept = request('GET /kiali/api/fine').replace('Connection: close', 'Connection: keep-alive')
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    socket.write(`${kept}${kept}${kept}`)
    let received = ''
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    await expect.poll(() => received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 503'])
    expect(received.match(/connection: [a-z-]+/gi)?.slice(0, 2)).toEqual([
      'Connection: keep-alive',
      'Connection: close',
    ])
    socket.destroy()
  })

  it.each(['gzip', 'br'])('AUTH-173: a body compressed by %s is refused unread', async (encoding) => {
    const answer = await sent(await listening(), patch('/api/write', 10, [`Content-Encoding: ${encoding}`]))
    expect(answer.status).toBe(415)
  })

  it('AUTH-T56: a packed body is never unpacked, and a large one never read to its end', async () => {
    const port = await listening()
    const packed = `Content-Encoding: gzip\r\nContent-Type: application/json`
    expect((await sent(port, request('PATCH /kiali/api/write', [packed, 'Content-Length: 3'], 'abc'))).status).toBe(415)
    // Only announced: the answer comes before it.
    const announced = ['Content-Type: application/json', 'Content-Length: 10000000000']
    expect((await sent(port, request('PATCH /kiali/api/write', announced, 'x'))).status).toBe(413)
  })

  it('AUTH-151: view-only mode answers before the body has come', async () => {
    const { config } = loadConfig({ flags: { address: '127.0.0.1', port: 0, webRoot: '/kiali' } })
    const viewOnly = { ...config, deployment: { ...config.deployment, viewOnlyMode: true } }
    const gates = gatesOf(viewOnly, { audit: noAudit, external: createExternal(config.server), nowMs: () => 0 })
    const port = await listening({}, {}, { checks: gates.checks })
    const socket = connect(port, '127.0.0.1')
    // A body is announced, and none is sent.
    socket.write(`${patch('/api/write', 1000).split('\r\n\r\n')[0]}\r\n\r\n`)
    expect((await answerFrom(socket)).status).toBe(403)
  })

  it('AUTH-T55: names that JavaScript gives a meaning change nothing', async () => {
    const port = await listening()
    const names = ['__proto__[x]', 'constructor[prototype][x]', '__proto__.x', 'constructor.prototype.x', '__proto__']
    for (const name of names) {
      const value = '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}'
      await sent(port, request(`GET /kiali/api/fine?${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
      await sent(port, request('GET /kiali/api/fine', [`${name.replace(/[[\].]/g, '-')}: 1`, `Cookie: ${name}=1`]))
    }
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })
})

describe('slow clients', () => {
  const quick: Partial<Limits> = {
    headersTimeoutMs: 60,
    requestTimeoutMs: 5000,
    checkEveryMs: 20,
    slowBody: { afterMs: 60, bytesPerSecond: 1024 },
    sendTimeoutMs: 100,
  }

  it('AUTH-174: that do not finish their headers are answered 408 and closed', async () => {
    const socket = connect(await listening({}, quick), '127.0.0.1')
    socket.write('GET /kiali/api/fine HTTP/1.1\r\nHost: 127.0.0.1\r\n')
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: that do not say anything are closed', async () => {
    const socket = connect(await listening({}, quick), '127.0.0.1')
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: whose body does not come are answered 408 and closed', async () => {
    const socket = connect(await listening({}, quick), '127.0.0.1')
    socket.write(`${patch('/api/write', 1000).split('\r\n\r\n')[0]}\r\n\r\nx`)
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: whose body takes too long as a whole are closed, however steadily it comes', async () => {
    const socket = connect(
      await listening(
        {},
        { ...quick, headersTimeoutMs: 50, requestTimeoutMs: 60, slowBody: { afterMs: 5000, bytesPerSecond: 1 } },
      ),
      '127.0.0.1',
    )
    socket.write(`${patch('/api/write', 1000).split('\r\n\r\n')[0]}\r\n\r\nx`)
    expect((await answerFrom(socket)).status).toBe(408)
  })

  it('AUTH-174: that do not read what they asked for are closed', async () => {
    const ended: string[] = []
    const port = await listening({}, quick, { onAnswer: (_route, status) => ended.push(String(status)) })
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.pause()
    socket.write(request('GET /kiali/api/big'))
    // Nothing is read until the server has given up; what the system holds by then is less than the answer.
    await expect.poll(() => ended).toEqual(['200'])
    await expect.poll(connections).toBe(0)
    let bytes = 0
    socket.on('data', (chunk) => {
      bytes += chunk.length
    })
    socket.resume()
    await expect.poll(() => socket.destroyed).toBe(true)
    expect(bytes).toBeLessThan(big.length)
  })

  it('AUTH-T58: keep nobody else waiting: two hundred slow connections, and one that asks', async () => {
    const port = await listening({}, { headersTimeoutMs: 5000 })
    const slow = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'))
    await Promise.all(slow.map((socket) => once(socket, 'connect')))
    for (const socket of slow) socket.write('GET /kiali/api/fine HTTP/1.1\r\nX-Slow: ')
    expect((await sent(port, request('GET /kiali/api/fine'))).status).toBe(200)
    for (const socket of slow) socket.destroy()
  })
})

describe('files and paths', () => {
  const traversal = [
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..;/..;/etc/passwd',
    '/..%252f..%252fetc/passwd',
    '/..%5c..%5cetc%5cpasswd',
    '/..\\..\\etc\\passwd',
    '/assets/../../package.json',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/favicon.svg%00.html',
    '/%00',
    '/.git/config',
    '/assets/.hidden',
    '/%2egit/config',
    '//etc/passwd',
    '/file:///etc/passwd',
    '/env.js/../../etc/passwd',
    '/index.html/..',
    '/favicon.svg/',
  ]

  it.each(traversal)('AUTH-178: nothing but the files of the page is served: %s', async (path) => {
    const answer = await sent(await listening(), request(`GET /kiali${path}`))
    expect([301, 400, 404]).toContain(answer.status)
    expect(answer.body).not.toMatch(/root:|"name"|\[core\]/)
  })

  it.each(traversal)('AUTH-T50: nor by another method or root: %s', async (path) => {
    const port = await listening({ webRoot: '' })
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const answer = await sent(port, request(`${method} ${path}`))
      expect([301, 400, 403, 404]).toContain(answer.status)
      expect(answer.body).not.toMatch(/root:|"name"|\[core\]/)
    }
  })

  it('AUTH-T50: the environment script holds nothing of the request or of the web root', async () => {
    const port = await listening({ webRoot: '/a.b~c' })
    const { body } = await sent(port, request("GET /a.b~c/env.js?a=';alert(1)//"))
    expect(body).not.toContain('alert')
    expect(body).not.toContain('a.b~c')
  })
})

describe('debugging', () => {
  it.each(['/debug/pprof/', '/debug/pprof/heap', '/debug/pprof/profile?seconds=1', '/json/list', '/debug'])(
    'AUTH-184: there is no profiler at %s',
    async (path) => {
      const port = await listening()
      expect((await sent(port, request(`GET /kiali${path}`))).status).toBe(404)
      expect((await sent(port, request(`GET ${path}`))).status).toBe(404)
    },
  )
})

describe('logging out', () => {
  it('is refused to a page of another site, by GET too', async () => {
    const strategyRoutes = authRoutes({
      loginOf: () => {
        throw new BinocleError('BIN-AUTH-LOGIN', 'no')
      },
      info: () => ({ sessionInfo: {}, strategy: 'token' }),
      authenticate: () => empty(200),
      logout: () => empty(204),
    })
    const port = await listening({}, {}, { routes: strategyRoutes })
    const cookie = 'Cookie: kiali-token-east=abc'
    expect((await sent(port, request('GET /kiali/api/logout', [cookie, 'Sec-Fetch-Site: cross-site']))).status).toBe(
      403,
    )
    expect((await sent(port, request('GET /kiali/api/logout', [cookie, 'Sec-Fetch-Site: same-origin']))).status).toBe(
      204,
    )
  })
})
