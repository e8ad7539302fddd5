import { describe, expect, it } from 'vitest'
import { controlPlane, namespace, type TestObject, testMesh } from '../catalog/testing.ts'
import type { KindState } from '../inventory/inventory.ts'
import { meshFactsOf } from './mesh.ts'
import { roleOf } from './roles.ts'

const remote: TestObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'istio-system', annotations: { 'topology.istio.io/controlPlaneClusters': 'east' } },
}

const external = { EXTERNAL_ISTIOD: 'true' }

/** The part of the last cluster. */
function role(clusters: Record<string, TestObject[]>, more: { home?: boolean; deployments?: KindState } = {}) {
  const { inventory } = testMesh(clusters)
  const cluster = Object.keys(clusters).at(-1) ?? ''
  if (more.deployments !== undefined) inventory.setState('deployments.apps', cluster, more.deployments)
  return roleOf(inventory, meshFactsOf(inventory), cluster, more.home ?? false)
}

describe('the part of a cluster', () => {
  it.each<[string, Record<string, TestObject[]>, Parameters<typeof role>[1], string | undefined]>([
    ['with an istiod of its own', { east: controlPlane('east') }, {}, 'primary'],
    ['served by another one', { east: controlPlane('east', { env: external }), south: [remote] }, {}, 'remote'],
    ['an external control plane reads', { hub: controlPlane('hub', { id: 'z', env: external }), z: [] }, {}, 'config'],
    [
      'that only hosts such a one',
      { front: [], hub: controlPlane('hub', { id: 'front', env: external }) },
      {},
      'external',
    ],
    ['whose istiod has another name for it', { west: controlPlane('west', { id: 'Kubernetes' }) }, {}, 'unmanaged'],
    ['that nobody serves', { east: controlPlane('east'), north: [namespace('shop')] }, {}, 'unmanaged'],
    ['that the mesh is managed from', { east: controlPlane('east'), tools: [] }, { home: true }, 'management'],
    ['whose Deployments are not known yet', { west: [] }, { deployments: { state: 'syncing' } }, undefined],
    [
      'whose Deployments may not be read',
      { west: [] },
      { deployments: { state: 'forbidden', cause: { code: 'BIN-CLUSTER-FORBIDDEN', message: 'no' } } },
      undefined,
    ],
  ])('%s', (_what, clusters, more, expected) => {
    expect(role(clusters, more)).toBe(expected)
  })
})
