import { describe, expect, it } from 'vitest'
import { controlPlane, namespace, type TestObject, testMesh } from '../catalog/testing.ts'
import { identityDomain, meshFactsOf } from './mesh.ts'

const remote = (ids: string): TestObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'istio-system', annotations: { 'topology.istio.io/controlPlaneClusters': ids } },
})

const managed = (clusters: Record<string, TestObject[]>) =>
  meshFactsOf(testMesh(clusters).inventory).controlPlanes.map(
    ({ cluster, id, managedClusters }) => `${cluster} as ${id}: ${managedClusters.join()}`,
  )

describe('control planes', () => {
  it.each<[string, Record<string, TestObject[]>, string[]]>([
    [
      'each manage their own cluster',
      { east: controlPlane('east'), west: controlPlane('west') },
      ['east as east: east', 'west as west: west'],
    ],
    [
      'manage a remote that names them, when they may',
      { east: controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' } }), south: [remote('east')] },
      ['east as east: east,south'],
    ],
    [
      'do not manage a remote without leave',
      { east: controlPlane('east'), south: [remote('east')] },
      ['east as east: east'],
    ],
    [
      'all manage a remote that names everybody',
      {
        east: controlPlane('east', { env: { EXTERNAL_ISTIOD: 'true' } }),
        south: [remote('*')],
        west: controlPlane('west', { env: { EXTERNAL_ISTIOD: 'true' } }),
      },
      ['east as east: east,south', 'west as west: west,south'],
    ],
    [
      'run outside the cluster whose configuration they read',
      { config: [namespace('shop')], outside: controlPlane('outside', { id: 'config' }) },
      ['outside as config: config'],
    ],
  ])('%s', (_what, clusters, expected) => {
    expect(managed(clusters)).toEqual(expected)
  })

  it('read their mesh configuration, and survive one that is no YAML', () => {
    const facts = meshFactsOf(
      testMesh({
        east: controlPlane('east', { mesh: 'trustDomain: mesh.example\nenableAutoMtls: false\n' }),
        west: controlPlane('west', { mesh: ': [' }),
      }).inventory,
    )
    expect(facts.controlPlanes.map(({ config }) => [config.trustDomain, config.enableAutoMtls])).toEqual([
      ['mesh.example', false],
      ['', true],
    ])
    const istio = { appLabel: '', versionLabel: '', rootNamespace: '', identityDomain: '' }
    expect(identityDomain(facts, 'east', istio)).toBe('svc.mesh.example')
    expect(identityDomain(facts, 'west', istio)).toBe('svc.cluster.local')
  })

  it('lay their own configuration over the shared one', () => {
    const shared = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio-shared', namespace: 'istio-system' },
      data: { mesh: 'trustDomain: shared.example\nrootNamespace: config\n' },
    }
    const facts = meshFactsOf(
      testMesh({ east: [...controlPlane('east', { env: { SHARED_MESH_CONFIG: 'istio-shared' } }), shared] }).inventory,
    )
    expect(facts.controlPlanes[0]).toMatchObject({ rootNamespace: 'config', config: { trustDomain: 'cluster.local' } })
  })
})
