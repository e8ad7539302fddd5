/** With whose credential a change reaches which cluster: a real console over HTTP, before simulated API servers with RBAC. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Browser,
  binding,
  browserOf,
  consoleToken,
  signingKey,
  startClusters,
  type TestClusters,
  tokenOf,
} from '../auth/testing.ts'
import type { RunningServer } from '../main.ts'

const yaml = (auth: string): string => `auth: {${auth}}\nlogin_token: {signing_key: ${signingKey}}\n`
const services = 'api/namespaces/shop/istio/networking.istio.io/v1/VirtualService'
const object = { metadata: { name: 'web' }, spec: { hosts: ['web'] } }

let clusters: TestClusters
beforeAll(async () => {
  clusters = await startClusters()
  // Everywhere, whoever may look may not change anything; anna may in west.
  const { store } = clusters.cluster('west')
  store.put({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'writer' },
    rules: [{ apiGroups: ['networking.istio.io'], resources: ['*'], verbs: ['create', 'patch', 'delete'] }],
  })
  store.put(binding('anna', 'writer'))
})
afterAll(() => clusters.close())

async function create(
  server: RunningServer,
  cluster: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(new URL(`${services}?clusterName=${cluster}`, server.url), {
    method: 'POST',
    headers: { 'kiali-ui': 'true', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(object),
  })
  return { status: answer.status, body: await answer.json() }
}

const cookiesOf = ({ cookies }: Browser): Record<string, string> => ({
  cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
})

/** Every change of Istio's objects that a cluster was asked for: with which credential, as whom. */
const changesOf = (cluster: string) =>
  clusters
    .cluster(cluster)
    .requests.filter(({ method, url }) => method !== 'GET' && url.includes('/virtualservices'))
    .map(({ authorization, impersonated }) => [authorization, ...impersonated])

describe('a change by somebody who has logged in with a token for each cluster', () => {
  it('reaches a cluster with the token for that cluster, and no other', async () => {
    const server = await clusters.console(yaml('strategy: token'))
    const browser = browserOf(server)
    await browser.post('api/authenticate', { token: tokenOf('anna') })
    await browser.post('api/authenticate?clusterName=west', { token: tokenOf('anna', 'west') })

    expect(await create(server, 'west', cookiesOf(browser))).toMatchObject({ status: 200, body: { cluster: 'west' } })
    expect(changesOf('west').splice(-1)).toEqual([[`Bearer ${tokenOf('anna', 'west')}`]])
    expect(await create(server, 'east', cookiesOf(browser))).toMatchObject({
      status: 403,
      body: { code: 'BIN-CHANGE-FORBIDDEN', error: expect.stringContaining('User "anna" cannot create') },
    })
    expect(changesOf('east').splice(-1)).toEqual([[`Bearer ${tokenOf('anna')}`]])
  })

  it('does not leave for a cluster without a login', async () => {
    const server = await clusters.console(yaml('strategy: token'))
    const browser = browserOf(server)
    await browser.post('api/authenticate', { token: tokenOf('anna') })
    const before = changesOf('west').length
    expect((await create(server, 'west', cookiesOf(browser))).status).toBe(400)
    expect(changesOf('west')).toHaveLength(before)
  })
})

describe('a change through a proxy that names whom it acts as', () => {
  it('reaches the cluster as that person, who may less than the proxy’s and the console’s accounts', async () => {
    const server = await clusters.console(yaml('strategy: header, header: {trusted_proxies: [127.0.0.1]}'))
    const headers = { authorization: `Bearer ${tokenOf('proxy')}`, 'impersonate-user': 'bob' }
    expect(await create(server, 'east', headers)).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('User "bob" cannot create') },
    })
    expect(changesOf('east').splice(-1)).toEqual([[`Bearer ${tokenOf('proxy')}`, 'bob']])
  })
})

describe('a change where nobody logs in', () => {
  it('is refused before anything is sent', async () => {
    const server = await clusters.console('auth: {strategy: anonymous}')
    const before = changesOf('east').length
    expect(await create(server, 'east', {})).toMatchObject({ status: 403, body: { code: 'BIN-VIEW-ONLY' } })
    expect(changesOf('east')).toHaveLength(before)
  })

  it('reaches the cluster as the console, where that is wanted', async () => {
    const server = await clusters.console('auth: {strategy: anonymous, anonymous: {allow_writes: true}}')
    expect((await create(server, 'east', {})).status).toBe(200)
    expect(changesOf('east').splice(-1)).toEqual([[`Bearer ${consoleToken}`]])
  })
})

describe('what a page is told may be done', () => {
  const gateways = 'api/namespaces/shop/istio/networking.istio.io/v1/Gateway'
  const key = 'networking.istio.io/v1, Kind=Gateway'
  let server: RunningServer
  let browser: Browser
  /** Added to the time of this machine: what was answered before grows old at once. */
  let laterMs = 0
  beforeAll(async () => {
    server = await clusters.console(yaml('strategy: token'), { clock: () => Date.now() + laterMs })
    browser = browserOf(server)
    await browser.post('api/authenticate', { token: tokenOf('bob') })
  })

  const send = async (method: string, name: string, body?: unknown): Promise<boolean> => {
    const answer = await fetch(new URL(`${gateways}${name}?clusterName=east`, server.url), {
      method,
      headers: { 'kiali-ui': 'true', 'content-type': 'application/json', ...cookiesOf(browser) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect([200, 403]).toContain(answer.status)
    return answer.status === 200
  }

  it.each(
    [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [['create', 'patch', 'delete'].filter((_, bit) => (n & (1 << bit)) !== 0)]),
  )('is what can be done then: %j', async (verbs) => {
    const { store } = clusters.cluster('east')
    const apiVersion = 'rbac.authorization.k8s.io/v1'
    const rules = [{ apiGroups: ['networking.istio.io'], resources: ['*'], verbs }]
    store.put({ apiVersion, kind: 'ClusterRole', metadata: { name: 'some' }, rules })
    store.put(binding('bob', 'some', 'shop'))
    const there = { apiVersion: 'networking.istio.io/v1', kind: 'Gateway' }
    store.put({ ...there, metadata: { name: 'there', namespace: 'shop' }, spec: {} })
    laterMs += 11_000

    const told = (await browser.get('api/istio/permissions?namespaces=shop&clusterName=east')).body
    const done = {
      create: await send('POST', '', { metadata: { name: 'made' }, spec: {} }),
      update: await send('PATCH', '/there', { spec: { selector: { istio: 'ingress' } } }),
      delete: await send('DELETE', '/there'),
    }
    expect(told).toMatchObject({ shop: { [key]: done } })
    expect(done).toEqual({
      create: verbs.includes('create'),
      update: verbs.includes('patch'),
      delete: verbs.includes('delete'),
    })
    store.remove({ ...there, namespace: 'shop', name: 'made' })
  })
})
