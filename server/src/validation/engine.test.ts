import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { controlPlane, istio, namespace, type TestMesh, testMesh } from '../catalog/testing.ts'
import type { Inventory, InventoryWriter, Kind, Kinds } from '../inventory/inventory.ts'
import { allKinds } from '../inventory/kinds.ts'
import { type Engine, startEngine } from './engine.ts'
import { examplesOf } from './testing/world.ts'

const engineOf = (mesh: TestMesh, defer: (callback: () => void) => void = () => {}): Engine =>
  startEngine({ inventory: mesh.inventory, config: mesh.config, defer, nowMs: () => 0 })

describe('verdicts that follow changes', () => {
  it('are those of judging everything from scratch', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), remove: fc.boolean(), judge: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    })
    const starts = fc.integer({ min: 0, max: examples.length - 1 })
    fc.assert(
      fc.property(starts, changes, (start, steps) => {
        const mesh = testMesh({ west: [], ...examples[start]?.clusters })
        const engine = engineOf(mesh)
        engine.catchUp()
        for (const { at, remove, judge } of steps) {
          pool[at % pool.length]?.(mesh.inventory, remove)
          if (judge) engine.catchUp()
        }
        engine.catchUp()
        const fresh = engineOf(mesh)
        fresh.catchUp()
        expect(all(engine)).toEqual(all(fresh))
      }),
      { numRuns: Number(process.env.TWIN_RUNS ?? 60) },
    )
  })

  it('judge again only what has read what changed', () => {
    const mesh = testMesh({
      east: [
        ...controlPlane('east'),
        namespace('shop', { 'istio-injection': 'enabled' }),
        istio('VirtualService', 'shop', 'cart', { hosts: ['cart'] }),
        istio('VirtualService', 'shop', 'web', { hosts: ['web'] }),
      ],
    })
    const engine = engineOf(mesh)
    engine.catchUp()
    const before = verdict(engine, 'web')
    const [other] = testMesh({
      east: [istio('VirtualService', 'shop', 'cart-too', { hosts: ['cart'] })],
    }).inventory.in('virtualservices.networking.istio.io', { cluster: 'east', namespace: 'shop' })
    if (other !== undefined) mesh.inventory.put('virtualservices.networking.istio.io', other)
    engine.catchUp()
    expect(verdict(engine, 'cart')?.checks.map(({ code }) => code)).toEqual(['KIA1106'])
    expect(verdict(engine, 'web')).toBe(before)
  })

  it('follow without being asked, in turns with others', () => {
    const waiting: (() => void)[] = []
    const mesh = testMesh({ east: [...controlPlane('east'), istio('Sidecar', 'istio-system', 'default', {})] })
    const engine = engineOf(mesh, (callback) => waiting.push(callback))
    engine.wake()
    expect(engine.settled()).toBe(false)
    waiting.shift()?.()
    expect(engine.settled()).toBe(true)
    mesh.inventory.remove('sidecars.networking.istio.io', { cluster: 'east', namespace: 'istio-system' }, 'default')
    expect(waiting).toHaveLength(1)
    waiting.shift()?.()
    expect(engine.verdicts('east')?.in('istio-system').get('networking.istio.io/v1, Kind=Sidecar')).toBeUndefined()
  })

  it('are none of a cluster that has not been read', () => {
    const mesh = testMesh({ east: controlPlane('east') })
    mesh.inventory.setState('pods', 'east', { state: 'syncing' })
    const engine = engineOf(mesh)
    engine.catchUp()
    expect(engine.verdicts('east')).toBeUndefined()
  })

  it.each(['failed', 'forbidden'] as const)('are none of a cluster whose services are %s', (state) => {
    const mesh = testMesh({ east: controlPlane('east') })
    mesh.inventory.setState('services', 'east', { state, cause: { code: 'BIN-CLUSTER-FORBIDDEN', message: 'no' } })
    const engine = engineOf(mesh)
    engine.catchUp()
    expect(engine.verdicts('east')).toBeUndefined()
    expect(engine.settled()).toBe(true)
  })

  it('stay when their cluster stops answering', () => {
    const mesh = testMesh({ east: [...controlPlane('east'), istio('Sidecar', 'istio-system', 'default', {})] })
    const engine = engineOf(mesh)
    engine.catchUp()
    const cause = { code: 'BIN-CLUSTER-UNREACHABLE', message: 'gone' }
    mesh.inventory.setState('services', 'east', { state: 'stale', asOf: 0, cause })
    engine.catchUp()
    expect(engine.verdicts('east')?.in('istio-system').size).toBeGreaterThan(0)
  })

  it('go with their cluster', () => {
    const mesh = testMesh({ east: controlPlane('east') })
    const engine = engineOf(mesh)
    engine.catchUp()
    mesh.inventory.dropCluster('east')
    engine.catchUp()
    expect(engine.verdicts('east')).toBeUndefined()
  })
})

const verdict = (engine: Engine, name: string) =>
  engine.verdicts('east')?.in('shop').get('networking.istio.io/v1, Kind=VirtualService')?.get(name)

const examples = examplesOf(readFileSync(new URL('testing/examples.md', import.meta.url), 'utf8'))

/** Every write has its own resource version, as in a real cluster. */
let writes = 0

/** Puts or removes one object of an example. */
type Edit = (inventory: Inventory & InventoryWriter, remove: boolean) => void

const pool: readonly Edit[] = examples.flatMap(({ clusters }) => {
  const { inventory } = testMesh(clusters)
  return Object.keys(clusters).flatMap((cluster) => allKinds.flatMap((kind) => editsOf(inventory, kind, cluster)))
})

function editsOf<K extends Kind>(from: Inventory, kind: K, cluster: string): readonly Edit[] {
  return [...from.all(kind, cluster)].map((object: Kinds[K]) => (inventory, remove) => {
    if (remove) inventory.remove(kind, object, object.name)
    else inventory.put(kind, { ...object, resourceVersion: String(++writes) })
  })
}

function all(engine: Engine): unknown {
  return ['east', 'west'].map((cluster) => {
    const verdicts = engine.verdicts(cluster)
    return [...(verdicts?.namespaces() ?? [])]
      .sort()
      .map((at) => [
        at,
        Object.fromEntries([...(verdicts?.in(at) ?? [])].map(([type, names]) => [type, Object.fromEntries(names)])),
      ])
  })
}
