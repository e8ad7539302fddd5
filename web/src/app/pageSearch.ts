/** Everything that the address bar may say on the pages of this folder's routes. Unknown values count as absent. */
import type { ScopeSearch } from './scope.ts'
import type { UrlSearch } from './urlSearch.ts'

export interface PageSearch extends ScopeSearch {
  /** Any page: the cluster whose facts are open. */
  cluster?: string | undefined
  /** Details: one cluster's part alone. */
  clusterName?: string | undefined
  /** Lists: part of a name. */
  q?: string | undefined
  /** Lists: comma list of health words. */
  health?: string | undefined
  /** Lists: `one`: only what lives in a single cluster. */
  only?: string | undefined
  /** Lists, access: `true`: only what differs between clusters. Details: only the rows that differ. */
  differs?: string | undefined
  /** Lists: a column. */
  sort?: string | undefined
  /** Lists: `asc` or `desc`. */
  direction?: string | undefined
  /** Graph: `versionedApp`, `app`, `workload` or `service`. */
  graphType?: string | undefined
  /** Graph: a level of detail; absent: the finest that can be read. */
  level?: string | undefined
  /** Graph: comma lists of boxes opened and closed by hand. Clusters, access: the rows that are open. */
  open?: string | undefined
  close?: string | undefined
  /** Graph: the selected node, or `source>target`. */
  focus?: string | undefined
  /** Graph: expressions of the find language. */
  graphFind?: string | undefined
  graphHide?: string | undefined
  /** Graph: which edges carry text. */
  labels?: string | undefined
  /** Graph: `true` or absent. */
  idleNodes?: string | undefined
  idleEdges?: string | undefined
  crossCluster?: string | undefined
  animation?: string | undefined
}

const parameters = [
  'namespaces',
  'clusters',
  'duration',
  'refresh',
  'cluster',
  'clusterName',
  'q',
  'health',
  'only',
  'differs',
  'sort',
  'direction',
  'graphType',
  'level',
  'open',
  'close',
  'focus',
  'graphFind',
  'graphHide',
  'labels',
  'idleNodes',
  'idleEdges',
  'crossCluster',
  'animation',
] as const satisfies readonly (keyof PageSearch)[]

/** The last of repeated parameters wins, except `health`, which Kiali repeats: those join. */
export function pageSearch(search: UrlSearch): PageSearch {
  const page: PageSearch = {}
  for (const name of parameters) {
    const value = search[name]
    const text = Array.isArray(value) ? (name === 'health' ? value.join(',') : value.at(-1)) : value
    if (typeof text === 'string' && text !== '') page[name] = text
  }
  return page
}
