/** What every answer carries, whatever it says: headers, redirects, files, over real connections. */
import { describe, expect, it } from 'vitest'
import { authRoutes } from '../auth/auth.ts'
import type { ServerConfig } from '../config/server.ts'
import { BinocleError } from '../errors.ts'
import { empty } from './route.ts'
import { endServers, listening, patch, request, sent } from './testing/wire.ts'

endServers()

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
  it('is refused to a page of another site, by GET too, and tells no other page its address', async () => {
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
    expect((await sent(port, request('GET /kiali/api/auth/info'))).headers['referrer-policy']).toBe('no-referrer')
    expect((await sent(port, request('GET /kiali/api/logout', [cookie, 'Sec-Fetch-Site: cross-site']))).status).toBe(
      403,
    )
    expect((await sent(port, request('GET /kiali/api/logout', [cookie, 'Sec-Fetch-Site: same-origin']))).status).toBe(
      204,
    )
  })
})
