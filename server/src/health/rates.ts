/**
 * Request rates of every service, app and workload out of one traffic snapshot. One pass makes the index; a page only
 * looks up. Per code the larger of what source-side and destination-side proxies reported counts, so that traffic is
 * not counted twice (reference: api.md 9.1, graph.md 2.7).
 */
import type { Rates } from '@binocle/api/health'
import type { NamespaceRef } from '@binocle/api/identity'
import type { TrafficRow, TrafficSnapshot } from '../telemetry/traffic.ts'
import { codeMap } from './codeMap.ts'

export interface Requests {
  readonly inbound: Rates
  readonly outbound: Rates
}

export interface RateIndex {
  /**
   * Of a service or the host of a ServiceEntry, whoever calls. What went to no known cluster (nobody answered, external
   * hosts) counts where the caller is.
   */
  service(at: NamespaceRef, name: string): Rates
  /** The same as Kiali counts: what went to no known cluster counts in every cluster that has the service. */
  listedService(at: NamespaceRef, name: string): Rates
  /** What proxies say of this very workload. */
  workload(at: NamespaceRef, name: string): Requests
  app(at: NamespaceRef, name: string): Requests
  /**
   * What Kiali's lists show. It asks for a whole namespace at once, and then goes by names alone: calls between two
   * clusters' parts of one namespace are missing inbound, and calls to a namesake elsewhere count as inbound.
   */
  listedWorkload(at: NamespaceRef, name: string): Requests
  listedApp(at: NamespaceRef, name: string): Requests
}

const indexes = new WeakMap<TrafficSnapshot, RateIndex>()

/** The index of a snapshot; made once for each. */
export function rateIndexOf(snapshot: TrafficSnapshot | undefined): RateIndex {
  if (snapshot === undefined) return empty
  let index = indexes.get(snapshot)
  if (index === undefined) {
    index = makeIndex(snapshot.families.requests)
    indexes.set(snapshot, index)
  }
  return index
}

function makeIndex(rows: readonly TrafficRow[]): RateIndex {
  const services = new Tally()
  const unanswered = new Tally()
  const workloads = new TwoWays()
  const apps = new TwoWays()
  const listedWorkloads = new TwoWays()
  const listedApps = new TwoWays()
  for (const row of rows) {
    if (!(row.rate > 0)) continue
    const { source, destination, serviceNamespace, serviceName } = row.pair
    const nowhere = destination.cluster === 'unknown'
    services.add(key(destination.cluster, serviceNamespace, serviceName), row)
    if (nowhere) unanswered.add(key(source.cluster, serviceNamespace, serviceName), row)
    workloads.inbound.add(key(destination.cluster, destination.workloadNamespace, destination.workload), row)
    workloads.outbound.add(key(source.cluster, source.workloadNamespace, source.workload), row)
    apps.inbound.add(key(destination.cluster, destination.workloadNamespace, destination.canonicalService), row)
    apps.outbound.add(key(source.cluster, source.workloadNamespace, source.canonicalService), row)
    // The two halves of Kiali's query for a namespace; a row that both select counts once.
    const arrives = source.workloadNamespace !== serviceNamespace
    const from = key(source.cluster, source.workloadNamespace, '')
    const to = key(destination.cluster, serviceNamespace, '')
    for (const place of arrives && from !== to ? [from, to] : [from]) {
      listedWorkloads.inbound.add(place + (destination.workload ?? ''), row)
      listedWorkloads.outbound.add(place + (source.workload ?? ''), row)
      listedApps.inbound.add(place + (destination.canonicalService ?? ''), row)
      listedApps.outbound.add(place + (source.canonicalService ?? ''), row)
    }
  }
  return {
    service: ({ cluster, namespace }, name) => {
      const at = key(cluster, namespace, name)
      return services.and(at, unanswered, at)
    },
    listedService: ({ cluster, namespace }, name) =>
      services.and(key(cluster, namespace, name), services, key('unknown', namespace, name)),
    workload: (at, name) => workloads.of(at, name),
    app: (at, name) => apps.of(at, name),
    listedWorkload: (at, name) => listedWorkloads.of(at, name),
    listedApp: (at, name) => listedApps.of(at, name),
  }
}

const key = (cluster = '', namespace = '', name = ''): string => `${cluster}/${namespace}/${name}`

class TwoWays {
  readonly inbound = new Tally()
  readonly outbound = new Tally()

  of({ cluster, namespace }: NamespaceRef, name: string): Requests {
    const at = key(cluster, namespace, name)
    return { inbound: this.inbound.larger(at), outbound: this.outbound.bySource(at) }
  }
}

interface Reported {
  readonly source: Rates
  readonly others: Rates
}

/** Rates by key, kept apart by who reported them until they are read. */
class Tally {
  readonly #byKey = new Map<string, Reported>()

  add(at: string, row: TrafficRow): void {
    let reported = this.#byKey.get(at)
    if (reported === undefined) {
      reported = { source: {}, others: {} }
      this.#byKey.set(at, reported)
    }
    count(row.reporter === 'source' ? reported.source : reported.others, row)
  }

  larger(at: string): Rates {
    const reported = this.#byKey.get(at)
    return reported === undefined ? {} : larger(reported.source, reported.others)
  }

  /** What a caller itself says of its calls. */
  bySource(at: string): Rates {
    return this.#byKey.get(at)?.source ?? {}
  }

  /** The larger of both reporters after what another tally holds was added. */
  and(a: string, tally: Tally, b: string): Rates {
    const one = this.#byKey.get(a)
    const other = tally.#byKey.get(b)
    if (other === undefined) return this.larger(a)
    if (one === undefined) return tally.larger(b)
    return larger(plus(one.source, other.source), plus(one.others, other.others))
  }
}

function count(rates: Rates, row: TrafficRow): void {
  const protocol = row.protocol ?? ''
  const code = codeOf(row)
  let codes = rates[protocol]
  if (codes === undefined) {
    codes = codeMap()
    rates[protocol] = codes
  }
  codes[code] = (codes[code] ?? 0) + row.rate
}

/** gRPC has its own status; response code 0 means that no response came. */
export function codeOf(row: TrafficRow): string {
  if (row.protocol === 'grpc' && row.grpcStatus !== undefined && row.grpcStatus !== '') return row.grpcStatus
  return row.code === undefined || row.code === '0' || row.code === '' ? '-' : row.code
}

function larger(a: Rates, b: Rates): Rates {
  return merged(a, b, Math.max)
}

function plus(a: Rates, b: Rates): Rates {
  return merged(a, b, (x, y) => x + y)
}

function merged(a: Rates, b: Rates, merge: (x: number, y: number) => number): Rates {
  const rates: Rates = {}
  for (const protocol of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const codes = codeMap<number>()
    const one = a[protocol] ?? {}
    const other = b[protocol] ?? {}
    for (const code of Object.keys({ ...one, ...other })) codes[code] = merge(one[code] ?? 0, other[code] ?? 0)
    rates[protocol] = codes
  }
  return rates
}

export const noRequests: Requests = { inbound: {}, outbound: {} }

const empty: RateIndex = {
  service: () => ({}),
  listedService: () => ({}),
  workload: () => noRequests,
  app: () => noRequests,
  listedWorkload: () => noRequests,
  listedApp: () => noRequests,
}
