import { describe, expect, it } from 'vitest'
import { controlPlane, deployment, namespace, pod, testMesh } from '../catalog/testing.ts'
import { meshFactsOf } from './mesh.ts'

const mesh = () =>
  testMesh({
    east: [...controlPlane('east'), namespace('shop'), deployment('shop', 'cart'), pod('shop', 'cart-1', {})],
    west: controlPlane('west'),
  }).inventory

describe('discovery', () => {
  it('is not made again when an application changes', () => {
    const inventory = mesh()
    const before = meshFactsOf(inventory)
    inventory.remove('pods', { cluster: 'east', namespace: 'shop' }, 'cart-1')
    inventory.remove('deployments.apps', { cluster: 'east', namespace: 'shop' }, 'cart')
    expect(meshFactsOf(inventory)).toBe(before)
  })

  it.each([
    ['an istiod', 'deployments.apps', 'istio-system', 'istiod'],
    ['a mesh configuration', 'configmaps', 'istio-system', 'istio'],
    ['a namespace', 'namespaces', '', 'shop'],
  ] as const)('is made again when %s goes', (_what, kind, at, name) => {
    const inventory = mesh()
    const before = meshFactsOf(inventory)
    inventory.remove(kind, { cluster: 'east', namespace: at }, name)
    expect(meshFactsOf(inventory)).not.toBe(before)
  })

  it('forgets a cluster that is gone, and nothing of the others', () => {
    const inventory = mesh()
    meshFactsOf(inventory)
    inventory.dropCluster('east')
    expect(meshFactsOf(inventory).controlPlanes.map(({ cluster }) => cluster)).toEqual(['west'])
  })
})
