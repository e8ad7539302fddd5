/** A cluster's state from what is known of it; the first rule that matches wins. */
import type { ClusterStateName } from '@binocle/api/multicluster'
import type { Problem } from '@binocle/api/problem'
import type { Kind, KindState } from '../inventory/inventory.ts'

export interface Evidence {
  /** The last probe: undefined before the first one is answered. */
  readonly probe:
    | { readonly ok: true; readonly tookMs: number }
    | { readonly ok: false; readonly cause: Problem }
    | undefined
  /** Our credential is rejected, whatever the probe says: `/version` may be open to everybody. */
  readonly rejected: Problem | undefined
  /** Undefined while it is not known which kinds the cluster serves. */
  readonly kinds: ReadonlyMap<Kind, KindState> | undefined
  /** Unix ms. */
  readonly now: number
}

/** Without these there is no mesh to show. */
export const core: readonly Kind[] = ['namespaces', 'pods', 'services', 'deployments.apps']

/** A watch that broke a moment ago is being renewed: no reason for alarm. */
const staleForMs = 15_000
const slowMs = 2_000

export function clusterState(evidence: Evidence): { readonly state: ClusterStateName; readonly cause?: Problem } {
  const { probe, rejected, kinds, now } = evidence
  if (probe?.ok === false && probe.cause.code === 'BIN-CLUSTER-AUTH')
    return { state: 'unauthorized', cause: probe.cause }
  if (probe?.ok === false) return { state: 'unreachable', cause: probe.cause }
  if (rejected !== undefined) return { state: 'unauthorized', cause: rejected }
  if (probe === undefined || kinds === undefined) return { state: 'syncing' }
  for (const state of kinds.values()) if (state.state === 'syncing') return { state: 'syncing' }
  const trouble = firstTrouble(kinds, now)
  if (trouble !== undefined) return { state: 'degraded', cause: trouble }
  if (probe.tookMs > slowMs) return { state: 'degraded', cause: slow(probe.tookMs) }
  return { state: 'reachable' }
}

function firstTrouble(kinds: ReadonlyMap<Kind, KindState>, now: number): Problem | undefined {
  for (const [kind, state] of kinds) {
    if (state.state === 'failed') return state.cause
    if (state.state === 'stale' && now - state.asOf > staleForMs) return state.cause
    // Roles made for Kiali grant no nodes, for one: only what the pages rest on counts.
    if (state.state === 'forbidden' && core.includes(kind)) return state.cause
  }
  return undefined
}

const slow = (tookMs: number): Problem => ({
  code: 'BIN-CLUSTER-UNREACHABLE',
  message: `Its API server took ${(tookMs / 1000).toFixed(1)} s to answer.`,
  remedy: 'Look at its load and at the network between.',
})
