/** Who sees what, as people meet it: a real console over HTTP, before simulated API servers with RBAC. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiServer, startApiServer } from '@binocle/simulator/kube/apiServer'
import { kubeconfigOf } from '@binocle/simulator/kube/kubeconfig'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Browser,
  binding,
  browserOf,
  consoleToken,
  namespacesIn,
  signingKey,
  startClusters,
  type TestClusters,
  tokenOf,
} from '../auth/testing.ts'
import { loadConfig } from '../config/load.ts'
import { type RunningServer, startServer } from '../main.ts'

const yaml = (auth: string): string => `auth: {${auth}}\nlogin_token: {signing_key: ${signingKey}}\n`

describe('a console of two clusters', () => {
  let clusters: TestClusters
  let server: RunningServer
  /** Added to the time of this machine: what was answered before grows old at once. */
  let laterMs = 0

  beforeAll(async () => {
    clusters = await startClusters()
    server = await clusters.console(yaml('strategy: token'), { clock: () => Date.now() + laterMs })
  })
  afterAll(() => clusters.close())

  async function loggedIn(name: string): Promise<Browser> {
    const browser = browserOf(server)
    expect((await browser.post('api/authenticate', { token: tokenOf(name) })).status).toBe(200)
    return browser
  }

  it('AUTH-31: asks no API server as anybody but itself for who has not logged in', async () => {
    const browser = browserOf(server)
    for (const path of ['healthz', 'api/auth/info', 'api/logout', '', 'api/namespaces', 'api/status'])
      await browser.get(path)
    await browser.post('api/authenticate', {})
    await browser.post('api/authenticate', { token: ' ' })
    const tokens = ['east', 'west'].flatMap((name) =>
      clusters.cluster(name).requests.map(({ authorization }) => authorization),
    )
    expect([...new Set(tokens)]).toEqual([`Bearer ${consoleToken}`])
  })

  it('AUTH-144: asks nothing as a person but what that person may do: what it shows it reads as itself', async () => {
    const browser = await loggedIn('bob')
    const paths = [
      'api/namespaces',
      'api/config',
      'api/clusters/services',
      'api/clusters/workloads',
      'api/istio/config',
      'api/istio/permissions?namespaces=shop',
      'api/mesh/controlplanes',
      'api/mesh/graph',
      'api/multicluster/clusters',
    ]
    for (const path of paths) expect([path, (await browser.get(path)).status]).toEqual([path, 200])
    const asked = clusters
      .cluster('east')
      .requests.filter(({ authorization }) => authorization === `Bearer ${tokenOf('bob')}`)
      .map(({ method, url }) => `${method} ${url}`)
    expect([...new Set(asked)].sort()).toEqual([
      'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    ])
  })

  it('AUTH-T41: shows no more of a namespace as soon as the answer is ten seconds old', async () => {
    const browser = await loggedIn('bob')
    expect(namespacesIn(await browser.get('api/namespaces'))).toEqual(['east/shop'])
    const { store } = clusters.cluster('east')
    store.put(binding('bob', 'viewer', 'bank'))
    laterMs += 10_000
    expect(namespacesIn(await browser.get('api/namespaces'))).toEqual(['east/bank', 'east/shop'])
    const apiVersion = 'rbac.authorization.k8s.io/v1'
    store.remove({ apiVersion, kind: 'RoleBinding', namespace: 'bank', name: 'bob-viewer' })
    laterMs += 10_000
    expect(namespacesIn(await browser.get('api/namespaces'))).toEqual(['east/shop'])
  })

  it.each([
    ['401', 'is not known to it', 'nobody-knows-this-token', 'bob', 401],
    ['403', 'may not act as whom it names', 'dora-token', 'bob', 403],
  ])(
    'AUTH-35: answers the %s of an API server alike: a token that %s',
    async (_status, _what, token, user, expected) => {
      const proxied = await clusters.console(yaml('strategy: header, header: {trusted_proxies: [127.0.0.1]}'))
      const headers = { authorization: `Bearer ${token}`, 'impersonate-user': user }
      expect((await browserOf(proxied).get('api/namespaces', headers)).status).toBe(expected)
    },
  )

  it('AUTH-136: lists what is left and names the cluster that cannot be asked', async () => {
    const browser = await loggedIn('anna')
    await browser.post('api/authenticate?clusterName=west', { token: tokenOf('anna', 'west') })
    expect(namespacesIn(await browser.get('api/namespaces'))).toContain('west/shop')
    await clusters.cluster('west').faults.set({ connection: 'down' })
    laterMs += 10_000
    const answer = await browser.get('api/namespaces')
    expect(answer.status).toBe(200)
    expect(namespacesIn(answer)).toEqual(['east/bank', 'east/shop'])
    expect(answer.headers.get('x-binocle-unreachable')).toBe('west')
    await clusters.cluster('west').faults.heal()
  })
})

describe('a cluster of two thousand namespaces', () => {
  const namespaces = Array.from({ length: 2_000 }, (_, index) => `n${String(index).padStart(4, '0')}`)
  let folder: string
  let cluster: ApiServer
  let server: RunningServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'binocle-many-'))
    cluster = await startApiServer({
      cluster: 'east',
      objects: [
        ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'viewer' },
          rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
        },
        binding('anna', 'viewer'),
      ],
      identities: [
        { token: 'console-token', user: 'console', groups: ['system:masters'] },
        { token: 'anna-token', user: 'anna', groups: [] },
      ],
    })
    await writeFile(join(folder, 'kubeconfig'), kubeconfigOf([cluster], { east: 'console-token' }))
    const { config } = loadConfig({
      file: { name: 'config', text: yaml('strategy: token') },
      flags: { port: 0, kubeconfigs: [join(folder, 'kubeconfig')], prometheusUrl: 'http://127.0.0.1:1' },
    })
    server = await startServer(config)
    await new Promise<void>((resolve) => {
      const stop = server.mesh.clusters.onChange(({ state }) => {
        if (state !== 'reachable') return
        stop()
        resolve()
      })
    })
  })
  afterAll(async () => {
    await server.close()
    await cluster.close()
    await rm(folder, { recursive: true })
  })

  it('costs who may list namespaces three requests, with the login, however often he asks', async () => {
    const browser = browserOf(server)
    await browser.post('api/authenticate', { token: 'anna-token' })
    for (let times = 0; times < 5; times++)
      expect(namespacesIn(await browser.get('api/namespaces'))).toHaveLength(2_000)
    const asked = cluster.requests.filter(({ authorization }) => authorization === 'Bearer anna-token')
    expect(asked.length).toBeLessThanOrEqual(3)
  })
})
