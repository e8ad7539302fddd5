/** What the inventory adds to traffic, and what happens without traffic. */
import { unknown } from '@binocle/api/known'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import {
  controlPlane,
  deployment,
  istio,
  namespace,
  pod,
  service,
  type TestObject,
  testMesh,
} from '../catalog/testing.ts'
import type { Window } from '../telemetry/traffic.ts'
import { type GraphQuery, type NodeTarget, parseGraphOptions } from './options.ts'
import { readGraph, testTraffic } from './testing.ts'

const everything: Scope = { key: 'all', seesCluster: () => 'yes', sees: () => 'yes' }
const web = 'east/shop/web-v1/web/v1'
const cart = 'east/shop/cart.shop.svc.cluster.local/cart/shop/cart-v1/cart/v1'
const call = `destination ${web} → ${cart} | http 200 ~ - | 6`
const failing = `destination ${web} → ${cart} | http 500 ~ - | 2`

const workload = (
  name: string,
  app: string,
  more: { sidecar?: boolean; replicas?: number; labels?: Record<string, string> } = {},
) => {
  const labels = { app, version: 'v1', ...more.labels }
  const { replicas = 1, sidecar = true } = more
  return [
    deployment('shop', name, { labels, replicas }),
    ...(replicas === 0 ? [] : [pod('shop', `${name}-0`, labels, { sidecar, owner: { kind: 'Deployment', name } })]),
  ]
}
const shop: TestObject[] = [...workload('web-v1', 'web'), ...workload('cart-v1', 'cart'), service('shop', 'cart')]

async function graphOf(query: GraphQuery, objects: readonly TestObject[] = shop, rows = [call], target?: NodeTarget) {
  const mesh = { ...testMesh({ east: objects }), traffic: testTraffic({ rows: { requests: rows } }) }
  const options = parseGraphOptions(mesh, everything, target, { namespaces: 'shop', queryTime: '1700000000', ...query })
  const { elements } = await readGraph(mesh, everything, options)
  const nodeOf = (name: string) =>
    elements.nodes.map(({ data }) => data).find((node) => [node.workload, node.service].includes(name))
  return { ...elements, nodeOf }
}

describe('health in the graph', () => {
  it('judges nodes by the traffic the graph shows, and edges by both ends', async () => {
    const { nodeOf, edges } = await graphOf({ appenders: 'health' }, shop, [call, failing])
    expect(nodeOf('cart-v1')?.healthData).toEqual({
      requests: { healthAnnotations: {}, inbound: { http: { 200: 6, 500: 2 } }, outbound: {} },
      status: { errorRatio: 25, status: 'Failure', totalRequestRate: 8 },
      workloadStatus: {
        name: 'cart-v1',
        desiredReplicas: 1,
        currentReplicas: 1,
        availableReplicas: 1,
        syncedProxies: -1,
      },
    })
    expect(edges.map(({ data }) => data.healthStatus)).toEqual(['Failure'])
  })

  it('asks the service for its own tolerance', async () => {
    const patient = service('shop', 'cart')
    const annotated = {
      ...patient,
      metadata: { ...patient.metadata, annotations: { 'health.kiali.io/rate': '5xx,50,60,http,inbound' } },
    }
    const { nodeOf } = await graphOf(
      { appenders: 'health', injectServiceNodes: 'true' },
      [...shop.slice(0, -1), annotated],
      [call, failing],
    )
    expect(nodeOf('cart')?.healthData?.status?.status).toBe('Healthy')
    expect(nodeOf('cart-v1')?.healthData?.status?.status).toBe('Failure')
  })

  it('is absent where it was not asked for', async () => {
    expect((await graphOf({ appenders: '' })).nodeOf('cart-v1')?.healthData).toBeNull()
  })
})

describe('what is in the mesh', () => {
  it.each([
    ['a sidecar', workload('cart-v1', 'cart'), {}],
    ['nothing', workload('cart-v1', 'cart', { sidecar: false }), { isOutOfMesh: true }],
    ['a gateway', workload('cart-v1', 'cart', { sidecar: false, labels: { istio: 'ingressgateway' } }), {}],
  ])('a workload with %s', async (_what, objects, expected) => {
    const { nodeOf } = await graphOf({ appenders: 'meshCheck' }, [...workload('web-v1', 'web'), ...objects])
    const { isOutOfMesh, isAmbient } = nodeOf('cart-v1') ?? {}
    expect({ ...(isOutOfMesh && { isOutOfMesh }), ...(isAmbient && { isAmbient }) }).toEqual(expected)
  })

  it('nothing is said of control planes', async () => {
    const row = `source east/istio-system/istiod/istiod/latest → ${cart} | http 200 ~ - | 1`
    const { nodeOf } = await graphOf(
      { namespaces: 'istio-system', appenders: 'meshCheck' },
      [...shop, ...controlPlane('east')],
      [row],
    )
    expect(nodeOf('istiod')?.isOutOfMesh).toBeUndefined()
  })
})

describe('dead nodes', () => {
  const silent = `destination ${web} → ${cart} | http 200 ~ - | 0.0001`
  it('are dropped when there is no such workload', async () => {
    expect((await graphOf({ appenders: 'deadNode' }, [namespace('shop')], [silent])).nodes).toEqual([])
  })
  it('are marked when it has no pods', async () => {
    const { nodeOf } = await graphOf({ appenders: 'deadNode' }, workload('cart-v1', 'cart', { replicas: 0 }), [silent])
    expect(nodeOf('cart-v1')?.isDead).toBe(true)
  })
})

describe('routing', () => {
  const route = (...destinations: string[]) => ({ route: destinations.map((host) => ({ destination: { host } })) })
  it.each([
    [
      'one destination',
      { hosts: ['cart'], http: [route('cart')] },
      { hasRequestRouting: true, hasVS: { hostnames: ['cart'] } },
    ],
    ['two destinations', { hosts: ['cart'], http: [route('cart', 'cart')] }, { hasTrafficShifting: true }],
    ['TCP to two', { hosts: [], tcp: [route('cart', 'cart')] }, { hasTCPTrafficShifting: true, hasVS: {} }],
    ['a timeout', { hosts: ['cart'], http: [{ ...route('cart.shop'), timeout: '3s' }] }, { hasRequestTimeout: true }],
    [
      'a fault',
      { hosts: ['cart'], http: [{ ...route('cart.shop.svc.cluster.local'), fault: {} }] },
      { hasFaultInjection: true },
    ],
    ['a mirror', { hosts: ['cart'], http: [{ ...route('cart'), mirror: {} }] }, { hasMirroring: true }],
  ])('a VirtualService with %s', async (_what, spec, expected) => {
    const objects = [...shop, istio('VirtualService', 'shop', 'cart', spec)]
    expect((await graphOf({ appenders: 'istio', injectServiceNodes: 'true' }, objects)).nodeOf('cart')).toMatchObject(
      expected,
    )
  })

  it('a VirtualService of another service, or with a wildcard, says nothing', async () => {
    const objects = [
      ...shop,
      istio('VirtualService', 'bank', 'cart', { hosts: ['cart'], http: [route('cart')] }),
      istio('VirtualService', 'shop', 'all', { hosts: ['cart'], http: [route('*.shop.svc.cluster.local')] }),
    ]
    expect(
      (await graphOf({ appenders: 'istio', injectServiceNodes: 'true' }, objects)).nodeOf('cart')?.hasVS,
    ).toBeUndefined()
  })

  it.each([
    ['for all', { trafficPolicy: { outlierDetection: {} } }, true],
    ['for its version', { subsets: [{ labels: { version: 'v1' }, trafficPolicy: { connectionPool: {} } }] }, true],
    [
      'for another version',
      { subsets: [{ labels: { version: 'v2' }, trafficPolicy: { connectionPool: {} } }] },
      undefined,
    ],
    ['for nobody', { trafficPolicy: { tls: {} } }, undefined],
  ])('a circuit breaker %s', async (_what, spec, expected) => {
    const objects = [...shop, istio('DestinationRule', 'shop', 'cart', { host: 'cart', ...spec })]
    expect((await graphOf({ appenders: 'istio' }, objects)).nodeOf('cart-v1')?.hasCB).toBe(expected)
  })

  it('gives service nodes the app of their definition', async () => {
    expect((await graphOf({ appenders: 'istio', injectServiceNodes: 'true' })).nodeOf('cart')?.app).toBe('cart')
  })
})

describe('labels and entries', () => {
  it('leave out those that name app and version', async () => {
    const objects = [...workload('web-v1', 'web'), ...workload('cart-v1', 'cart', { labels: { tier: 'gold' } })]
    expect((await graphOf({ appenders: 'labeler' }, objects)).nodeOf('cart-v1')?.labels).toEqual({ tier: 'gold' })
  })
  it('name the WorkloadEntries behind a version', async () => {
    const entry = (name: string, version: string) =>
      istio('WorkloadEntry', 'shop', name, { labels: { app: 'cart', version } })
    const objects = [...shop, entry('vm-1', 'v1'), entry('vm-2', 'v2')]
    expect((await graphOf({ appenders: 'workloadEntry' }, objects)).nodeOf('cart-v1')?.hasWorkloadEntry).toEqual([
      { name: 'vm-1' },
    ])
  })
})

describe('node graphs', () => {
  const other = `destination ${web} → east/shop/stock.shop.svc.cluster.local/stock/shop/stock-v1/stock/v1 | http 200 ~ - | 1`
  it.each<[string, NodeTarget, GraphQuery, string[]]>([
    ['a workload', { kind: 'workload', namespace: 'shop', workload: 'cart-v1' }, {}, ['cart-v1', 'web-v1']],
    ['a service', { kind: 'service', namespace: 'shop', service: 'cart' }, {}, ['cart-v1', 'web-v1']],
    [
      'an app',
      { kind: 'app', namespace: 'shop', app: 'cart', version: '' },
      { graphType: 'versionedApp' },
      ['cart-v1', 'web-v1'],
    ],
    [
      'another version',
      { kind: 'app', namespace: 'shop', app: 'cart', version: 'v2' },
      { graphType: 'versionedApp' },
      [],
    ],
    [
      'a workload of another cluster',
      { kind: 'workload', namespace: 'shop', workload: 'cart-v1' },
      { clusterName: 'mars' },
      [],
    ],
  ])('of %s show it and its neighbours', async (_what, target, query, expected) => {
    const { nodes } = await graphOf({ appenders: '', ...query }, shop, [call, other], target)
    expect(nodes.filter(({ data }) => data.workload).map(({ data }) => data.workload)).toEqual(expected)
  })
})

it('carries names in any script, and marks that JSON escapes', async () => {
  const row = `destination ${web} → east/shop/käse"\\.shop/käse"\\/shop/cart-v1/cart/v1 | http 200 ~ "x" | 6`
  const { edges } = await graphOf({ appenders: '' }, shop, [row, call])
  const hosts = { 'cart.shop.svc.cluster.local': '50.0' }
  expect(edges[0]?.data.traffic.responses).toEqual({
    200: { flags: { '"x"': '50.0', '-': '50.0' }, hosts: { ...hosts, 'käse"\\.shop': '50.0' } },
  })
})

describe('without traffic', () => {
  const standing = (code: string) => {
    const base = testTraffic({})
    return {
      ...testMesh({ east: shop }),
      traffic: { ...base, snapshot: async () => unknown({ code, message: 'because' }) },
    }
  }
  const ask = (mesh: ReturnType<typeof standing>, query: GraphQuery = {}) =>
    readGraph(mesh, everything, parseGraphOptions(mesh, everything, undefined, { namespaces: 'shop', ...query }))

  it.each(['BIN-PROMETHEUS-DISABLED', 'BIN-PROMETHEUS-EMPTY'])(
    '%s still shows what is idle, and says why',
    async (code) => {
      const graph = await ask(standing(code), { appenders: 'idleNode', injectServiceNodes: 'true' })
      expect(graph.telemetry).toEqual({ code, message: 'because' })
      expect(graph.elements.nodes.map(({ data }) => data.isIdle)).toEqual([true, true, true])
    },
  )

  it.each(['BIN-PROMETHEUS-UNREACHABLE', 'BIN-PROMETHEUS-ANSWER'])('%s is a failure', async (code) => {
    await expect(ask(standing(code))).rejects.toMatchObject({ status: 503, code, message: 'because' })
  })
})

it('asks for few windows, however many namespaces are younger than the one asked for', async () => {
  const asked = new Set<number>()
  const base = testTraffic({ rows: { requests: [call] } })
  const young = Array.from({ length: 100 }, (_, i) => {
    const created = new Date((1_700_000_000 - i * 7) * 1000 - 1000).toISOString()
    return { ...namespace(`n${i}`), metadata: { name: `n${i}`, creationTimestamp: created } }
  })
  const traffic = {
    ...base,
    snapshot: (window: Window) => {
      asked.add(window.durationS)
      return base.snapshot(window)
    },
  }
  const mesh = { ...testMesh({ east: young }), traffic }
  const namespaces = young.map(({ metadata }) => metadata.name).join()
  await readGraph(mesh, everything, parseGraphOptions(mesh, everything, undefined, { namespaces, duration: '10m' }))
  expect([...asked].sort((a, b) => a - b)).toEqual([60, 120, 300, 600])
})
