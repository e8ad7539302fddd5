/**
 * What may differ between a recorded answer and ours without meaning anything. Read from the recording's `volatile`
 * marks: a path such as `.nodes[].rate`, with a note in parentheses that says how the value moved between two samples.
 */

import { type Moving, nothingMoves } from './seen.ts'

export interface Leniency {
  /** The value is free within its type, and may be absent. */
  readonly free: ReadonlySet<string>
  /** Last digits may differ. */
  readonly noisy: ReadonlySet<string>
  /** The order of this list means nothing. Paths end in `[]`. */
  readonly unordered: ReadonlySet<string>
  /** Members of this list come and go; those on both sides are compared. */
  readonly members: ReadonlySet<string>
  /** Even the number of elements changed: the list is free, its elements keep their type. */
  readonly lengths: ReadonlySet<string>
  /** What more samples than two saw move, place by place. */
  readonly moving: Moving
  /** Keys that only ours has, documented as additions to Kiali's API. */
  readonly additions: ReadonlySet<string>
}

/** `volatile`: the marks of one answer. `unordered`: lists whose order is free on the whole route. */
export function leniencyOf(
  volatile: readonly string[],
  unordered: Iterable<string> = [],
  additions: Iterable<string> = [],
  moving: Moving = nothingMoves,
): Leniency {
  const marks = volatile.map(parseMark)
  const pathsWith = (note: string) => marks.filter((mark) => mark.note === note).map((mark) => mark.path)
  return {
    free: new Set([...pathsWith(''), ...factsOfTheBed]),
    noisy: new Set(pathsWith('float noise')),
    unordered: new Set([...pathsWith('order'), ...moving.unordered, ...unordered]),
    members: new Set(pathsWith('membership')),
    lengths: new Set(pathsWith('length')),
    moving,
    additions: new Set(additions),
  }
}

/** The replay's Prometheus is another program than the recorded one, with another version and retention. */
const factsOfTheBed = ['.externalServices["Prometheus"].version', '.prometheus.storageTsdbRetention']

/** The buckets of health are filled from a map: any of them may come in any order, marked in this sample or not. */
const filledFromMaps = /^\.namespaceHealth\.[^.]+\.status(App|Service|Workload)\.[a-zA-Z]+\[\]$/

/** Objects of a whole cluster come namespace by namespace, in the order of a map. */
const gatheredFromNamespaces = /^\.resources\..+, Kind=[A-Za-z]+\[\]$/

export const isUnordered = (leniency: Leniency, path: string): boolean =>
  leniency.unordered.has(path) || filledFromMaps.test(path) || gatheredFromNamespaces.test(path)

export function parseMark(mark: string): { path: string; note: string } {
  const parts = /^(.*) \((float noise|length|membership|order)\)$/.exec(mark)
  return { path: parts?.[1] ?? mark, note: parts?.[2] ?? '' }
}
