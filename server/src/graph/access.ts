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

/** The clusters in which the viewer sees a namespace of this name. */
export function clustersWith(inventory: Inventory, scope: Scope, namespace: string): string[] {
  return inventory.clusters().filter((cluster) => mayAccess(inventory, scope, { cluster, namespace }))
}

/** Unix seconds of the oldest of the namespaces of this name that the viewer sees; undefined when he sees none. */
export function createdAtS(inventory: Inventory, scope: Scope, namespace: string): number | undefined {
  let oldest: number | undefined
  for (const cluster of clustersWith(inventory, scope, namespace)) {
    const created = inventory.get('namespaces', { cluster, namespace: '' }, namespace)?.createdAt ?? ''
    // A namespace without a creation time does not clip the window.
    const seconds = (Date.parse(created) || 0) / 1000
    if (oldest === undefined || seconds < oldest) oldest = seconds
  }
  return oldest
}
