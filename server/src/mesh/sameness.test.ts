import { describe, expect, it } from 'vitest'
import { controlPlane, istio, namespace, service, type TestObject, testMesh } from '../catalog/testing.ts'
import { samenessOf, sameService, wholes } from './sameness.ts'

const cart = { namespace: 'shop', name: 'cart' }

const same = (clusters: Record<string, TestObject[]>) => {
  const [first = '', second = ''] = Object.keys(clusters)
  const answer = sameService(testMesh(clusters), cart, [first, second])
  return answer.same ? 'same' : `${answer.why.reason}: ${answer.why.decidedBy}`
}

/** Both clusters with the same objects beside their control planes. */
const both = (objects: TestObject[], plane: Parameters<typeof controlPlane>[1] = {}) => ({
  east: [...controlPlane('east', plane), ...objects],
  west: [...controlPlane('west', plane), ...objects],
})

const local = 'serviceSettings:\n- settings: {clusterLocal: true}\n  hosts: ["*.shop.svc.cluster.local"]\n'

const multiNetwork = { AMBIENT_ENABLE_MULTI_NETWORK: 'true' }
const globalByLabel =
  'serviceScopeConfigs:\n- servicesSelector: {matchExpressions: [{key: istio.io/global, operator: In, values: ["true"]}]}\n  scope: GLOBAL\n'
const ambient = namespace('shop', { 'istio.io/dataplane-mode': 'ambient' })
const plain = service('shop', 'cart')
const global = service('shop', 'cart', { labels: { 'istio.io/global': 'true' } })

const subset = (cluster: string) => ({ name: cluster, labels: { 'topology.istio.io/cluster': cluster } })
const toSubset = (caller: string, name: string) => ({
  match: [{ sourceLabels: { 'topology.istio.io/cluster': caller } }],
  route: [{ destination: { host: 'cart.shop.svc.cluster.local', subset: name } }],
})
const partition = (...routes: object[]) => [
  istio('DestinationRule', 'shop', 'cart', {
    host: 'cart.shop.svc.cluster.local',
    subsets: [subset('east'), subset('west')],
  }),
  istio('VirtualService', 'shop', 'split', { hosts: ['cart'], http: routes }),
]

const exported: TestObject = {
  apiVersion: 'multicluster.x-k8s.io/v1alpha1',
  kind: 'ServiceExport',
  metadata: { name: 'cart', namespace: 'shop' },
}
const mcs = { ENABLE_MCS_SERVICE_DISCOVERY: 'true' }

describe('a service of two clusters is', () => {
  it.each<[string, Record<string, TestObject[]>, string]>([
    ['the same when nothing keeps it apart', both([plain]), 'same'],
    [
      'apart where the mesh configuration keeps it local',
      both([plain], { mesh: local }),
      'cluster-local: *.shop.svc.cluster.local',
    ],
    [
      'apart when only one control plane keeps it local',
      { east: [...controlPlane('east'), plain], west: [...controlPlane('west', { mesh: local }), plain] },
      'cluster-local: *.shop.svc.cluster.local',
    ],
    [
      'apart in ambient by default',
      both([ambient, plain], { env: multiNetwork, mesh: globalByLabel }),
      'ambient-scope: the default of ambient',
    ],
    [
      'the same in ambient when it is global',
      both([ambient, global], { env: multiNetwork, mesh: globalByLabel }),
      'same',
    ],
    [
      'apart in ambient without multi-network, global or not',
      both([ambient, global], { mesh: globalByLabel }),
      'ambient-scope: AMBIENT_ENABLE_MULTI_NETWORK is not set',
    ],
    [
      'apart where routing keeps callers in their cluster',
      both([plain, ...partition(toSubset('east', 'east'), toSubset('west', 'west'))]),
      'partition: VirtualService shop/split',
    ],
    [
      'the same where routing sends callers to the other cluster',
      both([plain, ...partition(toSubset('east', 'west'), toSubset('west', 'east'))]),
      'same',
    ],
    ['apart where exports count and there is none', both([plain], { env: mcs }), 'not-exported: no ServiceExport'],
    ['the same where it is exported', both([plain, exported], { env: mcs }), 'same'],
    ['the same without export where exports do not count', both([plain]), 'same'],
    [
      'apart in two meshes',
      {
        east: [...controlPlane('east', { mesh: 'trustDomain: a.example\n' }), plain],
        west: [...controlPlane('west', { mesh: 'trustDomain: b.example\n' }), plain],
      },
      'mesh: a.example',
    ],
    [
      'the same when nobody tells the mesh of one of the clusters',
      { east: [...controlPlane('east'), plain], west: [plain] },
      'same',
    ],
  ])('%s', (_what, clusters, expected) => {
    expect(same(clusters)).toBe(expected)
  })
})

it('does not take exports that may not be read for missing ones', () => {
  const mesh = testMesh(both([plain], { env: mcs }))
  const cause = { code: 'BIN-CLUSTER-FORBIDDEN', message: 'no' }
  for (const cluster of ['east', 'west'])
    mesh.inventory.setState('serviceexports.multicluster.x-k8s.io', cluster, { state: 'forbidden', cause })
  expect(sameService(mesh, cart, ['east', 'west'])).toEqual({ same: true })
})

it('takes the settings of the control plane that the namespace follows', () => {
  const canary = controlPlane('east', { revision: 'canary', mesh: local })
  const follows = (revision: string) => namespace('shop', { 'istio.io/rev': revision })
  const seen = (revision: string) =>
    same({
      east: [...controlPlane('east'), ...canary, follows(revision), plain],
      west: [...controlPlane('west'), plain],
    })
  expect([seen('default'), seen('canary')]).toEqual(['same', 'cluster-local: *.shop.svc.cluster.local'])
})

it('keeps a single ambient service free of reasons: it has no namesake', () => {
  const mesh = testMesh({ east: [...controlPlane('east'), ambient, plain] })
  expect(wholes(mesh, 'service', cart, [{ cluster: 'east', kind: '' }])).toEqual([
    { parts: [{ cluster: 'east', kind: '' }] },
  ])
})

it('stays the same object until something that decides changes', () => {
  const mesh = testMesh(both([plain]))
  const before = samenessOf(mesh)
  mesh.inventory.remove('services', { cluster: 'east', namespace: 'shop' }, 'cart')
  expect(samenessOf(mesh)).toBe(before)
  mesh.inventory.remove('deployments.apps', { cluster: 'west', namespace: 'istio-system' }, 'istiod')
  expect(samenessOf(mesh)).not.toBe(before)
})
