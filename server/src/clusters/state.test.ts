import { describe, expect, it } from 'vitest'
import type { Kind, KindState } from '../inventory/inventory.ts'
import { clusterState, type Evidence } from './state.ts'

const now = 100_000
const cause = (code: string) => ({ code, message: code })
const live: KindState = { state: 'live', asOf: now }
const kinds = (states: Partial<Record<Kind, KindState>>): ReadonlyMap<Kind, KindState> =>
  new Map<Kind, KindState>([
    ['pods', states.pods ?? live],
    ['nodes', states.nodes ?? live],
    ['sidecars.networking.istio.io', states['sidecars.networking.istio.io'] ?? { state: 'absent' }],
  ])
const healthy: Evidence = { probe: { ok: true, tookMs: 5 }, rejected: undefined, kinds: kinds({}), now }
const failed = (code: string): Evidence['probe'] => ({ ok: false, cause: cause(code) })
const forbidden: KindState = { state: 'forbidden', cause: cause('BIN-CLUSTER-FORBIDDEN') }
const staleSince = (asOf: number): KindState => ({ state: 'stale', asOf, cause: cause('BIN-CLUSTER-UNREACHABLE') })

describe("a cluster's state", () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['all is well', {}, 'reachable'],
    ['nothing is known yet', { probe: undefined, kinds: undefined }, 'syncing'],
    ['it is not known what it serves', { kinds: undefined }, 'syncing'],
    ['one kind is not filled yet', { kinds: kinds({ pods: { state: 'syncing' } }) }, 'syncing'],
    ['the probe is rejected', { probe: failed('BIN-CLUSTER-AUTH') }, 'unauthorized'],
    ['watches are rejected though the probe is not', { rejected: cause('BIN-CLUSTER-AUTH') }, 'unauthorized'],
    ['the probe fails', { probe: failed('BIN-CLUSTER-UNREACHABLE') }, 'unreachable'],
    ['its certificate is wrong', { probe: failed('BIN-CLUSTER-TLS') }, 'unreachable'],
    [
      'the probe fails before anything was filled',
      { probe: failed('BIN-CLUSTER-TLS'), kinds: undefined },
      'unreachable',
    ],
    ['pods may not be read', { kinds: kinds({ pods: forbidden }) }, 'degraded'],
    ['only nodes may not be read', { kinds: kinds({ nodes: forbidden }) }, 'reachable'],
    ['a watch broke a moment ago', { kinds: kinds({ pods: staleSince(now - 5_000) }) }, 'reachable'],
    ['a watch has been broken for long', { kinds: kinds({ pods: staleSince(now - 16_000) }) }, 'degraded'],
    ['it answers slowly', { probe: { ok: true, tookMs: 2_500 } }, 'degraded'],
  ])('when %s', (_when, evidence, expected) => {
    expect(clusterState({ ...healthy, ...evidence }).state).toBe(expected)
  })
})
