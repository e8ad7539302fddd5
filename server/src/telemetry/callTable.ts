/**
 * The rows of one table in columns: rows that differ only in who reported them are one call. What a call is of is kept
 * with its pair, from table to table and from window to window; only the numbers are new.
 */
import { grown } from './grown.ts'
import { comparePairs, compareTexts } from './pairPool.ts'
import type { Pair, Reporter, TrafficRow } from './traffic.ts'

/** What rows have in common, but for who reported them: labels that their table does not group by are undefined. */
export interface Call {
  readonly pair: Pair
  readonly app: string | undefined
  readonly protocol: string | undefined
  readonly code: string | undefined
  readonly grpcStatus: string | undefined
  readonly flags: string | undefined
  readonly sourcePrincipal: string | undefined
  readonly destinationPrincipal: string | undefined
  readonly securityPolicy: string | undefined
  /** Value of the aggregate label. */
  readonly aggregate: string | undefined
}

/** Labels of a row beside its pair. */
export type CallLabels = Partial<Omit<Call, 'pair'>>

export class CallTable {
  /** By number, in the order in which Prometheus first listed them. */
  readonly calls: Call[] = []
  private readonly numbers = new Map<Call, number>()
  private rates = new Float64Array(rateColumns * 16)
  private places = new Uint32Array(placeColumns * 16)
  private rows = 0

  get length(): number {
    return this.rows
  }

  /** `reporter` undefined: the query chose the reporters. */
  add(pair: Pair, labels: CallLabels, reporter: Reporter | undefined, rate: number): void {
    this.addCall(callOf(pair, labels), reporter, rate)
  }

  /** What this reporter says; NaN where it has no series. */
  rate(number: number, reporter: Reporter): number {
    return this.rates[number * rateColumns + columnOf(reporter)] ?? Number.NaN
  }

  /** Where the query chose the reporters; NaN elsewhere. */
  unreported(number: number): number {
    return this.rates[number * rateColumns + unreportedColumn] ?? Number.NaN
  }

  /** Place of this reporter's row in the answer: where the first row wins, its order counts. */
  place(number: number, reporter: Reporter): number {
    return this.places[number * placeColumns + columnOf(reporter)] ?? nowhere
  }

  /**
   * The same of a query that chose the reporters, by whom they are about: Prometheus lists quantiles in an order that
   * changes from answer to answer, and of several that belong to one edge the first counts.
   */
  sortedByPair(): CallTable {
    const sorted = new CallTable()
    const order = this.calls.map((_, number) => number)
    order.sort((a, b) => {
      const [first, second] = [this.calls[a], this.calls[b]]
      if (first === undefined || second === undefined) return 0
      return comparePairs(first.pair, second.pair) || compareTexts(first.protocol, second.protocol)
    })
    for (const number of order) {
      const call = this.calls[number]
      if (call !== undefined) sorted.addCall(call, undefined, this.unreported(number))
    }
    return sorted
  }

  private addCall(call: Call, reporter: Reporter | undefined, rate: number): void {
    const place = this.rows++
    const number = this.numbers.get(call) ?? this.append(call)
    const { rates, places } = this
    if (reporter === undefined) {
      rates[number * rateColumns + unreportedColumn] = rate
      return
    }
    const column = columnOf(reporter)
    const known = rates[number * rateColumns + column] ?? Number.NaN
    rates[number * rateColumns + column] = Number.isNaN(known) ? rate : known + rate
    if (Number.isNaN(known)) places[number * placeColumns + column] = place
  }

  private append(call: Call): number {
    const number = this.calls.length
    if ((number + 1) * rateColumns > this.rates.length) {
      this.rates = grown(this.rates, new Float64Array(this.rates.length * 2))
      this.places = grown(this.places, new Uint32Array(this.places.length * 2))
    }
    for (let i = number * rateColumns; i < (number + 1) * rateColumns; i++) this.rates[i] = Number.NaN
    for (let i = number * placeColumns; i < (number + 1) * placeColumns; i++) this.places[i] = nowhere
    this.calls.push(call)
    this.numbers.set(call, number)
    return number
  }
}

const rateColumns = 4
const placeColumns = 3
const unreportedColumn = 3
const nowhere = 0xffffffff
const columnOf = (reporter: Reporter): number => (reporter === 'source' ? 0 : reporter === 'destination' ? 1 : 2)

const tables = new WeakMap<readonly TrafficRow[], CallTable>()

/** Rows of a family as calls; made once. */
export function callsOf(rows: readonly TrafficRow[]): CallTable {
  let table = tables.get(rows)
  if (table === undefined) {
    table = new CallTable()
    for (const row of rows) table.add(row.pair, row, row.reporter, row.rate)
    tables.set(rows, table)
  }
  return table
}

/** The calls of a pair. Few have many: then they are looked up by their labels. */
interface CallsOfPair {
  readonly list: Call[]
  byLabels: Map<string, Call> | undefined
}

const calls = new WeakMap<Pair, CallsOfPair>()
const fewCalls = 24

/** Equal ones are the same object. */
function callOf(pair: Pair, labels: CallLabels): Call {
  let ofPair = calls.get(pair)
  if (ofPair === undefined) {
    ofPair = { list: [], byLabels: undefined }
    calls.set(pair, ofPair)
  }
  const { list } = ofPair
  if (list.length < fewCalls) {
    for (const call of list) if (isSame(call, labels)) return call
    const call = newCall(pair, labels)
    list.push(call)
    return call
  }
  ofPair.byLabels ??= new Map(list.map((call) => [keyOf(call), call]))
  const key = keyOf(labels)
  let call = ofPair.byLabels.get(key)
  if (call === undefined) {
    call = newCall(pair, labels)
    ofPair.byLabels.set(key, call)
  }
  return call
}

const isSame = (call: Call, labels: CallLabels): boolean =>
  call.protocol === labels.protocol &&
  call.code === labels.code &&
  call.flags === labels.flags &&
  call.grpcStatus === labels.grpcStatus &&
  call.app === labels.app &&
  call.securityPolicy === labels.securityPolicy &&
  call.sourcePrincipal === labels.sourcePrincipal &&
  call.destinationPrincipal === labels.destinationPrincipal &&
  call.aggregate === labels.aggregate

const newCall = (pair: Pair, labels: CallLabels): Call => ({
  pair,
  app: labels.app,
  protocol: labels.protocol,
  code: labels.code,
  grpcStatus: labels.grpcStatus,
  flags: labels.flags,
  sourcePrincipal: labels.sourcePrincipal,
  destinationPrincipal: labels.destinationPrincipal,
  securityPolicy: labels.securityPolicy,
  aggregate: labels.aggregate,
})

const keyOf = (labels: CallLabels): string =>
  JSON.stringify([
    labels.app ?? null,
    labels.protocol ?? null,
    labels.code ?? null,
    labels.grpcStatus ?? null,
    labels.flags ?? null,
    labels.sourcePrincipal ?? null,
    labels.destinationPrincipal ?? null,
    labels.securityPolicy ?? null,
    labels.aggregate ?? null,
  ])
