import type { MeshGraph } from '@binocle/api/mesh'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import {
  controlPlane,
  deployment,
  everything,
  istio,
  namespace,
  onlySees,
  service,
  type TestMesh,
  type TestObject,
  testMesh,
} from '../catalog/testing.ts'
import { meshGraph } from './meshGraph.ts'
import type { MeshGraphOptions } from './options.ts'

const on = { 'istio-injection': 'enabled' }

const graph = (mesh: TestMesh, options: Partial<MeshGraphOptions> = {}, scope: Scope = everything): MeshGraph =>
  meshGraph(
    mesh,
    scope,
    { includeGateways: false, includeWaypoints: false, queryTime: 7, ...options },
    { istiodAnswers: () => true, consoleVersion: 'v1', prometheusVersion: '3.1.0' },
  )

const nameOf = ({ cluster, infraName, infraType, namespace: at, version }: MeshGraph['elements']['nodes'][0]['data']) =>
  `${infraType} ${[cluster, at, infraName].filter((part) => part !== '').join('/')}${version ? `@${version}` : ''}`

const nodes = (document: MeshGraph) => document.elements.nodes.map(({ data }) => nameOf(data)).sort()

const edges = (document: MeshGraph) => {
  const names = new Map(document.elements.nodes.map(({ data }) => [data.id, nameOf(data)]))
  return document.elements.edges.map(({ data }) => `${names.get(data.source)} -> ${names.get(data.target)}`).sort()
}

const system: TestObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'istio-system', annotations: { 'topology.istio.io/controlPlaneClusters': 'east' } },
}

const primaryRemote = () =>
  testMesh({
    east: [...controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' } }), namespace('shop', on)],
    south: [system, namespace('shop', on)],
  })

describe('the mesh graph', () => {
  it('draws a primary, its remote, and the data plane in both', () => {
    const drawn = graph(primaryRemote())
    expect(nodes(drawn)).toEqual([
      'cluster _external_/External Deployments',
      'cluster east/east@Unknown',
      'cluster south/south',
      'dataplane east/Data Plane@default',
      'dataplane south/Data Plane@default',
      'istiod east/istio-system/istiod@1.30.1',
      'kiali east/istio-system/kiali@v1',
      'metricStore _external_/Prometheus@3.1.0',
      'namespace east/istio-system/istio-system',
    ])
    expect(edges(drawn)).toEqual([
      'istiod east/istio-system/istiod@1.30.1 -> dataplane east/Data Plane@default',
      'istiod east/istio-system/istiod@1.30.1 -> dataplane south/Data Plane@default',
      'kiali east/istio-system/kiali@v1 -> istiod east/istio-system/istiod@1.30.1',
      'kiali east/istio-system/kiali@v1 -> metricStore _external_/Prometheus@3.1.0',
    ])
    expect([drawn.meshNames, drawn.timestamp]).toEqual([['cluster.local'], 7])
  })

  it('puts nodes into boxes of their namespace, and those into the box of their cluster', () => {
    const { elements } = graph(primaryRemote())
    const byId = new Map(elements.nodes.map(({ data }) => [data.id, data]))
    const parents = elements.nodes.map(({ data }) => {
      const parent = byId.get(data.parent ?? '')
      return `${nameOf(data)} in ${parent === undefined ? 'nothing' : nameOf(parent)}, ${data.isBox ?? data.nodeType}`
    })
    expect(parents.sort()).toEqual([
      'cluster _external_/External Deployments in nothing, cluster',
      'cluster east/east@Unknown in nothing, cluster',
      'cluster south/south in nothing, cluster',
      'dataplane east/Data Plane@default in cluster east/east@Unknown, infra',
      'dataplane south/Data Plane@default in cluster south/south, infra',
      'istiod east/istio-system/istiod@1.30.1 in namespace east/istio-system/istio-system, infra',
      'kiali east/istio-system/kiali@v1 in namespace east/istio-system/istio-system, infra',
      'metricStore _external_/Prometheus@3.1.0 in cluster _external_/External Deployments, infra',
      'namespace east/istio-system/istio-system in cluster east/east@Unknown, namespace',
    ])
  })

  it('takes the consoles that run beside a control plane instead of this one', () => {
    const kiali = {
      ...service('tools', 'kiali', {
        labels: { 'app.kubernetes.io/part-of': 'kiali', 'app.kubernetes.io/version': 'v2' },
      }),
    }
    const mesh = testMesh({ east: [...controlPlane('east'), kiali] })
    expect(nodes(graph(mesh)).filter((name) => name.startsWith('kiali'))).toEqual(['kiali east/tools/kiali@v2'])
  })

  it('hangs gateways and waypoints below the istiods of their revision, where they are asked for', () => {
    const waypoint = deployment('shop', 'waypoint', {
      labels: { 'gateway.istio.io/managed': 'istio.io-mesh-controller' },
    })
    const canaryGateway = { ...istio('Gateway', 'shop', 'next', {}) }
    const mesh = testMesh({
      east: [
        ...controlPlane('east'),
        ...controlPlane('east', { revision: 'canary' }),
        istio('Gateway', 'shop', 'front', {}),
        { ...canaryGateway, metadata: { ...canaryGateway.metadata, labels: { 'istio.io/rev': 'canary' } } },
        waypoint,
      ],
    })
    const below = (options: Partial<MeshGraphOptions>) =>
      edges(graph(mesh, options)).filter((edge) => /-> (gateway|waypoint)/.test(edge))
    expect(below({})).toEqual([])
    expect(below({ includeGateways: true })).toEqual([
      'istiod east/istio-system/istiod-canary@1.30.1 -> gateway east/shop/next@canary',
      'istiod east/istio-system/istiod@1.30.1 -> gateway east/shop/front@default',
    ])
    expect(below({ includeWaypoints: true })).toEqual([
      'istiod east/istio-system/istiod@1.30.1 -> waypoint east/shop/waypoint@default',
    ])
  })

  it('shows nothing of a cluster or a namespace that the viewer may not see', () => {
    const text = (scope: Scope) => JSON.stringify(graph(primaryRemote(), { includeGateways: true }, scope))
    expect(text(onlySees('east'))).not.toContain('south')
    expect(text(onlySees('east/istio-system'))).not.toContain('shop')
    expect(graph(primaryRemote(), {}, onlySees('south')).elements.nodes).toEqual([])
  })

  it('never tells the credentials in an address', () => {
    const mesh = testMesh({ east: controlPlane('east') })
    const prometheus = { ...mesh.config.prometheus, url: 'http://me:secret@prometheus.example/' }
    const drawn = JSON.stringify(graph({ ...mesh, config: { ...mesh.config, prometheus } }))
    expect([drawn.includes('prometheus.example'), drawn.includes('secret@')]).toEqual([true, false])
  })

  it('places Prometheus in the namespace that its address names, where that Service exists', () => {
    const mesh = testMesh({ east: [...controlPlane('east'), service('tools', 'prometheus')] })
    const at = (url: string) =>
      nodes(graph({ ...mesh, config: { ...mesh.config, prometheus: { ...mesh.config.prometheus, url } } })).find(
        (name) => name.startsWith('metricStore'),
      )
    expect(at('http://prometheus.tools:9090')).toBe('metricStore east/tools/Prometheus@3.1.0')
    expect(at('http://prometheus.tools.svc.cluster.local:9090')).toBe('metricStore east/tools/Prometheus@3.1.0')
    expect(at('http://prometheus.example.com')).toBe('metricStore _external_/Prometheus@3.1.0')
    expect(at('http://10.0.0.1:9090')).toBe('metricStore _external_/Prometheus@3.1.0')
  })
})
