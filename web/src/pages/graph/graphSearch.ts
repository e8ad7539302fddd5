/** The state of the graph page as the URL says it; unknown values count as absent (reference: ui.md 2.2 for the shared names). */
import type { GraphType } from '@binocle/api/graph'
import type { PageSearch } from '../../app/pageSearch.ts'
import { names } from '../../app/scope.ts'
import type { EdgeLabels } from '../../graph/canvas/drawing.ts'
import { type Level, levels } from '../../graph/model/levels.ts'

export interface GraphSearch {
  readonly graphType: GraphType
  readonly level: Level | 'auto'
  /** Boxes opened and closed by hand, relative to the level. */
  readonly opened: readonly string[]
  readonly closed: readonly string[]
  /** Selected on arrival and afterwards: the id of a node, or `source>target`. */
  readonly focus: string | undefined
  readonly find: string
  readonly hide: string
  readonly labels: EdgeLabels
  readonly idleNodes: boolean
  readonly idleEdges: boolean
  readonly crossCluster: boolean
  readonly animation: boolean
}

export const graphTypes = ['versionedApp', 'app', 'workload', 'service'] as const satisfies readonly GraphType[]
export const edgeLabels = ['problems', 'rates', 'errors', 'none'] as const satisfies readonly EdgeLabels[]

export const readGraphSearch = (search: PageSearch): GraphSearch => ({
  graphType: graphTypes.find((type) => type === search.graphType) ?? 'versionedApp',
  level: levels.find((level) => level === search.level) ?? 'auto',
  opened: names(search.open),
  closed: names(search.close),
  focus: search.focus,
  find: search.graphFind ?? '',
  hide: search.graphHide ?? '',
  labels: edgeLabels.find((label) => label === search.labels) ?? 'problems',
  idleNodes: search.idleNodes === 'true',
  idleEdges: search.idleEdges === 'true',
  crossCluster: search.crossCluster === 'true',
  animation: search.animation === 'true',
})
