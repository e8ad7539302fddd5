/**
 * The traffic table, ready for graphs: rows that differ only in who reported them stand together, and are found by the
 * namespaces they concern, so that a graph costs what it shows. Made once for each table.
 */
import type { ExtraRow, Pair, Reporter, TrafficRow } from '../telemetry/traffic.ts'

/** One call as Prometheus groups it. A rate is undefined where that reporter has no series. */
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
  readonly aggregate: string | undefined
  source: number | undefined
  destination: number | undefined
  waypoint: number | undefined
  /** Where the query chose the reporters. */
  unreported: number | undefined
  /** Place of each reporter's row in the answer of Prometheus: where the first row wins, its order counts. */
  readonly places: { source: number; destination: number; waypoint: number }
}

export interface TrafficIndex {
  readonly bySourceNamespace: ReadonlyMap<string, readonly Call[]>
  readonly byDestinationNamespace: ReadonlyMap<string, readonly Call[]>
  readonly byServiceNamespace: ReadonlyMap<string, readonly Call[]>
  /** Calls that no workload served, by every inner label of the host they asked for. */
  readonly unserved: ReadonlyMap<string, readonly Call[]>
}

const indexes = new WeakMap<readonly (ExtraRow | TrafficRow)[], TrafficIndex>()

export function trafficIndex(rows: readonly (ExtraRow | TrafficRow)[]): TrafficIndex {
  let index = indexes.get(rows)
  if (index === undefined) {
    index = makeIndex(callsOf(rows))
    indexes.set(rows, index)
  }
  return index
}

/** The sum of what these reporters say, rounded as Kiali's queries round; undefined when none of them has a series. */
export function reportedRate(call: Call, reporters: readonly Reporter[]): number | undefined {
  if (call.unreported !== undefined) return rounded(call.unreported)
  let sum: number | undefined
  for (const reporter of reporters) {
    const rate = call[reporter]
    if (rate !== undefined) sum = (sum ?? 0) + rate
  }
  return sum === undefined ? undefined : rounded(sum)
}

/**
 * Calls in the order in which Prometheus would have listed them, had it been asked for these reporters only. They come
 * in the order of all reporters, which is nearly that, so that sorting hardly costs more than looking.
 */
export function inOrder(calls: readonly Call[], reporters: readonly Reporter[]): readonly Call[] {
  for (let i = 1; i < calls.length; i++) {
    const [before, call] = [calls[i - 1], calls[i]]
    if (before === undefined || call === undefined || placeOf(before, reporters) <= placeOf(call, reporters)) continue
    return [...calls].sort((a, b) => {
      const [first, second] = [placeOf(a, reporters), placeOf(b, reporters)]
      return first === second ? 0 : first - second
    })
  }
  return calls
}

function placeOf({ places }: Call, reporters: readonly Reporter[]): number {
  let first = Number.POSITIVE_INFINITY
  for (const reporter of reporters) if (places[reporter] < first) first = places[reporter]
  return first
}

/** Prometheus' `round(x, 0.001)`. */
export const rounded = (rate: number): number => Math.floor(rate * 1000 + 0.5) / 1000

function callsOf(rows: readonly (ExtraRow | TrafficRow)[]): Call[] {
  const byPair = new Map<Pair, Call[]>()
  const calls: Call[] = []
  let place = -1
  for (const row of rows) {
    place++
    const ofPair = byPair.get(row.pair)
    let call = ofPair?.find((each) => isSameCall(each, row))
    if (call === undefined) {
      call = newCall(row)
      calls.push(call)
      if (ofPair === undefined) byPair.set(row.pair, [call])
      else ofPair.push(call)
    }
    if (row.reporter === undefined) call.unreported = row.rate
    else {
      call[row.reporter] = (call[row.reporter] ?? 0) + row.rate
      call.places[row.reporter] = Math.min(call.places[row.reporter], place)
    }
  }
  return calls
}

function isSameCall(call: Call, row: ExtraRow | TrafficRow): boolean {
  return (
    call.app === row.app &&
    call.protocol === row.protocol &&
    call.code === row.code &&
    call.grpcStatus === row.grpcStatus &&
    call.flags === row.flags &&
    call.sourcePrincipal === extra(row).sourcePrincipal &&
    call.destinationPrincipal === extra(row).destinationPrincipal &&
    call.securityPolicy === extra(row).securityPolicy &&
    call.aggregate === extra(row).aggregate
  )
}

const newCall = (row: ExtraRow | TrafficRow): Call => ({
  pair: row.pair,
  app: row.app,
  protocol: row.protocol,
  code: row.code,
  grpcStatus: row.grpcStatus,
  flags: row.flags,
  sourcePrincipal: extra(row).sourcePrincipal,
  destinationPrincipal: extra(row).destinationPrincipal,
  securityPolicy: extra(row).securityPolicy,
  aggregate: extra(row).aggregate,
  source: undefined,
  destination: undefined,
  waypoint: undefined,
  unreported: undefined,
  places: {
    source: Number.POSITIVE_INFINITY,
    destination: Number.POSITIVE_INFINITY,
    waypoint: Number.POSITIVE_INFINITY,
  },
})

const extra = (row: ExtraRow | TrafficRow): Partial<ExtraRow> => row

function makeIndex(calls: readonly Call[]): TrafficIndex {
  const bySourceNamespace = new Map<string, Call[]>()
  const byDestinationNamespace = new Map<string, Call[]>()
  const byServiceNamespace = new Map<string, Call[]>()
  const unserved = new Map<string, Call[]>()
  for (const call of calls) {
    const { source, destination, serviceNamespace, service } = call.pair
    put(bySourceNamespace, source.workloadNamespace ?? '', call)
    put(byDestinationNamespace, destination.workloadNamespace ?? '', call)
    put(byServiceNamespace, serviceNamespace ?? '', call)
    if (destination.workload === 'unknown') {
      for (const label of innerLabels(service ?? '')) put(unserved, label, call)
    }
  }
  return { bySourceNamespace, byDestinationNamespace, byServiceNamespace, unserved }
}

/** `cart.shop.svc.local` -> shop, svc: what has something before it and something after it. */
function innerLabels(host: string): Set<string> {
  const labels = host.split('.')
  const inner = new Set(labels.slice(1, -1))
  if (labels[0] === '') inner.delete(labels[1] ?? '')
  if (labels.at(-1) === '') inner.delete(labels.at(-2) ?? '')
  return inner
}

function put(index: Map<string, Call[]>, key: string, call: Call): void {
  const calls = index.get(key)
  if (calls === undefined) index.set(key, [call])
  else calls.push(call)
}
