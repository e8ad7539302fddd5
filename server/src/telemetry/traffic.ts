/**
 * What the mesh's proxies reported over one window, as one table for the whole mesh: everybody's graph, health and
 * overview are filters of the same snapshot. Rates are per second and exactly as Prometheus gave them (not rounded).
 */
import type { Known } from '@binocle/api/known'

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

/** Who called whom. Equal pairs are the same object within a snapshot. */
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
}
