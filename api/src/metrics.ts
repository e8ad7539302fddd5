/** Metrics over time, and the cards of the overview, in the form of Kiali's API (reference: api.md 8 and 19). */
import type { HealthStatus } from './health.ts'

/** By name; null: there is no series of it. */
export type MetricsMap = Readonly<Record<string, readonly Metric[] | null>>

export interface Metric {
  readonly labels: Readonly<Record<string, string>>
  /** Unix seconds, and the value as text. */
  readonly datapoints: readonly (readonly [number, string])[]
  /** Of histograms: `avg`, or the quantile as it was asked for. */
  readonly stat?: string
  readonly name: string
}

interface ServiceRow {
  readonly cluster: string
  readonly namespace: string
  readonly serviceName: string
  readonly healthStatus?: HealthStatus
}

/** `latency`: the 95th percentile in ms. */
export interface ServiceLatency extends ServiceRow {
  readonly latency: number
}

/** `errorRate`: a share, 0 to 1. `requestRate`: per second. */
export interface ServiceRates extends ServiceRow {
  readonly errorRate: number
  readonly requestRate: number
}

/** `tcpRate`: bytes per second. */
export interface ServiceThroughput extends ServiceRow {
  readonly tcpRate: number
}

/** Requests per second. */
export interface AppRates {
  readonly appName: string
  readonly cluster: string
  readonly namespace: string
  readonly healthStatus?: HealthStatus
  readonly requestRateIn: number
  readonly requestRateOut: number
}

/** By the key of each question: `<ns>:<kind>:<name>:<peer>:<direction>:<interval>:<reporters>`, as the page makes it too. */
export interface StatsResult {
  readonly stats: Readonly<Record<string, { readonly responseTimes: readonly ResponseTime[] }>>
  /** Why some questions have no answer. */
  readonly warnings: readonly string[] | null
}

/** `name`: `avg`, or the quantile as it was asked for. `value`: ms. */
export interface ResponseTime {
  readonly name: string
  readonly value: number
}

/** By pod: cores, and MB. */
export interface UsageMetrics {
  readonly cpu_usage: readonly Metric[]
  readonly memory_usage: readonly Metric[]
}

/** Cores and MB of an istiod, and how long proxies waited for what it pushed, in s; null: there is no series. */
export interface ControlPlaneMetrics {
  readonly container_cpu_usage_seconds_total: readonly Metric[] | null
  readonly container_memory_working_set_bytes: readonly Metric[] | null
  readonly pilot_proxy_convergence_time?: readonly Metric[]
  readonly process_cpu_seconds_total: readonly Metric[] | null
  readonly process_resident_memory_bytes: readonly Metric[] | null
}
