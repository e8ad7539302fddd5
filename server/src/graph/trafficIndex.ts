/**
 * A table's calls, ready for graphs: found by the namespaces they concern, so that a graph costs what it shows. Made once
 * for each table. Calls stand here by their numbers.
 */
import type { Call, CallTable } from '../telemetry/callTable.ts'
import type { Reporter } from '../telemetry/traffic.ts'

export interface TrafficIndex {
  readonly table: CallTable
  readonly bySourceNamespace: ReadonlyMap<string, CallNumbers>
  readonly byDestinationNamespace: ReadonlyMap<string, CallNumbers>
  readonly byServiceNamespace: ReadonlyMap<string, CallNumbers>
  /** Calls that no workload served, by every inner label of the host they asked for. */
  readonly unserved: ReadonlyMap<string, CallNumbers>
}

export type CallNumbers = readonly number[]

/** A call with the rate that the selected reporters give. */
export interface Selected {
  readonly call: Call
  readonly rate: number
}

const indexes = new WeakMap<CallTable, TrafficIndex>()

export function trafficIndex(table: CallTable): TrafficIndex {
  let index = indexes.get(table)
  if (index === undefined) {
    index = makeIndex(table)
    indexes.set(table, index)
  }
  return index
}

/**
 * Calls that fit and of which one of these reporters has a series, in the order in which Prometheus would have listed
 * them, had it been asked for these reporters only. Rates are rounded as Kiali's queries round. They are added to `found`.
 */
export function selected(
  index: TrafficIndex,
  numbers: CallNumbers | undefined,
  reporters: readonly Reporter[],
  fits: (call: Call) => boolean = everyCall,
  found: Selected[] = [],
): readonly Selected[] {
  if (numbers === undefined) return found
  const { table } = index
  for (const number of inOrder(index, numbers, reporters, fits)) {
    const call = table.calls[number]
    const rate = reportedRate(table, number, reporters)
    if (call !== undefined && rate !== undefined) found.push({ call, rate: rounded(rate) })
  }
  return found
}

/**
 * The same without their rates. They come in the order of all reporters, which is nearly that of some, so that sorting
 * hardly costs more than looking.
 */
export function inOrder(
  { table }: TrafficIndex,
  numbers: CallNumbers,
  reporters: readonly Reporter[],
  fits: (call: Call) => boolean = everyCall,
): CallNumbers {
  const fitting: number[] = []
  let isInOrder = true
  let last = 0
  for (const number of numbers) {
    const call = table.calls[number]
    if (call === undefined || !fits(call)) continue
    const place = placeOf(table, number, reporters)
    // Rows that nobody who is asked has reported stand last, and would have everything sorted only to be left out.
    if (place === nowhere && Number.isNaN(table.unreported(number))) continue
    isInOrder &&= last <= place
    last = place
    fitting.push(number)
  }
  return isInOrder ? fitting : fitting.sort((a, b) => placeOf(table, a, reporters) - placeOf(table, b, reporters))
}

/** The sum of what these reporters say, not rounded; undefined when none of them has a series. */
export function reportedRate(table: CallTable, number: number, reporters: readonly Reporter[]): number | undefined {
  const unreported = table.unreported(number)
  if (!Number.isNaN(unreported)) return unreported
  let sum: number | undefined
  for (const reporter of reporters) {
    const rate = table.rate(number, reporter)
    if (!Number.isNaN(rate)) sum = (sum ?? 0) + rate
  }
  return sum
}

/** Prometheus' `round(x, 0.001)`. */
export const rounded = (rate: number): number => Math.floor(rate * 1000 + 0.5) / 1000

const everyCall = () => true

/** The place of a row that a reporter does not have. */
const nowhere = 0xffffffff

function placeOf(table: CallTable, number: number, reporters: readonly Reporter[]): number {
  const only = reporters.length === 1 ? reporters[0] : undefined
  if (only !== undefined) return table.place(number, only)
  let first = Number.MAX_SAFE_INTEGER
  for (const reporter of reporters) first = Math.min(first, table.place(number, reporter))
  return first
}

function makeIndex(table: CallTable): TrafficIndex {
  const bySourceNamespace = new Map<string, number[]>()
  const byDestinationNamespace = new Map<string, number[]>()
  const byServiceNamespace = new Map<string, number[]>()
  const unserved = new Map<string, number[]>()
  for (const [number, { pair }] of table.calls.entries()) {
    const { source, destination, serviceNamespace, service } = pair
    put(bySourceNamespace, source.workloadNamespace ?? '', number)
    put(byDestinationNamespace, destination.workloadNamespace ?? '', number)
    put(byServiceNamespace, serviceNamespace ?? '', number)
    if (destination.workload === 'unknown') {
      for (const label of innerLabels(service ?? '')) put(unserved, label, number)
    }
  }
  return { table, bySourceNamespace, byDestinationNamespace, byServiceNamespace, unserved }
}

/** `cart.shop.svc.local` -> shop, svc: what has something before it and something after it. */
function innerLabels(host: string): Set<string> {
  const labels = host.split('.')
  const inner = new Set(labels.slice(1, -1))
  if (labels[0] === '') inner.delete(labels[1] ?? '')
  if (labels.at(-1) === '') inner.delete(labels.at(-2) ?? '')
  return inner
}

function put(index: Map<string, number[]>, key: string, number: number): void {
  const numbers = index.get(key)
  if (numbers === undefined) index.set(key, [number])
  else numbers.push(number)
}
