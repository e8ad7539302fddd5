/** Who may look into a proxy, as people meet it: a real console over HTTP, before simulated API servers with RBAC. */
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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

const yaml = (more = ''): string => `auth: {strategy: token}\nlogin_token: {signing_key: ${signingKey}}\n${more}`
const pods = 'api/namespaces/shop/pods'

const podOf = (namespace: string, name: string, container: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers: [{ name: container, image: 'x:1' }] },
  status: { phase: 'Running' },
})

const dump = {
  configs: [
    { '@type': 'x.BootstrapConfigDump', bootstrap: { node: { metadata: { ACCESS_TOKEN: 'c2VjcmV0' } } } },
    {
      '@type': 'x.ClustersConfigDump',
      dynamic_active_clusters: [{ cluster: { name: 'outbound|80||cart.shop.svc.cluster.local' } }],
    },
  ],
}

describe('a proxy', () => {
  let clusters: TestClusters
  let server: RunningServer
  const audited: string[] = []
  /** What arrived in pods. */
  const heard: string[] = []
  /** Requests to east before this test. */
  let seen = 0
  /** While it is there the proxies do not answer. */
  let held: (() => void)[] | undefined

  beforeAll(async () => {
    clusters = await startClusters(Date.now, (_namespace, pod, port) => (request, response) => {
      heard.push(`${pod}:${port} ${request.method} ${request.url}`)
      const answer = (): void => void response.end(pod === 'broken' ? '<html>' : JSON.stringify(dump))
      if (held === undefined) answer()
      else held.push(answer)
    })
    const { store } = clusters.cluster('east')
    for (const pod of [
      podOf('shop', 'gw', 'istio-proxy'),
      podOf('shop', 'broken', 'istio-proxy'),
      podOf('shop', 'plain', 'app'),
      podOf('bank', 'gw', 'istio-proxy'),
    ])
      store.put(pod)
    store.put({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'forwarder' },
      rules: [{ apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] }],
    })
    store.put(binding('bob', 'forwarder', 'shop'))
    server = await clusters.console(yaml(), { auditLine: (line) => audited.push(line) })
    while (server.mesh.inventory.in('pods', { cluster: 'east', namespace: 'shop' }).length < 3) await turn()
  })
  afterAll(() => clusters.close())
  beforeEach(() => {
    heard.length = 0
    audited.length = 0
    seen = clusters.cluster('east').requests.length
  })

  async function loggedIn(name: string, to = server): Promise<Browser> {
    const browser = browserOf(to)
    expect((await browser.post('api/authenticate', { token: tokenOf(name) })).status).toBe(200)
    return browser
  }

  /** As whom forwards were opened. */
  const forwards = (): readonly (string | undefined)[] =>
    clusters
      .cluster('east')
      .requests.slice(seen)
      .filter(({ url }) => url.includes('/portforward'))
      .map(({ authorization }) => authorization)

  it('AUTH-148: tells its configuration to who may open a port-forward to it, as it tells it to the console', async () => {
    const bob = await loggedIn('bob')
    const { body, status } = await bob.get(`${pods}/gw/config_dump/clusters`)
    expect([status, body]).toMatchObject([200, { clusters: [{ port: 80, direction: 'outbound' }] }])
    expect(forwards()).toEqual([`Bearer ${consoleToken}`])
  })

  it.each(['config_dump', 'config_dump/clusters'])(
    'AUTH-148: tells nobody else, who may see everything, its %s',
    async (what) => {
      const anna = await loggedIn('anna')
      const { body, status } = await anna.get(`${pods}/gw/${what}`)
      expect([status, body.code]).toEqual([403, 'BIN-PROXY-FORBIDDEN'])
      expect([heard, forwards()]).toEqual([[], []])
    },
  )

  it('AUTH-148: is not there for who does not see its namespace', async () => {
    const bob = await loggedIn('bob')
    const [unseen, absent] = [
      await bob.get('api/namespaces/bank/pods/gw/config_dump'),
      await bob.get('api/namespaces/nosuch/pods/gw/config_dump'),
    ]
    expect([unseen.status, absent.status]).toEqual([404, 404])
    expect(unseen.text.replaceAll('bank', 'nosuch')).toBe(absent.text)
    expect(forwards()).toEqual([])
  })

  it('AUTH-T65: is asked on one port for two pages, whatever is asked of the console', async () => {
    const bob = await loggedIn('bob')
    for (const what of [
      'config_dump',
      'config_dump/listeners',
      'config_dump/..%2fquitquitquit',
      'quitquitquit',
      'config_dump?port=22',
    ])
      await bob.get(`${pods}/gw/${what}`)
    for (const level of ['debug', 'debug&paths=x', 'info%26x', 'nosuch', ''])
      await bob.post(`${pods}/gw/logging?level=${level}`, {})
    expect([...new Set(heard)].sort()).toEqual(['gw:15000 GET /config_dump', 'gw:15000 POST /logging?level=debug'])
  })

  it('takes another level from who may open a port-forward, as that person', async () => {
    const bob = await loggedIn('bob')
    expect((await bob.post(`${pods}/gw/logging?level=debug`, {})).status).toBe(200)
    expect(forwards()).toEqual([`Bearer ${tokenOf('bob')}`])
    const anna = await loggedIn('anna')
    expect((await anna.post(`${pods}/gw/logging?level=debug`, {})).status).toBe(403)
    expect(forwards()).toEqual([`Bearer ${tokenOf('bob')}`])
  })

  it('takes no other level in view-only mode', async () => {
    const viewOnly = await clusters.console(yaml('deployment: {view_only_mode: true}'))
    const bob = await loggedIn('bob', viewOnly)
    expect((await bob.post(`${pods}/gw/logging?level=debug`, {})).body.code).toBe('BIN-VIEW-ONLY')
    expect(heard).toEqual([])
  })

  it('is written down, and what became of it', async () => {
    const [bob, anna] = [await loggedIn('bob'), await loggedIn('anna')]
    audited.length = 0
    await bob.get(`${pods}/gw/config_dump`)
    await bob.post(`${pods}/gw/logging?level=debug`, {})
    await anna.get(`${pods}/gw/config_dump`)
    expect(audited.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'read', outcome: 'success', user: 'bob', cluster: 'east', namespace: 'shop', name: 'gw' },
      { type: 'write', outcome: 'success', user: 'bob', verb: 'update', name: 'gw' },
      { type: 'read', outcome: 'denied', user: 'anna', status: 403, reason: 'BIN-PROXY-FORBIDDEN' },
    ])
  })

  it('is asked once by all who ask at the same time', async () => {
    const bob = await loggedIn('bob')
    held = []
    const answers = ['clusters', 'listeners', 'routes'].map((what) => bob.get(`${pods}/gw/config_dump/${what}`))
    const reviewed = () =>
      clusters
        .cluster('east')
        .requests.slice(seen)
        .filter(
          ({ authorization, url }) => url.includes('accessreviews') && authorization === `Bearer ${tokenOf('bob')}`,
        )
    while (held.length === 0 || reviewed().length < 3) await turn()
    // The last review is answered before the proxy is.
    await bob.get(`${pods}/gw`)
    for (const answer of held.splice(0)) answer()
    held = undefined
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(heard).toEqual(['gw:15000 GET /config_dump'])
  })

  it.each([
    ['plain', 404, 'BIN-PROXY-ABSENT'],
    ['nosuch', 404, 'BIN-NOT-FOUND'],
    ['broken', 503, 'BIN-PROXY-ANSWER'],
  ])('%s is %i with %s', async (pod, status, code) => {
    const answer = await (await loggedIn('bob')).get(`${pods}/${pod}/config_dump`)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it('is told whole and packed, without what is secret', async () => {
    const bob = await loggedIn('bob')
    const { headers, text } = await bob.get(`${pods}/gw/config_dump`, { 'accept-encoding': 'gzip' })
    expect(headers.get('content-encoding')).toBe('gzip')
    expect(JSON.parse(text)).toEqual({
      config_dump: {
        configs: [
          { ...dump.configs[0], bootstrap: { node: { metadata: { ACCESS_TOKEN: '[redacted]' } } } },
          dump.configs[1],
        ],
      },
    })
  })

  it('of a cluster that does not answer is not asked', async () => {
    const bob = await loggedIn('bob')
    await clusters.cluster('east').faults.set({ connection: 'down' })
    while (server.mesh.clusters.get('east')?.state !== 'unreachable') await turn()
    const { body, status } = await bob.get(`${pods}/gw/config_dump`)
    await clusters.cluster('east').faults.heal()
    expect([status, body.code]).toEqual([503, 'BIN-CLUSTER-UNREACHABLE'])
  })
})
