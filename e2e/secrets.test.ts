/**
 * What leaves the console, and to whom. Every place that can hold a secret holds one with the same marker; every route is
 * asked, and many things go wrong. Then answers, log, audit and metrics are searched for the marker, and what Prometheus and
 * a bystander heard is looked through.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keys } from '@binocle/server/config/keys'
import { loadConfig } from '@binocle/server/config/load'
import { routeTable } from '@binocle/server/http/testing/routeTable'
import { type RunningServer, startServer } from '@binocle/server/main'
import { certificate, type Heard, type Listening, listening } from '@binocle/server/outbound/testing'
import { demoScenario } from '@binocle/simulator/demo/demo'
import { type SimulatedMesh, startMesh } from '@binocle/simulator/start'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'

const canary = 'c4nary'
const user = `${canary}-user-token`

/** Keys that may hold a secret, with what stands in them here; `at`: where it is looked for otherwise. */
const secretKeys: Readonly<Record<string, unknown>> = {
  'login_token.signing_key': `${canary}-signing-key-Zq8!vX2#pL0@9`.slice(0, 32),
  'login_token.previous_signing_keys': [`${canary}-previous-key-Wt5%bN7^rK3&1`.slice(0, 32)],
  'auth.openid.additional_request_params': { tenant: `${canary}-parameter` },
  'auth.openid.http_proxy': `http://me:${canary}-proxy@proxy.example:3128`,
  'auth.openid.https_proxy': `http://me:${canary}-proxy@proxy.example:3128`,
  'external_services.prometheus.auth.username': `${canary}-user`,
  'external_services.prometheus.auth.password': `${canary}-password`,
  'external_services.prometheus.auth.token': `${canary}-token`,
  'external_services.prometheus.auth.oauth2.client_secret': `${canary}-client-secret`,
  'external_services.prometheus.custom_headers': { 'X-Scope-OrgID': `${canary}-tenant` },
}

let folder: string
let mesh: SimulatedMesh
let bystander: Listening
let prometheus: Listening
let server: RunningServer
/** Everything that was logged, at every level, and the audit. */
const written: string[] = []
let privateKey = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'binocle-secrets-'))
  bystander = await listening((_request, response) => response.end('{}'))
  mesh = await startMesh({
    scenario: { ...demoScenario(), breath: 0 },
    living: false,
    identities: [{ token: user, user: 'alice', groups: ['system:masters'] }],
    extraObjects: () => namingUrls(bystander.url),
  })
  prometheus = await listening((request, response) => void relay(request).then((body) => response.end(body)))
  const client = await certificate('binocle')
  privateKey = client.key.split('\n')[1] ?? ''
  for (const [name, content] of Object.entries({
    'tls.crt': client.cert,
    'tls.key': client.key,
    secret: `${canary}-in-a-file`,
  })) {
    writeFileSync(join(folder, name), content, { mode: 0o600 })
  }
  const { config } = loadConfig({
    file: { name: 'config.yaml', text: stringify(tree({ ...secretKeys, ...others() })) },
    flags: {
      port: 0,
      kubeconfigs: [mesh.kubeconfigFile],
      contexts: ['*'],
      prometheusUrl: prometheus.url,
      logLevel: 'debug',
    },
  })
  server = await startServer(config, {
    log: (...all) => written.push(JSON.stringify(all)),
    auditLine: (line) => written.push(line),
  })
  await vi.waitUntil(() => server.mesh.clusters.list().every(({ state }) => state === 'reachable'), { timeout: 30_000 })
}, 60_000)

afterAll(async () => {
  await server?.close()
  await Promise.all([mesh?.close(), prometheus?.close(), bystander?.close()])
  rmSync(folder, { recursive: true, force: true })
})

const others = (): Readonly<Record<string, unknown>> => ({
  'auth.strategy': 'token',
  'external_services.prometheus.auth.type': 'basic',
  'external_services.prometheus.auth.cert_file': join(folder, 'tls.crt'),
  'external_services.prometheus.auth.key_file': join(folder, 'tls.key'),
  'credentials.directories': [folder],
})

/** `{a.b: 1}` -> `{a: {b: 1}}` */
function tree(flat: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const whole: Record<string, unknown> = {}
  for (const name of new Set(Object.keys(flat).map((path) => path.split('.')[0] ?? ''))) {
    const below = Object.entries(flat).filter(([path]) => path.startsWith(`${name}.`))
    whole[name] =
      below.length === 0
        ? flat[name]
        : tree(Object.fromEntries(below.map(([path, value]) => [path.slice(name.length + 1), value])))
  }
  return whole
}

async function relay({ body, headers, url }: Heard): Promise<string> {
  const { 'content-type': type = 'text/plain' } = headers
  const answer = await fetch(
    mesh.prometheus.url + url,
    body === '' ? {} : { method: 'POST', body, headers: { 'content-type': type } },
  )
  return answer.text()
}

/** Objects of tenants that name URLs which some part of a mesh would fetch. */
const namingUrls = (url: string) => [
  {
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: 'jwt', namespace: 'shop' },
    spec: { jwtRules: [{ issuer: url, jwksUri: `${url}/jwks` }] },
  },
  {
    apiVersion: 'extensions.istio.io/v1alpha1',
    kind: 'WasmPlugin',
    metadata: { name: 'plugin', namespace: 'shop' },
    spec: { url: `${url}/plugin.wasm` },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'entry', namespace: 'shop' },
    spec: {
      hosts: ['127.0.0.1', 'bystander.example'],
      ports: [{ number: Number(new URL(url).port), name: 'http', protocol: 'HTTP' }],
      resolution: 'STATIC',
      endpoints: [{ address: '127.0.0.1' }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'annotated',
      namespace: 'shop',
      annotations: { 'kiali.io/api-spec': url, 'kiali.io/api-type': 'rest' },
    },
    spec: { ports: [{ port: 80 }], selector: { app: 'annotated' } },
  },
]

const routes = routeTable()
const endless = '/api/multicluster/events'
const paths = (value: (name: string) => string): readonly string[] =>
  routes
    .filter(({ method, path }) => method === 'GET' && path !== endless && path !== '/api/logout')
    .map(({ path }) => path.replace(/:([a-zA-Z]+)/g, (_all, name: string) => encodeURIComponent(value(name))))
const existing = (name: string): string =>
  ({ cluster: 'east', group: 'security.istio.io', version: 'v1', kind: 'RequestAuthentication', object: 'jwt' })[
    name
  ] ?? 'shop'

async function ask(path: string, init: RequestInit = {}): Promise<string> {
  const answer = await fetch(server.url + path.slice(1), {
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
    ...init,
  })
  return `${answer.status} ${JSON.stringify([...answer.headers].filter(([name]) => name !== 'set-cookie'))} ${await answer.text()}`
}

const form = (token: string): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams({ token }),
  headers: { 'x-auth-type-kiali-ui': '1' },
})

async function loggedIn(): Promise<string> {
  const answer = await fetch(`${server.url}api/authenticate`, form(user))
  expect(answer.status).toBe(200)
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

const marks = (): readonly string[] => [
  canary,
  Buffer.from(`${canary}-user:${canary}-password`).toString('base64'),
  privateKey,
]
const leaks = (texts: readonly string[]): readonly string[] =>
  texts.filter((text) => marks().some((mark) => text.includes(mark)))

describe('values of requests', () => {
  it('AUTH-157: are never read as paths of files', async () => {
    const file = join(folder, 'secret')
    const cookie = await loggedIn()
    const texts = [await ask('/api/authenticate', form(file)), await ask('/api/authenticate', form(`secret:${file}`))]
    for (const path of paths(() => file)) {
      const names = routes.find((route) => route.path === path)?.parameters ?? ['namespaces', 'clusterName', 'tags']
      const query = new URLSearchParams(names.map((name): [string, string] => [String(name), file]))
      texts.push(await ask(`${path}?${query}`, { headers: { cookie, authorization: file, 'x-scope-orgid': file } }))
    }
    expect(texts.filter((text) => !text.startsWith('401')).length).toBeGreaterThan(30)
    expect(texts.filter((text) => text.includes(`${canary}-in-a-file`))).toEqual([])
    expect(JSON.stringify(prometheus.heard)).not.toContain(`${canary}-in-a-file`)
  })
})

describe('secrets', () => {
  it('AUTH-165: stand in every key whose name says that it may hold one', () => {
    const telling = /secret|password|token$|signing_key|private|headers$|proxy$|params$|username$/
    // A claim's name, a mode, paths of files, and which proxies we trust are no secrets.
    const harmless =
      /username_claim|use_kiali_token|api_token|_file$|accept_oauth_token|autodetect|secret_name|allow_proxy|secrets_directory|api_proxy$/
    const may = keys.filter(({ honoured, path, type }) => honoured !== 'no' && type !== 'boolean' && telling.test(path))
    expect(may.map(({ path }) => path).filter((path) => !harmless.test(path) && !(path in secretKeys))).toEqual([])
  })

  let answers: string[] = []
  beforeAll(async () => {
    const cookie = await loggedIn()
    answers = []
    for (const path of [...paths(existing), ...paths(() => 'nowhere')]) {
      answers.push(await ask(path, { headers: { cookie } }))
    }
    // Secrets of those who ask: of a session that is none, of logins that fail, in headers and in addresses.
    const path = '/api/namespaces'
    for (const headers of [
      { cookie: `kiali-token-east=${canary}-cookie` },
      { authorization: `Bearer ${canary}-bearer` },
      { authorization: `Basic ${Buffer.from(`me:${canary}`).toString('base64')}` },
      { cookie: `${cookie}; kiali-token-east=${canary}-tossed` },
      { cookie, 'x-request-id': `${canary} id` },
    ]) {
      answers.push(await ask(path, { headers }))
    }
    answers.push(await ask('/api/authenticate', form(`${canary}-wrong-token`)))
    answers.push(await ask('/api/authenticate', form(`${canary}-${'x'.repeat(20_000)}`)))
    for (const query of ['oauth_token', 'code', 'state', 'id_token_hint', 'token']) {
      await ask(`${path}?${query}=${canary}-in-the-address`, { headers: { cookie } })
      await ask(`/?${query}=${canary}-in-the-address`)
    }
    for (const cluster of mesh.clusters.keys()) {
      await fetch(`${mesh.control.url}/clusters/${cluster}/down`, { method: 'POST' })
      await vi.waitUntil(() => server.mesh.clusters.get(cluster)?.state === 'unreachable', { timeout: 20_000 })
    }
    for (const path of paths(existing)) answers.push(await ask(path, { headers: { cookie } }))
    answers.push(await ask('/metrics', { headers: { cookie } }))
    await ask('/api/logout', { headers: { cookie } })
  }, 120_000)

  it('AUTH-165: are in no answer and no metric', () => {
    expect(answers.filter((answer) => answer.startsWith('200')).length).toBeGreaterThan(20)
    expect(leaks(answers)).toEqual([])
  })

  it('AUTH-165: are in no line of the log at any level, nor of the audit', () => {
    expect(written.some((line) => line.includes('does not answer'))).toBe(true)
    expect(written.some((line) => line.includes('"audit":true'))).toBe(true)
    expect(leaks(written)).toEqual([])
  })

  it('AUTH-T70: are in nothing that shows the configuration', () => {
    const shown = answers.filter((answer) => /prometheus/i.test(answer))
    expect(shown.length).toBeGreaterThan(0)
    expect(leaks(shown)).toEqual([])
  })

  it('AUTH-155: go to Prometheus as they are meant to', () => {
    const basic = Buffer.from(`${canary}-user:${canary}-password`).toString('base64')
    expect(new Set(prometheus.heard.map(({ headers }) => headers.authorization))).toEqual(new Set([`Basic ${basic}`]))
    expect(prometheus.heard[0]?.headers['x-scope-orgid']).toBe(`${canary}-tenant`)
  })

  it('AUTH-156: of people never go to Prometheus', () => {
    const heard = JSON.stringify(prometheus.heard)
    expect(prometheus.heard.length).toBeGreaterThan(10)
    for (const theirs of [user, `${canary}-bearer`, `${canary}-cookie`, 'kiali-token'])
      expect(heard).not.toContain(theirs)
  })

  it.each(['AUTH-164', 'AUTH-T53'])('%s: URLs in objects of tenants are shown and never asked for', () => {
    expect(answers.some((answer) => answer.includes(`${bystander.url}/jwks`))).toBe(true)
    expect(bystander.heard).toEqual([])
  })
})
