/** How each state of a cluster is said and marked (reference: ui.md 17.5). */
import type { ClusterStateName, ClusterStatus } from '@binocle/api/multicluster'
import type { IconName } from './Icon.tsx'

export const clusterStates: Record<ClusterStateName, { word: string; icon: IconName; tone: string; plain: string }> = {
  unauthorized: { word: 'no access', icon: 'lock', tone: 'not-ready', plain: 'The cluster rejects the credential.' },
  unreachable: { word: 'unreachable', icon: 'failure', tone: 'failure', plain: 'The cluster does not answer.' },
  syncing: {
    word: 'syncing',
    icon: 'syncing',
    tone: 'syncing',
    plain: 'The cluster is being read for the first time.',
  },
  degraded: {
    word: 'degraded',
    icon: 'degraded',
    tone: 'degraded',
    plain: 'The cluster answers, but not all is well.',
  },
  reachable: { word: 'reachable', icon: 'healthy', tone: 'healthy', plain: 'The cluster answers and is in step.' },
  'telemetry-only': {
    word: 'telemetry only',
    icon: 'antenna',
    tone: 'na',
    plain: 'Only metrics speak of this cluster: the console was given no access to it.',
  },
}

export type ClusterLook = (typeof clusterStates)[ClusterStateName]

/** A cluster that answers, but not the question what this person may see there. */
const undecided: ClusterLook = {
  word: 'rights unknown',
  icon: 'help',
  tone: 'degraded',
  plain: 'The cluster cannot say now what you may see there, so that nothing of it is shown',
}

/** How a cluster is said and marked to this person. One that does not answer at all is that first. */
export const lookOf = (cluster: Pick<ClusterStatus, 'access' | 'state'>): ClusterLook =>
  isUndecided(cluster) ? undecided : clusterStates[cluster.state]

export const isUndecided = ({ access, state }: Pick<ClusterStatus, 'access' | 'state'>): boolean =>
  access === 'unknown' && !silent.includes(state)

const urgency: readonly ClusterStateName[] = [
  'unreachable',
  'unauthorized',
  'degraded',
  'syncing',
  'telemetry-only',
  'reachable',
]

/** Facts of these clusters are the last known ones, or missing. */
export const isSilent = (cluster: ClusterStatus): boolean => silent.includes(cluster.state)

const silent: readonly ClusterStateName[] = ['unreachable', 'unauthorized']

/**
 * What the strip shows of `clusters` when it has room for `room` pixels. When not all fit the one whose facts are `asked`
 * for and the worst stay visible.
 */
export function stripOf(
  clusters: readonly ClusterStatus[],
  room: number,
  asked?: string,
): { shown: ClusterStatus[]; more: ClusterStatus[] } {
  const all = [...clusters]
  if (widthOf(all) <= room) return { shown: all, more: [] }
  const byUrgency = all.toSorted(
    (a, b) => Number(b.name === asked) - Number(a.name === asked) || urgencyOf(a) - urgencyOf(b),
  )
  let fit = byUrgency.length
  while (fit > 1 && widthOf(byUrgency.slice(0, fit)) + moreWidth > room) fit--
  return { shown: byUrgency.slice(0, fit), more: byUrgency.slice(fit) }
}

const urgencyOf = (cluster: ClusterStatus): number => urgency.indexOf(isUndecided(cluster) ? 'degraded' : cluster.state)

const moreWidth = 90
const chipWidth = (cluster: ClusterStatus) =>
  118 + (cluster.home ? 24 : 0) + 7.5 * (cluster.name.length + lookOf(cluster).word.length)
const widthOf = (clusters: readonly ClusterStatus[]) => clusters.reduce((sum, cluster) => sum + chipWidth(cluster), 0)

/** A stable tint for each cluster: the number of a `--cluster-n` colour, by the order of all names; 0: not ours. */
export const tintOf = (cluster: string, names: readonly string[]): number =>
  names.includes(cluster) ? (names.indexOf(cluster) % 8) + 1 : 0
