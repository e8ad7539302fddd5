/** Which (cluster, namespace) pairs a viewer may see, as graphs need to know it. */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { Inventory } from '../inventory/inventory.ts'

/** The pair exists and the viewer may see it. */
export function mayAccess(inventory: Inventory, scope: Scope, at: NamespaceRef): boolean {
  return (
    scope.sees(at) === 'yes' &&
    inventory.get('namespaces', { cluster: at.cluster, namespace: '' }, at.namespace) !== undefined
  )
}

/**
 * Unix seconds of the oldest of the namespaces of this name that the viewer sees; undefined when he sees none. Of one
 * viewer all are worked out together, and kept until a namespace comes or goes: a graph of a mesh asks for thousands.
 */
export const createdAtS = (inventory: Inventory, scope: Scope, namespace: string): number | undefined =>
  creationsS(inventory, scope).get(namespace)

/** All of them, by name: the same object until a namespace comes or goes. */
export function creationsS(inventory: Inventory, scope: Scope): ReadonlyMap<string, number> {
  const byViewer = kept.get(inventory) ?? new Map<string, Kept>()
  kept.set(inventory, byViewer)
  let known = byViewer.get(scope.key)
  if (known === undefined || known.generation !== inventory.generation) {
    const { generation } = inventory
    const state = stateOf(inventory)
    const oldest = known?.state === state ? known.oldest : oldestOf(inventory, scope)
    known = { generation, state, oldest }
    if (byViewer.size >= maxViewers) byViewer.clear()
    byViewer.set(scope.key, known)
  }
  return known.oldest
}

interface Kept {
  readonly generation: number
  readonly state: string
  readonly oldest: ReadonlyMap<string, number>
}

const stateOf = (inventory: Inventory): string =>
  inventory
    .clusters()
    .map((cluster) => `${cluster} ${inventory.kindVersion('namespaces', cluster)}`)
    .join()

const kept = new WeakMap<Inventory, Map<string, Kept>>()
const maxViewers = 50

function oldestOf(inventory: Inventory, scope: Scope): ReadonlyMap<string, number> {
  const oldest = new Map<string, number>()
  for (const cluster of inventory.clusters()) {
    for (const { name, createdAt } of inventory.all('namespaces', cluster)) {
      if (scope.sees({ cluster, namespace: name }) !== 'yes') continue
      // A namespace without a creation time does not clip the window.
      const seconds = (Date.parse(createdAt ?? '') || 0) / 1000
      oldest.set(name, Math.min(seconds, oldest.get(name) ?? Number.POSITIVE_INFINITY))
    }
  }
  return oldest
}
