/**
 * What every page is a view of: namespaces, clusters, the window of the rates, and how it is kept fresh. It lives in the
 * URL only (reference: Kiali's names `namespaces`, `duration`, `refresh`; `clusters` is ours), absent = the default.
 */
export interface ScopeSearch {
  /** Comma list of names; absent: all. */
  namespaces?: string | undefined
  /** Comma list of names; absent: all. */
  clusters?: string | undefined
  /** Seconds; one of `durations`. */
  duration?: string | undefined
  /** Milliseconds; `0` pauses; absent: live. */
  refresh?: string | undefined
}

/** `ms`: poll every so often. */
export type Refresh = { mode: 'live' } | { mode: 'paused' } | { mode: 'interval'; ms: number }

export interface Scope {
  readonly namespaces: readonly string[]
  readonly clusters: readonly string[]
  readonly durationS: number
  readonly refresh: Refresh
}

export const defaultDurationS = 300

export const durations: readonly { seconds: number; label: string }[] = [
  { seconds: 60, label: '1m' },
  { seconds: 120, label: '2m' },
  { seconds: 300, label: '5m' },
  { seconds: 600, label: '10m' },
  { seconds: 1800, label: '30m' },
  { seconds: 3600, label: '1h' },
  { seconds: 10800, label: '3h' },
  { seconds: 21600, label: '6h' },
  { seconds: 43200, label: '12h' },
  { seconds: 86400, label: '1d' },
  { seconds: 604800, label: '7d' },
  { seconds: 2592000, label: '30d' },
]

export const refreshes: readonly { value: string; label: string }[] = [
  { value: '', label: 'Live' },
  { value: '0', label: 'Paused' },
  { value: '10000', label: 'Every 10s' },
  { value: '15000', label: 'Every 15s' },
  { value: '30000', label: 'Every 30s' },
  { value: '60000', label: 'Every 1m' },
  { value: '300000', label: 'Every 5m' },
  { value: '900000', label: 'Every 15m' },
]

/** Unknown values count as absent; a duration is snapped down to one that is offered. */
export function scopeOf(search: ScopeSearch): Scope {
  return {
    namespaces: names(search.namespaces),
    clusters: names(search.clusters),
    durationS: snapped(search.duration),
    refresh: refreshOf(search.refresh),
  }
}

/** How many milliseconds between polls; `false` for none. `polling`: the event stream is broken. */
export const pollInterval = (refresh: Refresh): number | false => (refresh.mode === 'interval' ? refresh.ms : false)

export const names = (list: string | undefined): string[] => [
  ...new Set((list ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))),
]

/** A comma list for the URL; absent when nothing is selected. */
export const listed = (selected: readonly string[]): string | undefined =>
  selected.length === 0 ? undefined : selected.join(',')

export const durationLabel = (seconds: number): string =>
  durations.find((duration) => duration.seconds === seconds)?.label ?? `${seconds}s`

function snapped(duration: string | undefined): number {
  const wanted = Number(duration)
  if (!Number.isFinite(wanted) || wanted <= 0) return defaultDurationS
  return durations.findLast((offered) => offered.seconds <= wanted)?.seconds ?? 60
}

function refreshOf(refresh: string | undefined): Refresh {
  if (!refresh || !refreshes.some((offered) => offered.value === refresh)) return { mode: 'live' }
  return refresh === '0' ? { mode: 'paused' } : { mode: 'interval', ms: Number(refresh) }
}
