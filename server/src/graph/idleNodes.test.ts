/** Idle nodes follow the inventory, although what is expected of a namespace is kept. */
import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { service, type TestMesh, testMesh } from '../catalog/testing.ts'
import { serviceIdentity } from './nodeIdentity.ts'
import { parseGraphOptions } from './options.ts'
import { readGraph } from './testing.ts'
import { edgeKeyTo } from './trafficMap.ts'

const everything: Scope = { key: 'all', seesCluster: () => 'yes', sees: () => 'yes' }
const onlyWest: Scope = { ...everything, key: 'west', sees: ({ cluster }) => (cluster === 'west' ? 'yes' : 'no') }

async function idleServices(mesh: TestMesh, scope = everything): Promise<string[]> {
  const query = { namespaces: 'shop', appenders: 'idleNode', injectServiceNodes: 'true' }
  const { elements } = await readGraph(mesh, scope, parseGraphOptions(mesh, scope, undefined, query))
  return elements.nodes.flatMap(({ data }) => data.service ?? []).sort()
}

describe('idle nodes', () => {
  it('of services that were removed are gone', async () => {
    const mesh = testMesh({ east: [service('shop', 'cart'), service('shop', 'pay')] })
    expect(await idleServices(mesh)).toEqual(['cart', 'pay'])
    mesh.inventory.remove('services', { cluster: 'east', namespace: 'shop' }, 'pay')
    expect(await idleServices(mesh)).toEqual(['cart'])
  })

  it('are those of clusters that the viewer sees, whoever asked before', async () => {
    const mesh = testMesh({ east: [service('shop', 'cart')], west: [service('shop', 'pay')] })
    expect(await idleServices(mesh)).toEqual(['cart', 'pay'])
    expect(await idleServices(mesh, onlyWest)).toEqual(['pay'])
  })
})

describe('edgeKeyTo', () => {
  it('names protocol and destination, and keeps only a few of them', () => {
    const cart = serviceIdentity('east', 'shop', 'cart')
    const keys = Array.from({ length: 20 }, (_, i) => edgeKeyTo(`p${i}`, cart))
    expect(keys.at(-1)).toBe('p19 svc_east_shop_cart')
    expect(edgeKeyTo('p0', cart)).toBe('p0 svc_east_shop_cart')
    expect(cart.edgeKeys?.size).toBe(8)
  })
})
