/** Regions and zones of a cluster, from the labels of its nodes; found anew only when a node changed. */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterStatus } from '@binocle/api/multicluster'
import type { Inventory } from '../inventory/inventory.ts'

type Locality = Pick<ClusterStatus, 'locality'>

const kept = new WeakMap<Inventory, Map<ClusterName, { readonly version: number; readonly locality: Locality }>>()

/** Empty where nodes are not known or carry no such label. */
export function localityOf(inventory: Inventory, cluster: ClusterName): Locality {
  const ofInventory =
    kept.get(inventory) ?? new Map<ClusterName, { readonly version: number; readonly locality: Locality }>()
  kept.set(inventory, ofInventory)
  const version = inventory.kindVersion('nodes', cluster)
  const last = ofInventory.get(cluster)
  if (last?.version === version) return last.locality
  const [regions, zones] = [new Set<string>(), new Set<string>()]
  for (const { labels } of inventory.all('nodes', cluster)) {
    const region = labels['topology.kubernetes.io/region']
    const zone = labels['topology.kubernetes.io/zone']
    if (region !== undefined) regions.add(region)
    if (zone !== undefined) zones.add(zone)
  }
  const locality: Locality =
    regions.size + zones.size === 0 ? {} : { locality: { regions: [...regions].sort(), zones: [...zones].sort() } }
  ofInventory.set(cluster, { version, locality })
  return locality
}
