/**
 * Marks of where a text comes from. Every object, series and message of the world of tests carries the mark of its
 * place; what may be found in an answer follows from the viewer's scope alone.
 */
import type { Scope } from '../../access/scope.ts'

export const clusterNames = ['east', 'north', 'west'] as const
/** All exist in each cluster but the last, whose name is one of its own. */
export const namespaceNames = ['istio-system', 'shop', 'vault', 'own'] as const

/**
 * `name`: that the cluster is there. `common`: what all who have some right there may know, e.g. how it is reached. `whole`: what is of no
 * namespace. The others: what lies in that namespace.
 */
export type PlaceName = 'common' | 'name' | 'ownName' | 'whole' | (typeof namespaceNames)[number]

const digits: Readonly<Record<PlaceName, string>> = {
  'istio-system': '0',
  shop: '1',
  vault: '2',
  own: '3',
  ownName: '4',
  common: '7',
  name: '8',
  whole: '9',
}

/** A text that may stand in names, labels and values, e.g. `taintw2x`. */
export const marker = (cluster: string, place: PlaceName): string => `taint${cluster[0]}${digits[place]}x`

/** As the inventory and the series call it. */
export const clusterOf = (cluster: string): string => `${cluster}-${marker(cluster, 'name')}`

/** The name of a namespace: that of `own` is nowhere else. */
export const namespaceOf = (cluster: string, place: (typeof namespaceNames)[number]): string =>
  place === 'own' ? `own-${marker(cluster, 'ownName')}` : place

/** All markers of a text, each once, however it is written. */
export function markersIn(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/taint[enw]\dx/g) ?? [])
}

/** What the viewer may read, whatever he asks for. */
export function allowedMarkers(scope: Scope): ReadonlySet<string> {
  const allowed = new Set<string>()
  const sees = (cluster: string, place: (typeof namespaceNames)[number]): boolean =>
    scope.sees({ cluster: clusterOf(cluster), namespace: namespaceOf(cluster, place) }) === 'yes'
  for (const cluster of clusterNames) {
    const known = scope.seesCluster(clusterOf(cluster))
    if (known === 'no') continue
    allowed.add(marker(cluster, 'name'))
    if (known === 'yes') allowed.add(marker(cluster, 'common'))
    // Of a cluster that cannot say who may see it, who looks after home hears why.
    if (sees(cluster, 'istio-system') || (known === 'unknown' && sees('east', 'istio-system'))) {
      allowed.add(marker(cluster, 'common'))
      allowed.add(marker(cluster, 'whole'))
    }
    for (const place of namespaceNames) {
      if (!sees(cluster, place)) continue
      allowed.add(marker(cluster, place))
      // Objects of any namespace speak of the others by name.
      allowed.add(marker(cluster, 'ownName'))
    }
  }
  return allowed
}
