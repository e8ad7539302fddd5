/**
 * A list of logical objects as it is read: filtered, worst first, each row opened to its members or not. Plain values in
 * and out; the table only draws what stands here.
 */
import { type HealthStatus, severity } from '@binocle/api/health'
import type { LogicalObject, Member } from '@binocle/api/multicluster'
import { healthOf } from '../../components/healthWords.ts'

export interface Filter {
  /** Part of `namespace/name`, any case; every word must occur. */
  readonly text: string
  /** Empty: any. */
  readonly health: readonly HealthStatus[]
  readonly onlyInOneCluster: boolean
  readonly differs: boolean
}

export type SortKey = 'health' | 'name' | 'namespace' | 'clusters' | 'rate' | 'errors'

export interface Sort {
  readonly key: SortKey
  readonly descending: boolean
}

export type Line =
  | { readonly line: 'object'; readonly key: string; readonly object: LogicalObject; readonly open: boolean }
  | { readonly line: 'member'; readonly key: string; readonly object: LogicalObject; readonly member: Member }

/** Kiali's codes for columns, so that its links sort here too; `rate` and `errors` are ours. */
export const sortCodes: Record<string, SortKey> = {
  he: 'health',
  sn: 'name',
  wn: 'name',
  ns: 'namespace',
  cl: 'clusters',
  rate: 'rate',
  errors: 'errors',
}

export const codeOf: Record<SortKey, string> = {
  health: 'he',
  name: 'sn',
  namespace: 'ns',
  clusters: 'cl',
  rate: 'rate',
  errors: 'errors',
}

/** What the URL says about filter and order; absent and unknown values mean all, worst first. */
export function listView(search: {
  q?: string | undefined
  health?: string | undefined
  only?: string | undefined
  differs?: string | undefined
  sort?: string | undefined
  direction?: string | undefined
}): { filter: Filter; sort: Sort } {
  const key = sortCodes[search.sort ?? ''] ?? 'health'
  return {
    filter: {
      text: search.q ?? '',
      health: (search.health ?? '').split(',').flatMap((word) => healthOf(word) ?? []),
      onlyInOneCluster: search.only === 'one',
      differs: search.differs === 'true',
    },
    sort: { key, descending: search.direction === 'desc' },
  }
}

export function matching(objects: readonly LogicalObject[], filter: Filter): LogicalObject[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return objects.filter((object) => {
    const text = `${object.namespace}/${object.name}`.toLowerCase()
    return (
      words.every((word) => text.includes(word)) &&
      (filter.health.length === 0 || filter.health.includes(object.health)) &&
      (!filter.onlyInOneCluster || object.members.length === 1) &&
      (!filter.differs || object.differs.length > 0)
    )
  })
}

/** Sorted copies; equals stay worst first, then by namespace and name. */
export function sorted(objects: readonly LogicalObject[], sort: Sort): LogicalObject[] {
  const compare = comparers[sort.key]
  const sign = sort.descending ? -1 : 1
  return objects
    .map((object): Weighed => ({ object, ...trafficOf(object.members) }))
    .toSorted((a, b) => sign * compare(a, b) || byWorst(a, b) || byName(a, b))
    .map(({ object }) => object)
}

export function linesOf(objects: readonly LogicalObject[], isOpen: (key: string) => boolean): Line[] {
  return objects.flatMap((object) => {
    const key = keyOf(object)
    const open = isOpen(key)
    const row: Line = { line: 'object', key, object, open }
    const parts = object.members.map(
      (member): Line => ({ line: 'member', key: `${key}@${member.cluster}`, object, member }),
    )
    return open ? [row, ...parts] : [row]
  })
}

/** Members that are kept apart have rows of their own under the same name, so the cluster is part of the key then. */
export const keyOf = ({ namespace, name, apart, members }: LogicalObject): string =>
  apart === undefined ? `${namespace}/${name}` : `${namespace}/${name}@${members.map(({ cluster }) => cluster).join()}`

export interface Traffic {
  /** Requests per second; undefined when no member's is known. */
  rps: number | undefined
  /** Percent. */
  errorPercent: number | undefined
}

/** Of all members together: rates add up, error shares weigh by rate. */
export function trafficOf(members: readonly Pick<Member, 'requestRate' | 'errorPercent'>[]): Traffic {
  const known = members.filter(({ requestRate }) => requestRate !== undefined)
  if (known.length === 0) return { rps: undefined, errorPercent: undefined }
  const rps = known.reduce((sum, { requestRate = 0 }) => sum + requestRate, 0)
  const failing = known.reduce(
    (sum, { requestRate = 0, errorPercent = 0 }) => sum + (requestRate * errorPercent) / 100,
    0,
  )
  return { rps, errorPercent: rps === 0 ? undefined : (100 * failing) / rps }
}

/** How many of each health, for the filter's buttons. */
export function countByHealth(objects: readonly { health: HealthStatus }[]): Partial<Record<HealthStatus, number>> {
  const counts: Partial<Record<HealthStatus, number>> = {}
  for (const { health } of objects) counts[health] = (counts[health] ?? 0) + 1
  return counts
}

/** The chips a row has room for; the worst ones when there are too many, in the order of their names. */
export function chipsOf<M extends { cluster: string; health: HealthStatus; stale?: true }>(
  members: readonly M[],
  room: number,
): { shown: M[]; hidden: number } {
  if (members.length <= room) return { shown: [...members], hidden: 0 }
  const worst = members.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, room - 1)
  return { shown: members.filter((member) => worst.includes(member)), hidden: members.length - worst.length }
}

const urgency = ({ health, stale }: { health: HealthStatus; stale?: true }) => severity(health) + (stale ? 0.5 : 0)

/** An object with what it is sorted by, added up once. */
interface Weighed extends Traffic {
  readonly object: LogicalObject
}

type Compare = (a: Weighed, b: Weighed) => number

const byName: Compare = (a, b) =>
  compareText(a.object.namespace, b.object.namespace) || compareText(a.object.name, b.object.name)

const byErrors: Compare = (a, b) => (b.errorPercent ?? 0) - (a.errorPercent ?? 0)

const byWorst: Compare = (a, b) => severity(b.object.health) - severity(a.object.health) || byErrors(a, b)

/** Ascending: for health and numbers the most urgent or largest first, since that is what is looked for. */
const comparers: Record<SortKey, Compare> = {
  health: byWorst,
  name: (a, b) => compareText(a.object.name, b.object.name),
  namespace: (a, b) => compareText(a.object.namespace, b.object.namespace),
  clusters: (a, b) => b.object.members.length - a.object.members.length,
  rate: (a, b) => (b.rps ?? -1) - (a.rps ?? -1),
  errors: byErrors,
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
