/** Namespaces as a list: filtered and in order, worst first unless asked otherwise. */
import { severity } from '@binocle/api/health'
import type { LogicalNamespace } from '@binocle/api/multicluster'
import { trafficOf } from '../lists/listModel.ts'

export type NamespaceSort = 'he' | 'ns' | 'cl' | 'rate' | 'errors'

/** Reads a column's code; anything else means worst first. */
export const namespaceSort = (code: string | undefined): NamespaceSort =>
  code === 'ns' || code === 'cl' || code === 'rate' || code === 'errors' ? code : 'he'

export interface NamespaceFilter {
  /** Names chosen in the masthead; empty: all. */
  readonly chosen: readonly string[]
  /** Part of a name. */
  readonly text: string
  readonly differs: boolean
  readonly onlyInOneCluster: boolean
}

export function matchingNamespaces(all: readonly LogicalNamespace[], filter: NamespaceFilter): LogicalNamespace[] {
  const text = filter.text.trim().toLowerCase()
  return all.filter(
    ({ name, differs, members }) =>
      (filter.chosen.length === 0 || filter.chosen.includes(name)) &&
      name.toLowerCase().includes(text) &&
      (!filter.differs || differs.length > 0) &&
      (!filter.onlyInOneCluster || members.length === 1),
  )
}

export function sortedNamespaces(
  namespaces: readonly LogicalNamespace[],
  by: NamespaceSort,
  descending: boolean,
): LogicalNamespace[] {
  const sign = descending ? -1 : 1
  return namespaces.toSorted((a, b) => sign * comparers[by](a, b) || comparers.he(a, b) || comparers.ns(a, b))
}

type Compare = (a: LogicalNamespace, b: LogicalNamespace) => number

const comparers: Record<NamespaceSort, Compare> = {
  he: (a, b) => severity(b.health) - severity(a.health),
  ns: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  cl: (a, b) => b.members.length - a.members.length,
  rate: (a, b) => (trafficOf(b.members).rps ?? -1) - (trafficOf(a.members).rps ?? -1),
  errors: (a, b) => (trafficOf(b.members).errorPercent ?? -1) - (trafficOf(a.members).errorPercent ?? -1),
}

/** The largest count over the clusters, or `2 to 5` where they do not agree. */
export function countsOf(members: LogicalNamespace['members'], of: 'apps' | 'services' | 'workloads'): string {
  const counts = members.map((member) => member[of])
  const least = Math.min(...counts)
  const most = Math.max(...counts)
  return least === most ? String(most) : `${least} to ${most}`
}
