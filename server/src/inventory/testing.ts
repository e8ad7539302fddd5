/** An inventory for tests, made of plain Kubernetes lists by the parser that real clusters go through. */
import type { ClusterName } from '@binocle/api/identity'
import type { Inventory, InventoryWriter, Kind } from './inventory.ts'
import { isRecord, records } from './json.ts'
import { allKinds, apiVersionOf, resources } from './kinds.ts'
import { createInventory } from './live.ts'
import { createSharing, type Sharing } from './sharing.ts'
import { slim } from './slim.ts'

export interface ClusterLists {
  readonly cluster: ClusterName
  /** `group/version/plural` (core: `v1/pods`) -> the List as served. Kinds without a list are empty and live. */
  readonly lists: Readonly<Record<string, unknown>>
}

/** Throws on an object that does not fit, so that a test's data is what it says. Takes the lists over. */
export function inventoryOf(clusters: readonly ClusterLists[]): Inventory & InventoryWriter {
  const inventory = createInventory((error) => {
    throw error
  })
  const sharing = createSharing()
  for (const { cluster, lists } of clusters) {
    for (const kind of allKinds) fill(inventory, kind, cluster, lists, sharing)
  }
  return inventory
}

function fill<K extends Kind>(
  inventory: InventoryWriter,
  kind: K,
  cluster: ClusterName,
  lists: ClusterLists['lists'],
  sharing: Sharing,
): void {
  const { group, versions, plural, kubernetesKind } = resources[kind]
  const version = versions.find((each) => `${apiVersionOf(group, each)}/${plural}` in lists) ?? versions[0] ?? 'v1'
  const served = lists[`${apiVersionOf(group, version)}/${plural}`]
  for (const json of isRecord(served) ? records(served, 'items') : []) {
    const made = slim(kind, json, { cluster, group, version, kubernetesKind, sharing })
    if ('rejected' in made) throw new Error(`${kind} ${made.rejected.name}: ${made.rejected.reason}`)
    inventory.put(kind, made.object)
  }
  inventory.setState(kind, cluster, { state: 'live', asOf: 0 })
}
