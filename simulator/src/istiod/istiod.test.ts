import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoScenario } from '../demo/demo.ts'
import { listAt, textAt } from '../kube/json.ts'
import { closeServer, listenLocally } from '../local.ts'
import { modelNamed } from '../models/models.ts'
import { topologyOf } from '../topology.ts'
import { istiodBackend } from './istiod.ts'
import { planesOf } from './plane.ts'
import { clusterz } from './remotes.ts'

const topology = topologyOf(demoScenario())
const backend = istiodBackend(topology, () => Date.UTC(2026, 5, 1))('east')
const istiod = topology.workloads.find((w) => w.app === 'istiod' && w.cluster === 'east')
const pods = istiod ? topology.pods(istiod).map((pod) => pod.name) : []

describe('istiod of the demo in east', () => {
  const servers: Server[] = []
  const urls: string[] = []
  beforeAll(async () => {
    for (const pod of pods) {
      const listener = backend('istio-system', pod, 15014)
      if (!listener) throw new Error(`nothing listens at ${pod}`)
      const server = createServer(listener)
      servers.push(server)
      urls.push(`http://127.0.0.1:${await listenLocally(server, 0)}`)
    }
  })
  afterAll(() => Promise.all(servers.map(closeServer)))

  const ask = async (path: string, pod = 0): Promise<unknown> =>
    JSON.parse(await (await fetch(`${urls[pod]}${path}`)).text())

  it('listens on its debug and monitoring ports only', () => {
    expect(backend('istio-system', pods[0] ?? '', 8080)).toBeDefined()
    expect(backend('istio-system', pods[0] ?? '', 9090)).toBeUndefined()
    expect(backend('shop', 'cart-v1-x', 15014)).toBeUndefined()
  })

  it('knows each proxy of its cluster in one pod, in step', async () => {
    const proxies = [...listAt(await ask('/debug/syncz', 0)), ...listAt(await ask('/debug/syncz', 1))]
    const expected = topology.workloads
      .filter((w) => w.cluster === 'east' && (w.mode === 'sidecar' || w.gateway !== undefined))
      .flatMap((w) => topology.pods(w).map((pod) => `${pod.name}.${w.namespace}`))
    expect(proxies.map((proxy) => textAt(proxy, 'proxy')).sort()).toEqual(expected.sort())
    expect(proxies.filter((proxy) => textAt(proxy, 'cluster_sent') !== textAt(proxy, 'cluster_acked'))).toEqual([])
  })

  it('reads west through a remote secret', async () => {
    expect(await ask('/debug/clusterz')).toContainEqual({
      id: 'west',
      secretName: 'istio-system/istio-remote-secret-west',
      syncStatus: 'synced',
    })
  })

  it('keeps the endpoints of a cluster-local service to its own cluster', async () => {
    const shards = await ask('/debug/endpointShardz')
    const clustersOf = (host: string, namespace: string) =>
      Object.keys(Object(Object(Object(shards)[host])[namespace]).Shards)
    expect(clustersOf('cart.shop.svc.cluster.local', 'shop')).toEqual(['Kubernetes/east', 'Kubernetes/west'])
    expect(clustersOf('session-cache.shop.svc.cluster.local', 'shop')).toEqual(['Kubernetes/east'])
  })

  it('knows a gateway for each network', async () => {
    expect(listAt(await ask('/debug/networkz')).map((gateway) => textAt(gateway, 'Network'))).toEqual([
      'network-east',
      'network-west',
    ])
  })

  it('says its version and that it is ready', async () => {
    expect(await (await fetch(`${urls[0]}/version`)).text()).toMatch(/^1\.30\.1-/)
    expect((await fetch(`${urls[0]}/ready`)).status).toBe(200)
  })
})

describe('istiods of other models', () => {
  const planes = (model: string, cluster: string) => {
    const found = modelNamed(model)
    if (!found) throw new Error(`there is no model ${model}`)
    const of = topologyOf(found.scenario)
    const at = of.cluster(cluster)
    return at ? planesOf(of, at) : []
  }

  it.each([
    ['external-control-plane', 'hub', 'external-istiod', ['front', 'back'], ['back', 'front']],
    ['external-control-plane', 'hub', 'istio-system', ['hub', 'back', 'front'], ['hub']],
    ['primary-remote', 'east', 'istio-system', ['east', 'west'], ['east', 'west']],
  ])('in %s, that of %s in %s reads and serves', (model, cluster, namespace, read, served) => {
    const plane = planes(model, cluster).find((one) => one.namespace === namespace)
    expect(plane && clusterz(plane).map((one) => textAt(one, 'id'))).toEqual(read)
    expect(plane?.served.map(({ name }) => name)).toEqual(served)
  })

  it('of two revisions in one cluster each has its own version', () => {
    expect(planes('canary', 'main').map(({ istiod: { revision }, workload }) => [workload.name, revision])).toEqual([
      ['istiod', 'default'],
      ['istiod-1-30-1', '1-30-1'],
    ])
  })
})
