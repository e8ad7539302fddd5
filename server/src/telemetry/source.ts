/**
 * Where traffic snapshots come from: Prometheus, asked a constant number of times for a window of the whole mesh.
 * Viewers share: "now" lies on a time grid, equal windows are one flight, the last few windows are kept. The health
 * window is refreshed in the background, so that lists never wait for Prometheus.
 */
import type { ClusterName } from '@binocle/api/identity'
import { type Known, known, stale, unknown } from '@binocle/api/known'
import type { Problem } from '@binocle/api/problem'
import { BinocleError } from '../errors.ts'
import type { Clock } from '../model.ts'
import type { CallTable } from './callTable.ts'
import { PairPool } from './pairPool.ts'
import type { Prometheus } from './prometheus.ts'
import { type Expr, render } from './promql.ts'
import { anyIstioMetric, extraQuery, familyNames, familyQuery, lastMetricsQuery, latencyQuery } from './queryPlan.ts'
import { extraTable, trafficTable } from './table.ts'
import type {
  ExtraTable,
  Family,
  ServiceFigure,
  TrafficRow,
  TrafficSnapshot,
  TrafficSource,
  Window,
} from './traffic.ts'
import type { Sample, SampleSink } from './vector.ts'

export interface TrafficSourceOptions {
  readonly queryScope: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Width of the grid on which "now" lies, seconds. */
  readonly gridS: number
  /** The window that lists and health read, seconds. */
  readonly healthDurationS: number
  readonly refreshIntervalS: number
  /** Calls back after `delayMs`; returns how to stop. The process does not wait for it. */
  readonly later: (callback: () => void, delayMs: number) => () => void
  /** How many rows of other windows are kept; the newest window is always. */
  readonly keptRows?: number
}

/** A running source: `close` stops the background refresh. */
export interface RunningTrafficSource extends TrafficSource {
  close(): void
}

/** `prometheus` undefined: none is configured, everything is unknown. */
export function startTrafficSource(
  prometheus: Prometheus | undefined,
  options: TrafficSourceOptions,
): RunningTrafficSource {
  const windows = new Windows(prometheus, options)
  const listeners = new Set<() => void>()
  const lastSeen = new Map<ClusterName, number>()
  let current: Known<TrafficSnapshot> = unknown(prometheus === undefined ? disabled : notYet)
  let cancel = () => {}
  let closed = false

  const now = () => Math.floor(options.clock() / 1000 / options.gridS) * options.gridS

  async function refresh(): Promise<void> {
    const window: Window = { end: now(), durationS: options.healthDurationS }
    const next = await windows.snapshot(window)
    if (closed) return
    current = next.state === 'unknown' ? stale(current, next.cause) : next
    if (next.state === 'known') await noteClusters(window.end)
    for (const listener of [...listeners]) listener()
    if (!closed) cancel = options.later(() => void refresh(), options.refreshIntervalS * 1000)
  }

  async function noteClusters(end: number): Promise<void> {
    for (const { cluster, at } of await windows.lastMetrics(end))
      lastSeen.set(cluster, Math.max(at, lastSeen.get(cluster) ?? 0))
  }

  if (prometheus !== undefined) void refresh()
  return {
    snapshot: (window) => windows.snapshot(window),
    extra: (window, table) => windows.extra(window, table),
    current: () => current,
    latencies: () => windows.latencies({ end: now(), durationS: options.healthDurationS }),
    now,
    onRefresh(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lastMetrics: (cluster) => lastSeen.get(cluster),
    health: () => windows.health(),
    close() {
      closed = true
      cancel()
    },
  }
}

const disabled: Problem = {
  code: 'BIN-PROMETHEUS-DISABLED',
  message: 'No Prometheus is configured.',
  remedy: 'Set external_services.prometheus.url, or start with --prometheus URL.',
}
const notYet: Problem = { code: 'BIN-PROMETHEUS-UNREACHABLE', message: 'Prometheus has not answered yet.' }
const empty: Problem = {
  code: 'BIN-PROMETHEUS-EMPTY',
  message: 'Prometheus answers, but knows no Istio metric.',
  remedy: 'Check that it scrapes the proxies, and that query_scope selects this mesh.',
}

/** A window in memory: its flights, by table. */
interface Kept {
  readonly pool: PairPool
  readonly tables: Map<string, Promise<Known<CallTable>>>
  snapshot: Promise<Known<TrafficSnapshot>> | undefined
  latencies: Promise<Known<readonly ServiceFigure[]>> | undefined
  rows: number
}

/** The windows in memory, least recently used first. */
class Windows {
  private readonly prometheus: Prometheus | undefined
  private readonly options: TrafficSourceOptions
  private readonly kept = new Map<string, Kept>()
  /** From window to window nearly the same pairs call each other. */
  private pool = new PairPool()
  private problem: Problem | undefined

  constructor(prometheus: Prometheus | undefined, options: TrafficSourceOptions) {
    this.prometheus = prometheus
    this.options = options
    this.problem = prometheus === undefined ? disabled : undefined
  }

  snapshot(window: Window): Promise<Known<TrafficSnapshot>> {
    const kept = this.keep(window)
    kept.snapshot ??= this.ask(async ({ ask, read }) => {
      const rows = await Promise.all(
        familyNames.map(async (family) => {
          const table = trafficTable(kept.pool)
          await read(familyQuery(family, window.durationS, false), window, table)
          return table.rows
        }),
      )
      if (rows.every((family) => family.length === 0) && (await ask(anyIstioMetric, window)).length === 0) {
        throw new BinocleError('BIN-PROMETHEUS-EMPTY', empty.message, { remedy: empty.remedy ?? '' })
      }
      const count = rows.reduce((sum, family) => sum + family.length, 0)
      kept.rows += count
      if (kept.pool === this.pool && kept.pool.isWorn(count)) this.pool = new PairPool()
      return { window, families: families(rows), pairs: kept.pool }
    }).then((answer) => {
      // A failure is not kept: the next viewer asks again.
      if (answer.state === 'unknown') kept.snapshot = undefined
      this.forget()
      return answer
    })
    return kept.snapshot
  }

  extra(window: Window, table: ExtraTable): Promise<Known<CallTable>> {
    const kept = this.keep(window)
    const name = JSON.stringify(table)
    const flying = kept.tables.get(name)
    if (flying !== undefined) return flying
    const flight = this.ask(async ({ read }) => {
      const { calls, ...sink } = extraTable(kept.pool, table.kind === 'aggregate' ? table.label : undefined)
      await read(extraQuery(table, window.durationS), window, sink)
      kept.rows += calls.length
      return table.kind === 'responseTime' && table.statistic !== 'avg' ? calls.sortedByPair() : calls
    }).then((answer) => {
      if (answer.state === 'unknown') kept.tables.delete(name)
      this.forget()
      return answer
    })
    kept.tables.set(name, flight)
    return flight
  }

  latencies(window: Window): Promise<Known<readonly ServiceFigure[]>> {
    const kept = this.keep(window)
    kept.latencies ??= this.ask(async ({ ask }) => {
      const samples = await ask(latencyQuery(window.durationS), window)
      kept.rows += samples.length
      return samples.map(({ labels, value }) => ({
        cluster: labels.destination_cluster ?? '',
        namespace: labels.destination_service_namespace ?? '',
        name: labels.destination_service_name ?? '',
        value,
      }))
    }).then((answer) => {
      if (answer.state === 'unknown') kept.latencies = undefined
      return answer
    })
    return kept.latencies
  }

  /** The newest sample per cluster; empty when Prometheus fails. */
  async lastMetrics(end: number): Promise<{ cluster: ClusterName; at: number }[]> {
    const answer = await this.ask(async ({ ask }) => {
      const reporters = ['source', 'destination'] as const
      const window: Window = { end, durationS: 0 }
      return Promise.all(
        reporters.map(async (reporter) =>
          (await ask(lastMetricsQuery(reporter), window)).map(({ labels, value }) => ({
            cluster: labels[`${reporter}_cluster`] ?? '',
            at: value,
          })),
        ),
      )
    })
    return answer.state === 'unknown'
      ? []
      : answer.value.flat().filter(({ cluster }) => cluster !== '' && cluster !== 'unknown')
  }

  health(): ReturnType<NonNullable<TrafficSource['health']>> {
    if (this.problem === undefined) return { state: 'reachable' }
    const state =
      this.problem.code === 'BIN-PROMETHEUS-DISABLED'
        ? 'disabled'
        : this.problem.code === 'BIN-PROMETHEUS-EMPTY'
          ? 'empty'
          : 'unreachable'
    return { state, problem: this.problem }
  }

  private keep(window: Window): Kept {
    const name = `${window.end} ${window.durationS}`
    const kept = this.kept.get(name) ?? {
      pool: this.pool,
      tables: new Map(),
      snapshot: undefined,
      latencies: undefined,
      rows: 0,
    }
    this.kept.delete(name)
    this.kept.set(name, kept)
    return kept
  }

  /** Forgets the least recently used windows while there are too many rows, or too many windows. */
  private forget(): void {
    const maxRows = this.options.keptRows ?? 400_000
    let rows = 0
    for (const kept of this.kept.values()) rows += kept.rows
    for (const [name, kept] of this.kept) {
      if (this.kept.size <= 1 || (rows <= maxRows && this.kept.size <= 32)) return
      this.kept.delete(name)
      rows -= kept.rows
    }
  }

  private async ask<T>(work: (asking: Asking) => Promise<T>): Promise<Known<T>> {
    const { prometheus } = this
    if (prometheus === undefined) return unknown(disabled)
    try {
      const text = (query: Expr) => render(query, this.options.queryScope)
      const value = await work({
        ask: (query, { end }) => prometheus.query(text(query), end),
        read: (query, { end }, sink) => prometheus.read(text(query), end, sink),
      })
      this.problem = undefined
      return known(value, this.options.clock())
    } catch (error) {
      const problem: Problem =
        error instanceof BinocleError
          ? error.problem
          : { code: 'BIN-INTERNAL', message: error instanceof Error ? error.message : 'unknown error' }
      // A query that Prometheus refuses says nothing about Prometheus itself.
      if (problem.code !== 'BIN-INTERNAL') this.problem = problem
      return unknown(problem)
    }
  }
}

/** One work's questions. */
interface Asking {
  ask(query: Expr, window: Window): Promise<Sample[]>
  read(query: Expr, window: Window, sink: SampleSink): Promise<void>
}

function families(rows: readonly (readonly TrafficRow[])[]): Record<Family, readonly TrafficRow[]> {
  const [requests = [], requestMessages = [], responseMessages = [], tcpSent = [], tcpReceived = []] = rows
  return { requests, requestMessages, responseMessages, tcpSent, tcpReceived }
}
