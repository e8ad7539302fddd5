/** How a cluster's facts are said in a row: its role, where it is, what may not be read, when its certificates end. */
import type { ClusterStatus, RootCertificate } from '@binocle/api/multicluster'

export interface Said {
  readonly text: string
  /** A class that gives text and icon their colour; undefined: nothing to worry about. */
  readonly tone?: 'failure' | 'degraded'
}

export const roleWords: Record<NonNullable<ClusterStatus['role']>, string> = {
  primary: 'primary',
  remote: 'remote',
  external: 'external control plane',
  config: 'config cluster',
  management: 'console only',
  unmanaged: 'not in the mesh',
}

/** `europe-west1 (a, b)` shortened to regions when there are many zones. */
export function localityText({ locality }: ClusterStatus): string {
  if (locality === undefined || locality.regions.length === 0) return 'locality unknown'
  const zones = locality.zones.length <= 2 ? locality.zones.join(', ') : `${locality.zones.length} zones`
  return zones === '' ? locality.regions.join(', ') : `${locality.regions.join(', ')} (${zones})`
}

/** What the console may read. Kinds are named: they are few, and each is a part of the page that is missing. */
export function rightsText({ state, gaps, lastSync }: ClusterStatus): Said {
  if (state === 'telemetry-only') return { text: 'no access given' }
  if (state === 'unauthorized') return { text: 'none', tone: 'failure' }
  if (gaps === undefined && lastSync === undefined) return { text: 'not yet known' }
  const forbidden = (gaps ?? []).filter((gap) => gap.state === 'forbidden').map(({ kind }) => kind)
  if (forbidden.length > 0) return { text: `without ${listed(forbidden)}`, tone: 'degraded' }
  return { text: 'all kinds' }
}

/** Kinds that are allowed, but failed or are old. */
export function troubledKinds({ gaps = [] }: ClusterStatus): string[] {
  return gaps.filter((gap) => gap.state !== 'forbidden').map(({ kind }) => kind)
}

const soonMs = 30 * 24 * 3_600_000

/** How long the roots of trust hold: during a rotation the older one ends while the newer holds, so the last decides. */
export function certificateText(roots: readonly RootCertificate[], nowMs: number): Said {
  if (roots.length === 0) return { text: 'unknown' }
  const endMs = Math.max(...roots.map(({ notAfter }) => notAfter))
  if (endMs <= nowMs) return { text: 'expired', tone: 'failure' }
  return { text: `for ${remaining(endMs - nowMs)}`, ...(endMs - nowMs < soonMs ? { tone: 'degraded' as const } : {}) }
}

/** `9 years`, `3 months`, `12 days`, `5 h`, `7 min`. */
export function remaining(durationMs: number): string {
  const days = Math.floor(durationMs / 86_400_000)
  if (days >= 730) return `${Math.floor(days / 365)} years`
  if (days >= 60) return `${Math.floor(days / 30)} months`
  if (days >= 2) return `${days} days`
  return durationMs >= 3_600_000 ? `${Math.floor(durationMs / 3_600_000)} h` : `${Math.floor(durationMs / 60_000)} min`
}

const listed = (words: readonly string[]): string =>
  words.length <= 3 ? words.join(', ') : `${words.slice(0, 2).join(', ')} and ${words.length - 2} more kinds`
