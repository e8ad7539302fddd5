/** Which workloads are waypoints, in all clusters (reference: graph.md 3.9). */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Inventory, Kind } from '../inventory/inventory.ts'
import { gatewayName, isWaypoint } from '../mesh/labels.ts'
import { waypointKey } from './endHalves.ts'

/** Keys of the waypoints; proxies that do not know their cluster report it as `unknown`, so each stands there too. */
export function waypointSet(inventory: Inventory, sees: (at: NamespaceRef) => boolean): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const { cluster, namespace, name } of waypointsOf(inventory)) {
    if (!sees({ cluster, namespace })) continue
    keys.add(waypointKey(cluster, namespace, name))
    keys.add(waypointKey('unknown', namespace, name))
  }
  return keys
}

interface Waypoint extends NamespaceRef {
  readonly name: string
}

const kinds = ['deployments.apps', 'daemonsets.apps', 'statefulsets.apps'] as const satisfies readonly Kind[]
const kept = new WeakMap<Inventory, Map<string, { readonly version: number; readonly found: readonly Waypoint[] }>>()

/** Looked for again only in clusters where a workload changed. */
function waypointsOf(inventory: Inventory): Waypoint[] {
  const byPlace = kept.get(inventory) ?? new Map()
  kept.set(inventory, byPlace)
  return inventory.clusters().flatMap((cluster) =>
    kinds.flatMap((kind) => {
      const place = `${cluster}/${kind}`
      const version = inventory.kindVersion(kind, cluster)
      const last = byPlace.get(place)
      if (last?.version === version) return last.found
      const found: Waypoint[] = []
      for (const { namespace, name, template } of inventory.all(kind, cluster)) {
        if (template.labels[gatewayName] !== undefined && isWaypoint(template.labels)) {
          found.push({ cluster, namespace, name })
        }
      }
      byPlace.set(place, { version, found })
      return found
    }),
  )
}
