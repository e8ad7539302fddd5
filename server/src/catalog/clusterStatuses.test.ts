import type { ClusterStatus } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import type { IstiodFacts, IstiodFactsSource } from '../istiod/facts.ts'
import { clusterStatuses } from './clusterStatuses.ts'
import { controlPlane, everything, istio, namespace, onlySees, type TestObject, testMesh } from './testing.ts'

const on = { 'istio-injection': 'enabled' }

const remote = (primary: string): TestObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'istio-system',
    labels: { 'topology.istio.io/network': 'net-s' },
    annotations: { 'topology.istio.io/controlPlaneClusters': primary },
  },
})

const primaryRemote = () =>
  testMesh({
    east: [...controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' } }), namespace('shop', on)],
    south: [remote('east'), namespace('shop', on), istio('Gateway', 'shop', 'front', {})],
  })

const of = (statuses: readonly ClusterStatus[], name: string): ClusterStatus | undefined =>
  statuses.find((status) => status.name === name)

describe('the status of a cluster', () => {
  it('of a primary tells its control plane and what that manages', () => {
    expect(of(clusterStatuses(primaryRemote(), everything), 'east')).toMatchObject({
      role: 'primary',
      meshId: 'cluster.local',
      trustDomain: 'cluster.local',
      managedBy: [],
      dataPlanes: ['sidecar'],
      controlPlanes: [
        {
          name: 'istiod',
          revision: 'default',
          version: '1.30.1',
          status: 'Healthy',
          id: 'east',
          manages: ['east', 'south'],
          replicas: { desired: 1, available: 1 },
        },
      ],
    })
  })

  it('of a remote tells who manages it, its own network, and configuration without effect', () => {
    expect(of(clusterStatuses(primaryRemote(), everything), 'south')).toMatchObject({
      role: 'remote',
      network: 'net-s',
      controlPlanes: [],
      managedBy: [{ cluster: 'east', namespace: 'istio-system', name: 'istiod', revision: 'default' }],
      findings: [{ code: 'BIN-MESH-CONFIG-IGNORED' }, { code: 'BIN-MESH-NETWORK' }],
    })
  })

  it('tells no trust domain where the mesh configuration cannot be read', () => {
    const [deployed] = controlPlane('east')
    const read = (objects: TestObject[]) => clusterStatuses(testMesh({ east: objects }), everything)[0]?.trustDomain
    expect([read(controlPlane('east', { mesh: '{}' })), read(deployed ? [deployed] : [])]).toEqual([
      'cluster.local',
      undefined,
    ])
  })

  it('tells regions and zones of its nodes', () => {
    const node = (name: string, zone: string): TestObject => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: { 'topology.kubernetes.io/region': 'r1', 'topology.kubernetes.io/zone': zone },
      },
    })
    const [east] = clusterStatuses(testMesh({ east: [node('n1', 'z2'), node('n2', 'z1')] }), everything)
    expect(east?.locality).toEqual({ regions: ['r1'], zones: ['z1', 'z2'] })
  })

  it('names the kinds that are not known as they should be', () => {
    const mesh = testMesh({ east: controlPlane('east') })
    const cause = { code: 'BIN-CLUSTER-FORBIDDEN', message: 'no' }
    mesh.inventory.setState('configmaps', 'east', { state: 'forbidden', cause })
    const [east] = clusterStatuses(mesh, everything)
    expect(east?.gaps).toEqual([{ kind: 'configmaps', state: 'forbidden', cause }])
  })

  it('tells nothing of clusters that the viewer may not see', () => {
    const [south, ...others] = clusterStatuses(primaryRemote(), onlySees('south'))
    expect([others, south?.managedBy, south?.role]).toEqual([[], [], 'remote'])
    expect(JSON.stringify(south)).not.toContain('east')
  })
})

describe('what istiods say', () => {
  const known = <T>(value: T) => ({ state: 'known', value, asOf: 5 }) as const
  const said: IstiodFacts = {
    ready: known(true),
    version: known('1.30.2-abc-Clean'),
    remotes: known([
      { id: 'east', secretName: '', syncStatus: 'synced' },
      { id: 'south', secretName: 'istio-system/south', syncStatus: 'timeout' },
    ]),
    proxies: known(12),
    registry: known({ services: 9, byCluster: { east: 9, south: 4 } }),
    config: known({ objects: 7, byKind: {} }),
  }
  const source: IstiodFactsSource = {
    version: 1,
    facts: () => said,
    ofRevision: () => [{ pod: 'istiod-1', facts: said }],
  }

  it('stands with its pods, and its version is what they say', () => {
    const east = of(clusterStatuses({ ...primaryRemote(), istiodFacts: source }, everything), 'east')
    expect(east?.controlPlanes[0]).toMatchObject({
      version: '1.30.2',
      pods: [
        {
          name: 'istiod-1',
          ready: true,
          version: '1.30.2',
          proxies: 12,
          registry: { services: 9, byCluster: { east: 9, south: 4 } },
          configObjects: 7,
          remotes: [
            { cluster: 'east', syncStatus: 'synced' },
            { cluster: 'south', syncStatus: 'timeout', secret: 'istio-system/south' },
          ],
          asOf: 5,
        },
      ],
    })
  })

  it('of a cluster that it cannot read is a finding about that cluster', () => {
    const south = of(clusterStatuses({ ...primaryRemote(), istiodFacts: source }, everything), 'south')
    expect(south?.findings?.map(({ message }) => message)).toContain('istiod-1 of east does not read south: timeout.')
  })

  it('of clusters that the viewer may not see is left out', () => {
    const [east] = clusterStatuses({ ...primaryRemote(), istiodFacts: source }, onlySees('east'))
    expect(JSON.stringify(east)).not.toContain('south')
  })
})
