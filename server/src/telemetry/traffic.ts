/**
 * What the mesh's proxies reported over one window, as one table for the whole mesh: everybody's graph, health and
 * overview are filters of the same snapshot. Rates are per second and exactly as Prometheus gave them (not rounded).
 */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Known } from '@binocle/api/known'
import type { Problem } from '@binocle/api/problem'
import type { CallTable } from './callTable.ts'

/** A window of time: `end` in Unix seconds, aligned to a grid when it means "now"; `durationS` in seconds. */
export interface Window {
  readonly end: number
  readonly durationS: number
}

export type Reporter = 'source' | 'destination' | 'waypoint'

/** One end of a reported call. A label that the series lacks is undefined; an empty one is ''. */
export interface Peer {
  readonly cluster: string | undefined
  readonly workloadNamespace: string | undefined
  readonly workload: string | undefined
  readonly canonicalService: string | undefined
  readonly canonicalRevision: string | undefined
}

/** Who called whom. Equal pairs are the same object within a snapshot, and so are equal ends of them. */
export interface Pair {
  readonly source: Peer
  readonly destination: Peer
  readonly serviceNamespace: string | undefined
  /** `destination_service`: a full host name, a request host, or `unknown`. */
  readonly service: string | undefined
  readonly serviceName: string | undefined
}

export interface TrafficRow {
  readonly pair: Pair
  readonly reporter: Reporter
  /** The scrape label `app`; ztunnel's series carry `ztunnel`. Only TCP rows are told apart by it. */
  readonly app: string | undefined
  /** Requests only. */
  readonly protocol: string | undefined
  readonly code: string | undefined
  readonly grpcStatus: string | undefined
  readonly flags: string | undefined
  /** Requests, messages or bytes per second. */
  readonly rate: number
}

/** The metric families a snapshot may hold. */
export type Family = 'requests' | 'requestMessages' | 'responseMessages' | 'tcpSent' | 'tcpReceived'

export interface TrafficSnapshot {
  readonly window: Window
  readonly families: Readonly<Record<Family, readonly TrafficRow[]>>
  /** Snapshots with the same one share their pairs: what is known of a pair may be kept with it. */
  readonly pairs?: object
}

/** Where snapshots come from. Identical windows are shared (single-flight), old ones are forgotten. */
export interface TrafficSource {
  /** The snapshot of exactly this window. Never throws: an absent Prometheus is `unknown` with its cause. */
  snapshot(window: Window): Promise<Known<TrafficSnapshot>>
  /** The last snapshot of the health window (`health_config.compute.duration`), refreshed in the background. */
  current(): Known<TrafficSnapshot>
  /** "Now" in Unix seconds, aligned to the grid that lets viewers share answers. */
  now(): number
  /** Calls back when `current()` has a newer snapshot or became stale; returns how to stop. */
  onRefresh(listener: () => void): () => void
  /** An extra table of exactly this window; absent in sources that have snapshots only. Never throws. */
  readonly extra?: (window: Window, table: ExtraTable) => Promise<Known<CallTable>>
  /** The 95th percentile of how long requests to each service took over the health window, in ms. Never throws. */
  readonly latencies?: () => Promise<Known<readonly ServiceFigure[]>>
  /** When a series that names this cluster was last seen, Unix seconds; undefined when never. */
  readonly lastMetrics?: (cluster: ClusterName) => number | undefined
  /** Why there is no telemetry at all; `state` as the page's `prometheus` says it. */
  readonly health?: () => {
    readonly state: 'disabled' | 'empty' | 'reachable' | 'unreachable'
    readonly problem?: Problem
  }
}

/** One number of one service. */
export interface ServiceFigure extends NamespaceRef {
  readonly name: string
  readonly value: number
}

/**
 * Tables that only some graphs show; one query each for the whole mesh, asked when first needed and shared. `reporters`
 * of response times are part of the table: quantiles of several reporters do not add up.
 */
export type ExtraTable =
  | { readonly kind: 'idle'; readonly family: Family }
  | {
      readonly kind: 'responseTime'
      readonly statistic: '50' | '95' | '99' | 'avg'
      readonly reporters: readonly Reporter[]
    }
  /** Of requests as their senders say, of responses as theirs; waypoints too. */
  | { readonly kind: 'throughput'; readonly of: 'request' | 'response' }
  /** As servers and waypoints say; of TCP all. */
  | { readonly kind: 'security'; readonly family: Family }
  /** As servers and waypoints say. */
  | { readonly kind: 'aggregate'; readonly label: string }
