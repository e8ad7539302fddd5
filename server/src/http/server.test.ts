import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import { BinocleError } from '../errors.ts'
import { empty, json, type Route, sharedJson, variable } from './route.ts'
import { createServer, type ServerOptions } from './server.ts'

const long = { text: 'x'.repeat(4000) }
const kept = { json: Buffer.from(JSON.stringify(long)) }

const routes: readonly Route[] = [
  { method: 'GET', path: '/healthz', auth: 'none', handle: () => empty(200) },
  {
    method: 'GET',
    path: '/api/things/:name',
    parameters: ['size'],
    handle: (request) => json({ name: variable(request, 'name') }),
  },
  { method: 'GET', path: '/api/long', handle: () => json(long) },
  { method: 'GET', path: '/api/shared', handle: () => sharedJson(kept) },
  {
    method: 'GET',
    path: '/api/fails',
    handle: () => {
      throw new BinocleError('BIN-NOT-FOUND', 'no such thing', { remedy: 'Look elsewhere.' })
    },
  },
  {
    method: 'GET',
    path: '/api/breaks',
    handle: () => {
      throw new Error('a secret of the inside')
    },
  },
  {
    method: 'GET',
    path: '/api/huge',
    handle: () => json({ numbers: Array.from({ length: 1 << 20 }, (_, i) => i * i) }),
  },
  { method: 'GET', path: '/api/hangs', handle: () => new Promise(() => {}) },
]

const viewer = { name: '', scope: anonymousViewer.scope }
const heard: unknown[] = []
let webDir = ''

const serverWith = (more: Partial<ServerOptions> = {}, webRoot = '/kiali', requestTimeoutMs = 30_000) =>
  createServer({
    config: { address: '127.0.0.1', port: 0, webRoot, metricsPort: undefined, requestTimeoutMs },
    routes,
    viewerOf: () => viewer,
    nobody: viewer,
    webDir,
    onError: (error) => heard.push(error),
    onAnswer: () => {},
    ...more,
  })

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'binocle-web-'))
  await mkdir(join(webDir, 'assets'))
  await writeFile(join(webDir, 'index.html'), '<html><base href="/" /></html>')
  await writeFile(join(webDir, 'favicon.svg'), '<svg/>')
  await writeFile(join(webDir, 'assets/main-abcdef12.js'), 'plain')
  await writeFile(join(webDir, 'assets/main-abcdef12.js.br'), 'packed')
  await writeFile(join(webDir, '.secret'), 'hidden')
})
afterAll(() => rm(webDir, { recursive: true }))

const get = (url: string, headers: Record<string, string> = {}) => serverWith().inject({ url, headers })

describe('routes', () => {
  it('answer JSON under the web root', async () => {
    const answer = await get('/kiali/api/things/a%2Fb')
    expect([answer.statusCode, answer.headers['content-type'], answer.json()]).toEqual([
      200,
      'application/json',
      { name: 'a/b' },
    ])
  })

  it.each([
    ['GET', '/kiali/api/nosuch'],
    ['POST', '/kiali/api/long'],
    ['HEAD', '/kiali/api/long'],
    ['OPTIONS', '/kiali/api/long'],
    ['GET', '/api/long'],
    ['GET', '/kiali/api/nosuch/'],
  ] as const)('%s %s is nowhere', async (method, url) => {
    const answer = await serverWith().inject({ method, url })
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    if (method !== 'HEAD') expect(answer.body).toBe('404 page not found\n')
  })

  it('lose a trailing slash by a redirect', async () => {
    const answer = await get('/kiali/api/long/?a=1')
    expect([answer.statusCode, answer.headers.location]).toEqual([301, '/kiali/api/long?a=1'])
  })

  it('refuse parameters they do not know, in the words of Kiali', async () => {
    const answer = await get('/kiali/api/things/a?colour=red')
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toEqual({
      error: "unsupported query parameter 'colour'",
      code: 'BIN-QUERY-PARAM',
      remedy: 'Allowed here: size.',
    })
  })

  it('fail with message, code and remedy', async () => {
    const answer = await get('/kiali/api/fails')
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toEqual({ error: 'no such thing', code: 'BIN-NOT-FOUND', remedy: 'Look elsewhere.' })
  })

  it('tell the log, not the client, of a defect', async () => {
    const answer = await get('/kiali/api/breaks')
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'BIN-INTERNAL'])
    expect(answer.body).not.toContain('secret')
    expect(String(heard.at(-1))).toContain('secret')
  })

  it('do not answer for ever', async () => {
    const answer = await serverWith({}, '', 20).inject('/api/hangs')
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'BIN-TIMEOUT'])
  })

  it('refuse a URL that is too long', async () => {
    const answer = await get(`/kiali/api/long?a=${'x'.repeat(70_000)}`)
    expect([answer.statusCode, answer.json().code]).toEqual([414, 'BIN-QUERY-LENGTH'])
  })

  it('refuse a path that is no UTF-8', async () => {
    const answer = await get('/kiali/api/things/%ff')
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'BIN-REQUEST'])
  })

  it('ask who the viewer is, but not where no login is needed', async () => {
    const refusing = serverWith({
      viewerOf: () => {
        throw new BinocleError('BIN-NOT-FOUND', 'who are you?', { status: 401 })
      },
    })
    const codes = [await refusing.inject('/kiali/healthz'), await refusing.inject('/kiali/api/long')]
    expect(codes.map(({ statusCode }) => statusCode)).toEqual([200, 401])
  })
})

describe('bodies', () => {
  it('are compressed where it pays', async () => {
    const answer = await get('/kiali/api/long', { 'accept-encoding': 'gzip' })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(gunzipSync(answer.rawPayload).toString())).toEqual(long)
  })

  it('stay as they are for clients that refuse compression', async () => {
    const answer = await get('/kiali/api/long', { 'accept-encoding': 'gzip;q=0' })
    expect(answer.headers['content-encoding']).toBeUndefined()
  })

  it('that take too long to compress are refused in plain words', async () => {
    const answer = await serverWith({}, '', 1).inject({ url: '/api/huge', headers: { 'accept-encoding': 'gzip' } })
    expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([503, undefined])
    expect(answer.json().code).toBe('BIN-TIMEOUT')
  })

  it('are packed by brotli where the result is kept', async () => {
    const answer = await get('/kiali/api/shared', { 'accept-encoding': 'gzip, br' })
    expect(answer.headers['content-encoding']).toBe('br')
  })

  it('are not sent again when the client has them', async () => {
    const { etag } = (await get('/kiali/api/shared')).headers
    const again = await get('/kiali/api/shared', { 'if-none-match': String(etag) })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })
})

describe('the page', () => {
  it.each(['/kiali', '/kiali/', '/kiali/index.html', '/kiali/console/graph/namespaces'])(
    'stands at %s',
    async (url) => {
      const answer = await get(url)
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html'])
      expect(answer.body).toBe('<html><base href="/kiali/" /></html>')
    },
  )

  it('allows nothing inline and nothing from elsewhere', async () => {
    const policy = String((await get('/kiali/')).headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
  })

  it('is reached from the root', async () => {
    const answer = await get('/')
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/kiali/'])
  })

  it('serves packed files, for ever where their name changes with the content', async () => {
    const answer = await get('/kiali/assets/main-abcdef12.js', { 'accept-encoding': 'br' })
    expect([answer.body, answer.headers['content-encoding']]).toEqual(['packed', 'br'])
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  it('serves other files, to be asked for again', async () => {
    const answer = await get('/kiali/favicon.svg')
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'public, max-age=0'])
  })

  it.each(['/kiali/nosuch.js', '/kiali/.secret', '/kiali/..%2f..%2fetc/passwd', '/kiali/assets'])(
    'hides %s',
    async (url) => {
      expect((await get(url)).statusCode).toBe(404)
    },
  )

  it('writes its environment as a script', async () => {
    const answer = await get('/kiali/env.js')
    expect(answer.headers['content-type']).toBe('text/javascript')
    expect(answer.body).toContain("window.HISTORY_MODE='browser'")
  })

  it('every answer, wherever it comes from, is guarded', async () => {
    for (const url of [
      '/',
      '/kiali/',
      '/kiali/nosuch',
      '/kiali/api/long',
      '/kiali/api/breaks',
      '/kiali/api/things/%ff',
    ])
      expect((await get(url)).headers['x-content-type-options']).toBe('nosniff')
  })
})
