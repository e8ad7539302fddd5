/** Logins as people meet them: real consoles over HTTP, before simulated API servers with tokens and RBAC. */

import { writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { type RunningServer, startServer } from '../main.ts'
import {
  type Answer,
  binding,
  browserOf,
  namespacesIn,
  signingKey,
  startClusters,
  type TestClusters,
  tokenOf,
} from './testing.ts'

let clusters: TestClusters
let server: RunningServer
/** Added to the time of this machine. */
let laterMs = 0
const clock = (): number => Date.now() + laterMs
/** Of the log and of the audit. */
const lines: string[] = []
const yaml = (more = ''): string => `auth: {strategy: token}\nlogin_token: {signing_key: ${signingKey}}\n${more}`

beforeAll(async () => {
  clusters = await startClusters(clock)
  const log = (...words: unknown[]): void => void lines.push(JSON.stringify(words))
  server = await clusters.console(yaml(), { clock, log, auditLine: (line) => lines.push(line) })
})
afterAll(() => clusters.close())

async function loggedIn(name: string, to = server) {
  const browser = browserOf(to)
  expect((await browser.post('api/authenticate', { token: tokenOf(name) })).status).toBe(200)
  return browser
}

const everyByteOf = ({ headers, text }: Answer): string => `${JSON.stringify([...headers])}\n${text}`

describe('login with a token, over HTTP', () => {
  it('shows what its account may see, until logout', async () => {
    const browser = browserOf(server)
    expect((await browser.get('api/namespaces')).status).toBe(401)
    const { body } = await browser.post('api/authenticate', { token: tokenOf('bob') })
    expect(body.username).toBe('bob')
    expect(namespacesIn(await browser.get('api/namespaces'))).toEqual(['east/shop'])
    expect((await browser.get('api/logout')).status).toBe(204)
    expect((await browser.get('api/namespaces')).status).toBe(401)
  })

  it('AUTH-86: shows nothing of a cluster that the token is not of', async () => {
    const browser = await loggedIn('anna')
    expect(namespacesIn(await browser.get('api/namespaces'))).toEqual(['east/bank', 'east/shop'])
    expect((await browser.get('api/namespaces/shop/info?clusterName=west')).status).toBeGreaterThanOrEqual(400)
    expect(clusters.cluster('west').requests.filter(({ authorization }) => authorization?.includes('anna'))).toEqual([])
  })

  it('adds a cluster with a token of its own, sent there alone', async () => {
    const browser = await loggedIn('anna')
    const added = await browser.post('api/authenticate?clusterName=west', { token: tokenOf('carol', 'west') })
    expect(added.body.username).toBe('carol')
    expect(namespacesIn(await browser.get('api/namespaces'))).toEqual(['east/bank', 'east/shop', 'west/shop'])
    const { body } = await browser.get('api/auth/info')
    expect(body).toMatchObject({
      strategy: 'token',
      sessionInfo: { username: 'anna', clusterInfo: { east: { name: 'east' }, west: { name: 'west' } } },
    })
    const seen = (name: string) => new Set(clusters.cluster(name).requests.map(({ authorization }) => authorization))
    expect(seen('east')).not.toContain(`Bearer ${tokenOf('carol', 'west')}`)
    expect(seen('west')).not.toContain(`Bearer ${tokenOf('anna')}`)
    await browser.get('api/logout')
    expect(browser.cookies.size).toBe(0)
  })

  it('AUTH-T28: is over for a copy of its cookies after logout', async () => {
    const browser = await loggedIn('bob')
    const copy = browserOf(server, browser.cookies)
    expect((await copy.get('api/namespaces')).status).toBe(200)
    await browser.get('api/logout')
    expect((await copy.get('api/namespaces')).status).toBe(401)
    expect(copy.cookies.size).toBe(0)
  })

  it('AUTH-85: is over within ten seconds of the token being revoked', async () => {
    const identity = { token: 'short-lived-token', user: 'anna', groups: [] }
    clusters.cluster('east').identities.add(identity)
    const browser = browserOf(server)
    expect((await browser.post('api/authenticate', { token: identity.token })).status).toBe(200)
    clusters.cluster('east').identities.revoke(identity.token)
    laterMs += 10_000
    expect((await browser.get('api/namespaces')).status).toBe(401)
    expect(browser.cookies.size).toBe(0)
  })

  it('AUTH-24: serves a backend that posts a form and keeps the first cookie of its name alone', async () => {
    const token = `${'t'.repeat(1_499)}=`
    clusters.cluster('east').identities.add({ token, user: 'anna', groups: [] })
    const posted = await fetch(new URL('api/authenticate', server.url), {
      method: 'POST',
      headers: { 'x-auth-type-kiali-ui': '1' },
      body: new URLSearchParams({ token }),
    })
    const pairs = posted.headers.getSetCookie().join(';').split(';')
    const cookie = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith('kiali-token-east='))
    const answer = await fetch(new URL('api/namespaces', server.url), { headers: { cookie: cookie ?? '' } })
    expect(answer.status).toBe(200)
    expect(Date.parse(/"expiresOn":"([^"]+)"/.exec(await posted.text())?.[1] ?? '')).toBeGreaterThan(Date.now())
  })

  it('AUTH-22: says when it ends in forms that every client reads', async () => {
    const browser = browserOf(server)
    const { body } = await browser.post('api/authenticate', { token: tokenOf('bob') })
    expect(body.expiresOn).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const { text } = await browser.get('api/auth/info')
    const { expiresOn } = JSON.parse(text).sessionInfo
    expect(expiresOn).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/)
    expect(Date.parse(expiresOn)).toBe(Math.floor(Date.parse(String(body.expiresOn)) / 1000) * 1000)
  })

  it('AUTH-53: never tells the id of a session, nor its token', async () => {
    const browser = await loggedIn('bob')
    const paths = ['api/auth/info', 'api/status', 'api/config', 'api/namespaces', 'metrics', 'api/logout']
    const answers = await Promise.all(paths.map((path) => browser.get(path)))
    const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    const told = [...answers.map(everyByteOf), ...lines]
    // Answers carry the id of the request, which is one too.
    const withoutRequestIds = told.map((text) => text.replaceAll(/"(x-request-id","|requestId":")[^"]*"/g, ''))
    expect(withoutRequestIds.filter((text) => uuid.test(text))).toEqual([])
    expect(told.filter((text) => text.includes(tokenOf('bob')))).toEqual([])
  })

  it('AUTH-56: reads 48 KiB of cookies', async () => {
    const browser = await loggedIn('bob')
    for (let index = 0; index < 14; index++) browser.cookies.set(`other-${index}`, 'x'.repeat(3_500))
    expect((await browser.get('api/namespaces')).status).toBe(200)
  })

  it('AUTH-46: is nobody when a cookie comes twice', async () => {
    const browser = await loggedIn('bob')
    const own = `kiali-token-east=${browser.cookies.get('kiali-token-east')}`
    const answer = await fetch(new URL('api/namespaces', server.url), { headers: { cookie: `${own}; ${own}` } })
    expect(answer.status).toBe(401)
  })

  it('follows rights that are granted and taken away, within ten seconds', async () => {
    const browser = await loggedIn('bob')
    const { store } = clusters.cluster('east')
    const shown = async () => namespacesIn(await browser.get('api/namespaces'))
    expect(await shown()).toEqual(['east/shop'])
    const granted = binding('bob', 'viewer', 'bank')
    store.put(granted)
    laterMs += 10_000
    expect(await shown()).toEqual(['east/bank', 'east/shop'])
    store.remove({ apiVersion: granted.apiVersion, kind: granted.kind, namespace: 'bank', name: granted.metadata.name })
    laterMs += 10_000
    expect(await shown()).toEqual(['east/shop'])
  })
})

describe('two consoles that share a key', () => {
  it('serve the same people, and the loss of one is not noticed', async () => {
    const one = await clusters.console(yaml(), { clock })
    const first = await loggedIn('bob', one)
    const second = browserOf(server, first.cookies)
    await one.close()
    expect(namespacesIn(await second.get('api/namespaces'))).toEqual(['east/shop'])
    expect((await second.get('api/logout')).status).toBe(204)
    expect(second.cookies.size).toBe(0)
  })

  it('keep people logged in while the key is replaced', async () => {
    const file = join(clusters.folder, 'key')
    await writeFile(file, signingKey, { mode: 0o600 })
    const keyed = `auth: {strategy: token}\nlogin_token: {signing_key: ${file}}\n`
    const before = await clusters.console(keyed)
    const browser = await loggedIn('bob', before)
    const next = 'Zp4Xw8Ye2Rt6Qu1NmB9vCx3LkJ7hGf5D'
    await writeFile(file, next)
    const after = await clusters.console(`${keyed.trimEnd().slice(0, -1)}, previous_signing_keys: [${signingKey}]}\n`)
    const moved = browserOf(after, browser.cookies)
    expect(namespacesIn(await moved.get('api/namespaces'))).toEqual(['east/shop'])
  })
})

describe('a cluster that does not answer', () => {
  it('AUTH-34: keeps people waiting, and logged in', async () => {
    const own = await startClusters(clock)
    const console = await own.console(yaml(), { clock })
    const browser = await loggedIn('bob', console)
    await own.cluster('east').faults.set({ connection: 'down' })
    laterMs += 10_000
    const answer = await browser.get('api/namespaces')
    expect([answer.status, answer.headers.get('retry-after'), answer.setCookie]).toEqual([503, '5', []])
    await own.close()
  })
})

describe('the start', () => {
  it.each([
    ['no key', 'auth: {strategy: token}'],
    ['a short key', 'auth: {strategy: token}\nlogin_token: {signing_key: kiali}'],
    ['a key that can be guessed', `auth: {strategy: token}\nlogin_token: {signing_key: ${'a'.repeat(32)}}`],
    ['a file that is not there', 'auth: {strategy: token}\nlogin_token: {signing_key: /no/such/key}'],
  ])('AUTH-T25: is refused with %s', async (_what, text) => {
    await expect(startServer(clusters.config(text))).rejects.toBeInstanceOf(BinocleError)
  })
})

describe('login behind a proxy, over HTTP', () => {
  const header = `auth: {strategy: header, header: {trusted_proxies: [127.0.0.1]}}\nlogin_token: {signing_key: ${signingKey}}\n`
  let proxied: RunningServer
  beforeAll(async () => {
    proxied = await clusters.console(header, { clock, auditLine: (line) => lines.push(line) })
  })

  /** With header lines exactly as they are. */
  const raw = (path: string, rawHeaders: readonly string[]): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const headers = ['Host', `127.0.0.1:${proxied.port}`, ...rawHeaders]
      httpRequest({ host: '127.0.0.1', port: proxied.port, path, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
        .on('error', reject)
        .end()
    })

  it('needs no cookie', async () => {
    const { status, text } = await raw('/api/namespaces', ['Authorization', `Bearer ${tokenOf('bob')}`])
    expect([status, text.includes('shop'), text.includes('bank')]).toEqual([200, true, false])
  })

  it('AUTH-25: takes a bearer alone', async () => {
    const browser = browserOf(proxied)
    const answer = await browser.get('api/namespaces', { authorization: `Bearer ${tokenOf('anna')}` })
    expect(namespacesIn(answer)).toEqual(['east/bank', 'east/shop'])
  })

  it('AUTH-71: hands groups on to the API server as they came', async () => {
    const groups = ['CN=Admins,OU=IT', 'shop, bank']
    const lines = groups.flatMap((group) => ['Impersonate-Group', group])
    const who = ['Authorization', `Bearer ${tokenOf('proxy')}`, 'Impersonate-User', 'bob', ...lines]
    expect((await raw('/api/namespaces', who)).status).toBe(200)
    const asked = clusters.cluster('east').requests.findLast(({ authorization }) => authorization === who[1])
    expect(asked?.impersonated).toEqual(['bob', ...groups])
  })

  it('AUTH-76: is audited with both names', async () => {
    const browser = browserOf(proxied)
    const who = { authorization: `Bearer ${tokenOf('proxy')}`, 'impersonate-user': 'bob' }
    await browser.post('api/authenticate', {}, who)
    const record = JSON.parse(lines.findLast((line) => line.includes('"login"')) ?? '{}')
    expect(record).toMatchObject({ user: 'proxy', impersonatedUser: 'bob', outcome: 'success', strategy: 'header' })
  })

  it('AUTH-79: lets nobody act as the system', async () => {
    const who = ['Authorization', `Bearer ${tokenOf('proxy')}`, 'Impersonate-User', 'system:admin']
    expect((await raw('/api/namespaces', who)).status).toBe(403)
  })

  it('AUTH-74: refuses lines that the way could take', async () => {
    const who = [
      'Authorization',
      `Bearer ${tokenOf('proxy')}`,
      'Impersonate-User',
      'bob',
      'Connection',
      'impersonate-user',
    ]
    expect((await raw('/api/namespaces', who)).status).toBe(400)
  })
})
