/** The tables of one window that a graph reads: its families, and the extras of its appenders. */
import type { Known } from '@binocle/api/known'
import type { Problem } from '@binocle/api/problem'
import { BinocleError } from '../errors.ts'
import { CallTable, callsOf } from '../telemetry/callTable.ts'
import type { ExtraTable, Family, TrafficSnapshot, TrafficSource, Window } from '../telemetry/traffic.ts'
import type { GraphOptions } from './options.ts'
import { familiesOf, reportersOf } from './selections.ts'
import { type TrafficIndex, trafficIndex } from './trafficIndex.ts'

export interface Tables {
  readonly families: ReadonlyMap<Family, TrafficIndex>
  /** Milliseconds, by which side reported. `source` is for ambient namespaces, undefined where there is none. */
  readonly responseTime?: {
    readonly inbound: TrafficIndex
    readonly outbound: TrafficIndex
    readonly source: TrafficIndex | undefined
  }
  /** Bytes per second. */
  readonly throughput?: TrafficIndex
  readonly security?: ReadonlyMap<Family, TrafficIndex>
  readonly aggregate?: TrafficIndex
  /** Tables with the same one share their pairs. */
  readonly pairs?: object
  /** Why there is no traffic although nothing failed. */
  readonly telemetry?: Problem
}

/** `hasAmbient`: is one of the namespaces ambient? Asked where it matters. Rejects with 503 when Prometheus fails. */
export async function loadTables(
  traffic: TrafficSource,
  window: Window,
  options: GraphOptions,
  hasAmbient: () => boolean,
): Promise<Tables> {
  const times = responseTimeTables(options, hasAmbient)
  const asked = traffic.snapshot(window)
  // All that will be read is asked for at once: each table is one flight, whoever waits for it.
  for (const table of extraTables(options, times)) void traffic.extra?.(window, table)
  const snapshot = await asked
  const telemetry = snapshot.state === 'unknown' ? withoutTraffic(snapshot.cause) : undefined
  if (telemetry !== undefined) return { families: new Map(), telemetry }
  const extra = async (table: ExtraTable) =>
    trafficIndex(settled((await traffic.extra?.(window, table)) ?? { state: 'known', value: new CallTable(), asOf: 0 }))
  const families = async () => {
    const names = familiesOf(options)
    const indexes = options.includeIdleEdges
      ? await Promise.all(names.map((family) => extra({ kind: 'idle', family })))
      : names.map((family) => trafficIndex(callsOf(settled<TrafficSnapshot>(snapshot).families[family])))
    return mapOf(names, indexes)
  }
  const [loaded, responseTime, throughput, security, aggregate] = await Promise.all([
    families(),
    loadResponseTime(extra, times),
    asksThroughput(options) ? extra({ kind: 'throughput', of: options.throughputType }) : undefined,
    loadSecurity(extra, options),
    asksAggregates(options) ? extra({ kind: 'aggregate', label: options.aggregate }) : undefined,
  ])
  const { pairs } = settled<TrafficSnapshot>(snapshot)
  return {
    families: loaded,
    ...(pairs && { pairs }),
    ...(responseTime && { responseTime }),
    ...(throughput && { throughput }),
    ...(security && { security }),
    ...(aggregate && { aggregate }),
  }
}

/** What is asked for beside the snapshot. */
function extraTables(options: GraphOptions, times: readonly ExtraTable[]): readonly ExtraTable[] {
  return [
    ...(options.includeIdleEdges ? familiesOf(options).map((family) => ({ kind: 'idle', family }) as const) : []),
    ...times,
    ...(asksThroughput(options) ? [{ kind: 'throughput', of: options.throughputType } as const] : []),
    ...securityFamilies(options).map((family) => ({ kind: 'security', family }) as const),
    ...(asksAggregates(options) ? [{ kind: 'aggregate', label: options.aggregate } as const] : []),
  ]
}

const hasRequests = ({ rateGrpc, rateHttp }: GraphOptions) => rateGrpc === 'requests' || rateHttp === 'requests'

const asksThroughput = (options: GraphOptions) => options.appenders.has('throughput') && options.rateHttp === 'requests'

const asksAggregates = (options: GraphOptions) =>
  options.appenders.has('aggregateNode') &&
  (options.node?.kind === 'aggregate' || (hasRequests(options) && options.graphType !== 'service'))

/** Inbound, outbound, and as sources alone report it; none where no graph shows them. */
function responseTimeTables(options: GraphOptions, hasAmbient: () => boolean): readonly ExtraTable[] {
  if (!options.appenders.has('responseTime') || !hasRequests(options)) return []
  const { responseTime: statistic, ambientTraffic } = options
  const by = [reportersOf('destination', ambientTraffic), reportersOf('source', ambientTraffic)]
  if (hasAmbient()) by.push(['source'])
  return by.map((reporters) => ({ kind: 'responseTime', statistic, reporters }))
}

async function loadResponseTime(extra: (table: ExtraTable) => Promise<TrafficIndex>, times: readonly ExtraTable[]) {
  const [inbound, outbound, source] = await Promise.all(times.map(extra))
  return inbound && outbound && { inbound, outbound, source }
}

/** Principals are reported the right way round: here TCP's names are not swapped. */
function securityFamilies(options: GraphOptions): readonly Family[] {
  if (!options.appenders.has('securityPolicy')) return []
  const { rateGrpc, rateHttp, rateTcp } = options
  const families: Family[] = []
  if (rateHttp === 'requests' || rateGrpc === 'requests') families.push('requests')
  if (rateGrpc === 'sent' || rateGrpc === 'total') families.push('requestMessages')
  if (rateGrpc === 'received' || rateGrpc === 'total') families.push('responseMessages')
  if (rateTcp === 'sent' || rateTcp === 'total') families.push('tcpSent')
  if (rateTcp === 'received' || rateTcp === 'total') families.push('tcpReceived')
  return families
}

async function loadSecurity(extra: (table: ExtraTable) => Promise<TrafficIndex>, options: GraphOptions) {
  if (!options.appenders.has('securityPolicy')) return undefined
  const families = securityFamilies(options)
  return mapOf(families, await Promise.all(families.map((family) => extra({ kind: 'security', family }))))
}

/** The problem when the mesh merely has no telemetry; throws when Prometheus should answer and does not. */
function withoutTraffic(cause: Problem): Problem {
  if (cause.code === 'BIN-PROMETHEUS-DISABLED' || cause.code === 'BIN-PROMETHEUS-EMPTY') return cause
  throw failed(cause)
}

function settled<T>(fact: Known<T>): T {
  if (fact.state === 'unknown') throw failed(fact.cause)
  return fact.value
}

function failed({ code, message, remedy }: Problem): BinocleError {
  const known = code === 'BIN-PROMETHEUS-ANSWER' ? code : 'BIN-PROMETHEUS-UNREACHABLE'
  return new BinocleError(known, message, remedy === undefined ? {} : { remedy })
}

function mapOf<K, V>(keys: readonly K[], values: readonly V[]): ReadonlyMap<K, V> {
  const map = new Map<K, V>()
  for (const [i, key] of keys.entries()) {
    const value = values[i]
    if (value !== undefined) map.set(key, value)
  }
  return map
}
