import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change } from './inventory.ts'
import { createInventory } from './live.ts'
import type { Namespace } from './objects.ts'

const object = (name: string, resourceVersion = '1', more: Partial<Namespace> = {}): Namespace => ({
  cluster: 'west',
  namespace: 'shop',
  name,
  uid: name,
  resourceVersion,
  createdAt: '',
  labels: {},
  annotations: {},
  hasLabels: false,
  hasAnnotations: false,
  ...more,
})
const at = { cluster: 'west', namespace: 'shop' }

/** Changes as `added b`. */
function listen(inventory: ReturnType<typeof createInventory>): string[] {
  const heard: string[] = []
  inventory.onChange((change: Change) => heard.push(`${change.type} ${change.name}`))
  return heard
}

describe('the inventory', () => {
  it('lists a namespace in order of name', () => {
    const inventory = createInventory()
    for (const name of ['b', 'B', 'a', 'a-1']) inventory.put('namespaces', object(name))
    expect(inventory.in('namespaces', at).map(({ name }) => name)).toEqual(['B', 'a', 'a-1', 'b'])
  })

  it('keeps clusters and kinds apart', () => {
    const inventory = createInventory()
    inventory.put('namespaces', object('a'))
    inventory.put('namespaces', object('a', '1', { cluster: 'east' }))
    inventory.remove('namespaces', { cluster: 'east', namespace: 'shop' }, 'a')
    expect([inventory.count('namespaces', 'west'), inventory.count('namespaces', 'east')]).toEqual([1, 0])
    expect(inventory.get('services', at, 'a')).toBeUndefined()
  })

  it('turns a whole list into precise differences', () => {
    const inventory = createInventory()
    inventory.replace('namespaces', 'west', [object('a'), object('b'), object('c')])
    const heard = listen(inventory)
    inventory.replace('namespaces', 'west', [object('a'), object('b', '2', { labels: { x: 'y' } }), object('d')])
    expect(heard).toEqual(['updated b', 'added d', 'deleted c'])
  })

  it('takes an object that was deleted and made again under its name for updated', () => {
    const inventory = createInventory()
    inventory.put('namespaces', object('a'))
    const heard = listen(inventory)
    inventory.put('namespaces', object('a', '1', { uid: 'other' }))
    expect(heard).toEqual(['updated a'])
  })

  it('is silent about a new version that looks the same, and keeps it', () => {
    const inventory = createInventory()
    inventory.put('namespaces', object('a', '1'))
    const before = inventory.version(at)
    const heard = listen(inventory)
    inventory.put('namespaces', object('a', '2'))
    expect(heard).toEqual([])
    expect(inventory.version(at)).toBe(before)
    expect(inventory.get('namespaces', at, 'a')?.resourceVersion).toBe('2')
  })

  it('takes every new version of a config object for a change: its document shows the version', () => {
    const inventory = createInventory()
    const kind = 'sidecars.networking.istio.io'
    const resource = { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: {} }
    const config = { group: 'networking.istio.io', version: 'v1', kind: 'Sidecar', resource }
    inventory.put(kind, { ...object('a', '1'), ...config })
    const heard = listen(inventory)
    inventory.put(kind, { ...object('a', '2'), ...config })
    expect(heard).toEqual(['updated a'])
  })

  it('deletes nothing by a resync that is not finished', () => {
    const inventory = createInventory()
    inventory.put('namespaces', object('a'))
    inventory.resync('namespaces', 'west').put(object('b'))
    expect(inventory.count('namespaces', 'west')).toBe(2)
  })

  it('moves the versions of what changed, and of nothing else', () => {
    const inventory = createInventory()
    inventory.put('namespaces', object('a'))
    const shop = inventory.version(at)
    const services = inventory.kindVersion('services', 'west')
    inventory.put('namespaces', object('x', '1', { namespace: 'other' }))
    expect(inventory.version(at)).toBe(shop)
    expect(inventory.version({ cluster: 'west', namespace: 'other' })).toBeGreaterThan(0)
    expect(inventory.kindVersion('services', 'west')).toBe(services)
    inventory.remove('namespaces', at, 'a')
    expect(inventory.version(at)).toBeGreaterThan(shop)
  })

  it('goes on when a listener throws, and reports it', () => {
    const reported: unknown[] = []
    const inventory = createInventory((error) => reported.push(error))
    inventory.onChange(() => {
      throw new Error('a defect')
    })
    const heard = listen(inventory)
    inventory.put('namespaces', object('a'))
    expect(heard).toEqual(['added a'])
    expect(reported).toHaveLength(1)
  })

  it('tells of a dropped cluster object by object, and forgets it', () => {
    const inventory = createInventory()
    inventory.setState('namespaces', 'west', { state: 'live', asOf: 1 })
    inventory.put('namespaces', object('a'))
    const heard = listen(inventory)
    inventory.dropCluster('west')
    expect(heard).toEqual(['deleted a'])
    expect(inventory.clusters()).toEqual([])
    expect(inventory.state('namespaces', 'west')).toEqual({ state: 'syncing' })
  })

  it('equals a naive list after any sequence of writes, and its changes lead from one to the other', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd')
    const namespace = fc.constantFrom('x', 'y')
    const one = fc.record({ namespace, name, label: fc.constantFrom('1', '2') })
    const step = fc.oneof(
      fc.record({ type: fc.constant('put' as const), one }),
      fc.record({ type: fc.constant('remove' as const), one }),
      fc.record({ type: fc.constant('replace' as const), all: fc.uniqueArray(one, { selector: key }) }),
    )
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const inventory = createInventory()
        let naive = new Map<string, string>()
        const followed = new Map<string, string>()
        inventory.onChange((change) => {
          const label = inventory.get('namespaces', change, change.name)?.labels.l
          if (change.type === 'deleted') expect(followed.delete(key(change))).toBe(true)
          else {
            expect(followed.has(key(change))).toBe(change.type === 'updated')
            followed.set(key(change), label ?? '')
          }
        })
        let version = 0
        const made = (of: { namespace: string; name: string; label: string }): Namespace =>
          object(of.name, String(++version), { namespace: of.namespace, labels: { l: of.label } })
        for (const each of steps) {
          if (each.type === 'put') {
            inventory.put('namespaces', made(each.one))
            naive.set(key(each.one), each.one.label)
          } else if (each.type === 'remove') {
            inventory.remove('namespaces', { cluster: 'west', namespace: each.one.namespace }, each.one.name)
            naive.delete(key(each.one))
          } else {
            inventory.replace('namespaces', 'west', each.all.map(made))
            naive = new Map(each.all.map((of) => [key(of), of.label]))
          }
        }
        const expected = [...naive].sort()
        expect([...inventory.all('namespaces', 'west')].map((is) => [key(is), is.labels.l]).sort()).toEqual(expected)
        expect([...followed].sort()).toEqual(expected)
        expect(inventory.count('namespaces', 'west')).toBe(naive.size)
      }),
    )
  })
})

const key = (of: { namespace: string; name: string }): string => `${of.namespace}/${of.name}`
