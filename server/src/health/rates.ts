/**
 * Request rates of every service, app and workload out of one traffic snapshot. One pass sorts the rows by namespace;
 * a namespace's rates are counted when somebody asks for them. Per code the larger of what source-side and
 * destination-side proxies reported counts, so that traffic is not counted twice (reference: api.md 9.1, graph.md 2.7).
 */
import type { Rates } from '@binocle/api/health'
import type { NamespaceRef } from '@binocle/api/identity'
import type { TrafficRow, TrafficSnapshot } from '../telemetry/traffic.ts'
import { codeMap } from './codeMap.ts'
import { Places } from './places.ts'

export interface Requests {
  readonly inbound: Rates
  readonly outbound: Rates
}

/** Rates of what is in one namespace of one cluster, by name. */
export interface NamespaceRates {
  /**
   * Of a service or the host of a ServiceEntry, whoever calls. What went to no known cluster (nobody answered, external
   * hosts) counts where the caller is.
   */
  service(name: string): Rates
  /** The same as Kiali counts: what went to no known cluster counts in every cluster that has the service. */
  listedService(name: string): Rates
  /** Inbound whoever says it, outbound by the caller's word. */
  workload(name: string): Requests
  app(name: string): Requests
  /**
   * What Kiali's lists show. It asks for a whole namespace at once, and then goes by names alone: calls between two
   * clusters' parts of one namespace are missing inbound, and calls to a namesake elsewhere count as inbound.
   */
  listedWorkload(name: string): Requests
  listedApp(name: string): Requests
}

const indexes = new WeakMap<TrafficSnapshot, RowIndex>()

/** The rates of a namespace in a snapshot; undefined: nothing is known. */
export function ratesIn(snapshot: TrafficSnapshot | undefined, at: NamespaceRef): NamespaceRates {
  if (snapshot === undefined) return unknownRates
  let index = indexes.get(snapshot)
  if (index === undefined) {
    index = indexRows(snapshot.families.requests)
    indexes.set(snapshot, index)
  }
  return namespaceRates(index, at)
}

/** The rows that can matter to a namespace, by why they do. */
interface RowIndex {
  /** Destination cluster and service namespace; cluster `unknown` too. */
  readonly toService: Places<TrafficRow>
  readonly toWorkload: Places<TrafficRow>
  readonly from: Places<TrafficRow>
  /** Source cluster and service namespace, of what went to no known cluster. */
  readonly unanswered: Places<TrafficRow>
}

function indexRows(rows: readonly TrafficRow[]): RowIndex {
  const index: RowIndex = {
    toService: new Places(),
    toWorkload: new Places(),
    from: new Places(),
    unanswered: new Places(),
  }
  for (const row of rows) {
    if (!(row.rate > 0)) continue
    const { source, destination, serviceNamespace } = row.pair
    index.toService.add(destination.cluster, serviceNamespace, row)
    index.toWorkload.add(destination.cluster, destination.workloadNamespace, row)
    index.from.add(source.cluster, source.workloadNamespace, row)
    if (destination.cluster === 'unknown') index.unanswered.add(source.cluster, serviceNamespace, row)
  }
  return index
}

function namespaceRates(index: RowIndex, { cluster, namespace }: NamespaceRef): NamespaceRates {
  const toService = index.toService.at(cluster, namespace)
  const toWorkload = index.toWorkload.at(cluster, namespace)
  const from = index.from.at(cluster, namespace)
  // The two halves of Kiali's query for a namespace.
  const listed = () => [...toService.filter(({ pair }) => pair.source.workloadNamespace !== namespace), ...from]
  const service = tallied(() => [...toService, ...index.unanswered.at(cluster, namespace)], byService)
  const listedService = tallied(() => [...toService, ...index.toService.at('unknown', namespace)], byService)
  return {
    service: (name) => service().larger(name),
    listedService: (name) => listedService().larger(name),
    workload: bothWays(
      () => toWorkload,
      () => from,
      toWorkloadName,
      fromWorkloadName,
    ),
    app: bothWays(
      () => toWorkload,
      () => from,
      toAppName,
      fromAppName,
    ),
    listedWorkload: bothWays(listed, listed, toWorkloadName, fromWorkloadName),
    listedApp: bothWays(listed, listed, toAppName, fromAppName),
  }
}

type NameOf = (row: TrafficRow) => string | undefined
type Rows = () => readonly TrafficRow[]

const byService: NameOf = ({ pair }) => pair.serviceName
const toWorkloadName: NameOf = ({ pair }) => pair.destination.workload
const fromWorkloadName: NameOf = ({ pair }) => pair.source.workload
const toAppName: NameOf = ({ pair }) => pair.destination.canonicalService
const fromAppName: NameOf = ({ pair }) => pair.source.canonicalService

function bothWays(inRows: Rows, outRows: Rows, inName: NameOf, outName: NameOf): (name: string) => Requests {
  const inbound = tallied(inRows, inName)
  const outbound = tallied(outRows, outName)
  return (name) => ({ inbound: inbound().larger(name), outbound: outbound().bySource(name) })
}

/** Counted at the first question. */
function tallied(rows: Rows, nameOf: NameOf): () => Tally {
  let tally: Tally | undefined
  return () => {
    tally ??= new Tally(rows(), nameOf)
    return tally
  }
}

/** Rates by name, kept apart by who reported them until they are read. */
class Tally {
  readonly #source = new Map<string, Rates>()
  readonly #others = new Map<string, Rates>()

  constructor(rows: readonly TrafficRow[], nameOf: NameOf) {
    for (const row of rows) {
      const name = nameOf(row)
      if (name !== undefined) count(row.reporter === 'source' ? this.#source : this.#others, name, row)
    }
  }

  larger(name: string): Rates {
    const source = this.#source.get(name)
    const others = this.#others.get(name)
    if (source === undefined) return others ?? {}
    return others === undefined ? source : merged(source, others)
  }

  /** What a caller itself says of its calls. */
  bySource(name: string): Rates {
    return this.#source.get(name) ?? {}
  }
}

function count(byName: Map<string, Rates>, name: string, row: TrafficRow): void {
  let rates = byName.get(name)
  if (rates === undefined) {
    rates = {}
    byName.set(name, rates)
  }
  const protocol = row.protocol ?? ''
  let codes = rates[protocol]
  if (codes === undefined) {
    codes = codeMap<number>()
    rates[protocol] = codes
  }
  const code = codeOf(row)
  codes[code] = (codes[code] ?? 0) + row.rate
}

/** gRPC has its own status; response code 0 means that no response came. */
export function codeOf(row: TrafficRow): string {
  if (row.protocol === 'grpc' && row.grpcStatus !== undefined && row.grpcStatus !== '') return row.grpcStatus
  return row.code === undefined || row.code === '0' || row.code === '' ? '-' : row.code
}

/** The larger of two, for each protocol and code. */
function merged(a: Rates, b: Rates): Rates {
  const rates: Rates = {}
  for (const protocol of Object.keys({ ...a, ...b })) {
    const codes = codeMap<number>()
    for (const [code, rate] of Object.entries(a[protocol] ?? {})) codes[code] = rate
    for (const [code, rate] of Object.entries(b[protocol] ?? {})) codes[code] = Math.max(codes[code] ?? 0, rate)
    rates[protocol] = codes
  }
  return rates
}

export const noRequests: Requests = { inbound: {}, outbound: {} }

const unknownRates: NamespaceRates = {
  service: () => ({}),
  listedService: () => ({}),
  workload: () => noRequests,
  app: () => noRequests,
  listedWorkload: () => noRequests,
  listedApp: () => noRequests,
}
