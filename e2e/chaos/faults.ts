/** What can happen to a cluster: each fault of the chaos, and what a console must make of it. */
import type { FaultState } from '@binocle/simulator/kube/faults'
import type { ClusterName } from './bed.ts'

export interface Fault {
  readonly name: string
  readonly state: Partial<FaultState>
  /** Tried at start too, always; absent: only when everything is tried; false: never, for it does not show then. */
  readonly atStart?: boolean
  /** It shows in the cluster's state soon. Others only show in what is missing, or not at all while nothing changes. */
  readonly noticed: boolean
}

export const FAULTS: readonly Fault[] = [
  { name: 'refused', state: { connection: 'down' }, noticed: true, atStart: true },
  { name: 'black hole', state: { connection: 'blackHole' }, noticed: true, atStart: true },
  { name: 'frozen', state: { connection: 'frozen' }, noticed: true },
  { name: '30 s slow', state: { slowMs: 30_000 }, noticed: true },
  { name: '5xx', state: { error: 503 }, noticed: true },
  { name: 'truncated JSON', state: { answer: 'truncated' }, noticed: true },
  { name: 'wrong JSON', state: { answer: 'garbage' }, noticed: true, atStart: true },
  { name: "a proxy's page", state: { answer: 'html' }, noticed: true },
  { name: 'expired certificate', state: { certificate: 'expired' }, noticed: true },
  { name: 'wrong CA', state: { certificate: 'otherCa' }, noticed: true },
  { name: '401 after rotation', state: { tokenExpired: true }, noticed: true },
  { name: '403 on some kinds', state: { forbidden: ['services', 'pods'] }, noticed: true },
  { name: '410 storm', state: { goneStorm: true }, noticed: false, atStart: false },
  { name: 'silent watch', state: { watches: 'held' }, noticed: false },
  { name: 'silent watch for good', state: { watches: 'lost' }, noticed: false },
]

/** Which fault strikes which cluster. */
export type Blow = Readonly<Partial<Record<ClusterName, Fault>>>

/** The fault on each cluster alone. */
export const alone = (fault: Fault, clusters: readonly ClusterName[]): Blow[] =>
  clusters.map((cluster) => ({ [cluster]: fault }))

/**
 * With the fault that follows it in the table on the next cluster; `all`: with itself and every later fault on every
 * other cluster, so that all faults together try every pair of faults on every two clusters once.
 */
export function inPairs(fault: Fault, clusters: readonly ClusterName[], all: boolean): Blow[] {
  const at = FAULTS.indexOf(fault)
  const partners = all ? FAULTS.slice(at) : FAULTS.slice((at + 1) % FAULTS.length).slice(0, 1)
  return partners.flatMap((partner, i) => {
    const pairs = clusters.flatMap((one) => clusters.filter((other) => other !== one).map((other) => [one, other]))
    const different = partner === fault ? pairs.filter(([one = '', other = '']) => one < other) : pairs
    const chosen = all ? different : [pairs[(at + i) % pairs.length] ?? []]
    return chosen.map(([one = '', other = '']) => ({ [one]: fault, [other]: partner }))
  })
}

export const nameOf = (blow: Blow): string =>
  Object.entries(blow)
    .map(([cluster, fault]) => `${cluster}: ${fault.name}`)
    .join(', ')
