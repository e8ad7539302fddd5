/**
 * One cluster: probes its API server, finds out which kinds it serves, keeps a reflector for each, and says how it all
 * is. Probe, discovery and reflectors fail apart; the state is made of all three.
 */
import { setMaxListeners } from 'node:events'
import type { Problem } from '@binocle/api/problem'
import type { InventoryWriter, Kind, KindState } from '../inventory/inventory.ts'
import { isRecord, text } from '../inventory/json.ts'
import { allKinds } from '../inventory/kinds.ts'
import type { Sharing } from '../inventory/sharing.ts'
import type { ClusterAccess } from '../kube/access.ts'
import { createKubeApi, type KubeApi } from '../kube/api.ts'
import { collectionPath, discover, type ServedKinds } from '../kube/discovery.ts'
import { KubeFailure, thrown } from '../kube/failure.ts'
import type { Pacer } from '../kube/pacer.ts'
import { type Reflector, type ReflectorState, type ReflectorStats, startReflector } from '../kube/reflector.ts'
import { createSlots } from '../kube/slots.ts'
import { pause, type Surroundings } from '../kube/surroundings.ts'
import type { Cluster } from './clusters.ts'
import { clusterState, type Evidence } from './state.ts'
import { type KindSink, sinkFor } from './watchKind.ts'

/** How the cluster is; the rest of `Cluster` is known by who declared it. */
export type ConnectionStatus = Pick<
  Cluster,
  'cause' | 'kubernetesVersion' | 'lastProbe' | 'lastSync' | 'since' | 'state'
>

export interface Connection {
  readonly api: KubeApi
  readonly status: ConnectionStatus
  readonly kinds: ReadonlyMap<Kind, KindStats>
  /** When each kind was last surely in step, Unix ms; kinds that never were are missing. */
  readonly inStep: ReadonlyMap<Kind, number>
  retry(): void
  close(): Promise<void>
}

export interface KindStats extends Readonly<ReflectorStats> {
  /** API version it is watched in. */
  readonly version: string
  /** Objects that did not fit their type. */
  readonly rejected: number
}

export interface ConnectionOptions {
  readonly access: ClusterAccess
  readonly writer: InventoryWriter
  readonly sharing: Sharing
  readonly pacer: Pacer
  readonly surroundings: Surroundings
  /** Of an earlier connection to the same cluster, whose objects are still there. */
  readonly inStep?: ReadonlyMap<Kind, number>
  /** Called when state, cause or Kubernetes version change. */
  readonly onStatus: () => void
}

const probeTimeoutMs = 3_000
/** A frozen server is noticed within this and the timeout. */
const probeEveryMs = 2_000
/** While it does not answer. With the timeout this finds a returned server within 5 s even behind a black hole. */
const probeAgainMs = 1_000
const discoverEveryMs = 60_000
/** Kinds of one cluster that sync at once: each opens a connection, and twenty clusters may start together. */
const syncsAtOnce = 4

export function connect(options: ConnectionOptions): Connection {
  const { access, writer, sharing, pacer, surroundings, onStatus } = options
  const { clock, random, timers, log } = surroundings
  const { cluster } = access
  const api = createKubeApi(access)
  const closed = new AbortController()
  // Discovery asks for a dozen documents at once, each of which ends with the connection.
  setMaxListeners(0, closed.signal)
  const syncSlots = createSlots(syncsAtOnce)
  const watched = new Map<Kind, Watched>()
  const kindStates = new Map<Kind, KindState>()
  const inStep = new Map(options.inStep)
  let served: ServedKinds | undefined
  let discovering = false
  let discoveredAt = 0
  let probe: Evidence['probe']
  let pausing = new AbortController()
  /** When the probe was sent that was the first not to be answered. */
  let lostAt = 0
  let status: ConnectionStatus = { state: 'syncing', since: clock() }

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      await probeOnce()
      if (closed.signal.aborted) return
      if (probe?.ok === true && clock() - discoveredAt >= discoverEveryMs) void discoverOnce()
      settle()
      // Not one signal of both: see `limited` in `kube/api.ts`.
      pausing = new AbortController()
      const delayMs = (probe?.ok === true ? probeEveryMs : probeAgainMs) * (0.75 + random() / 2)
      await pause(timers, delayMs, pausing.signal)
    }
  }

  async function probeOnce(): Promise<void> {
    const before = probe
    const begunAt = clock()
    try {
      const answer = await api.get('/version', { signal: closed.signal, timeoutMs: probeTimeoutMs })
      if (!isRecord(answer) || text(answer, 'gitVersion') === '') {
        throw new KubeFailure('answer', cluster, `${cluster} answers GET /version with no Kubernetes version`)
      }
      status = { ...status, kubernetesVersion: text(answer, 'gitVersion') }
      probe = { ok: true, tookMs: clock() - begunAt }
    } catch (error) {
      if (closed.signal.aborted) return
      const failure = thrown(cluster, 'GET /version', error)
      // Refused by name: but it is there, and knows us.
      if (failure.reason === 'forbidden') probe = { ok: true, tookMs: clock() - begunAt }
      // Too busy sending us objects to answer in time is not away.
      else if (failure.reason === 'unreachable' && newestByteAt() > begunAt + probeTimeoutMs / 2) {
        probe = { ok: true, tookMs: clock() - begunAt }
      } else {
        if (failure.reason === 'unauthorized') api.reloadCredential()
        if (before?.ok !== false) lostAt = begunAt
        probe = { ok: false, cause: failure.problem }
      }
    }
    if (probe.ok) {
      status = { ...status, lastProbe: clock() }
      if (before?.ok === false) recovered()
    } else if (before?.ok !== false) log('warn', 'cluster does not answer', { cluster, ...probe.cause })
    for (const kind of allKinds) publish(kind)
  }

  /** Streams from before the outage may hang without anybody ever ending them. */
  function recovered(): void {
    log('info', 'cluster answers again', { cluster })
    discoveredAt = 0
    for (const { reflector } of watched.values()) {
      if (reflector.stats.lastByteAt <= lostAt) reflector.restart()
    }
  }

  const newestByteAt = (): number =>
    Math.max(0, ...[...watched.values()].map(({ reflector }) => reflector.stats.lastByteAt))

  async function discoverOnce(): Promise<void> {
    if (discovering) return
    discovering = true
    try {
      const found = await discover(api, served ?? new Map(), closed.signal)
      if (closed.signal.aborted) return
      discoveredAt = clock()
      served = found
      for (const kind of allKinds) adopt(kind, found.get(kind))
      settle()
    } catch (error) {
      const failure = thrown(cluster, 'discovery', error)
      if (failure.reason !== 'aborted') log('warn', 'API groups cannot be read', { cluster, reason: failure.message })
    } finally {
      discovering = false
    }
  }

  /** Starts, stops or moves the watch of a kind to what the cluster serves now. */
  function adopt(kind: Kind, version: string | undefined): void {
    const now = watched.get(kind)
    if (now?.version !== version) {
      now?.reflector.stop()
      watched.delete(kind)
      if (version !== undefined) watched.set(kind, watchKind(kind, version))
    }
    if (version === undefined) {
      writer.replace(kind, cluster, [])
      inStep.delete(kind)
    }
    publish(kind)
  }

  function watchKind(kind: Kind, version: string): Watched {
    const sink = sinkFor(kind, version, cluster, writer, sharing, log)
    let state: ReflectorState = { state: 'syncing' }
    const reflector = startReflector({
      api,
      path: collectionPath(kind, version),
      sink,
      surroundings,
      pacer,
      syncSlots,
      onState: (next) => {
        if (state.state === 'live' || next.state === 'live') inStep.set(kind, clock())
        state = next
        if (next.state === 'failing' && next.failure.reason === 'unreachable') pausing.abort()
        settle(kind)
      },
    })
    return {
      version,
      sink,
      reflector,
      get state() {
        return state
      },
    }
  }

  function publish(kind: Kind): void {
    if (closed.signal.aborted) return
    const each = watched.get(kind)
    // The API server answered just now: a live watch was in step until then.
    if (probe?.ok === true && each?.state.state === 'live') inStep.set(kind, clock())
    const state = kindState(each?.state, inStep.get(kind), probe, served !== undefined)
    if (sameState(kindStates.get(kind), state)) return
    kindStates.set(kind, state)
    writer.setState(kind, cluster, state)
  }

  function settle(kind?: Kind): void {
    if (closed.signal.aborted) return
    if (kind !== undefined) publish(kind)
    const evidence: Evidence = {
      probe,
      rejected: rejection(watched.values()),
      kinds: served === undefined ? undefined : kindStates,
      now: clock(),
    }
    const { state, cause } = clusterState(evidence)
    const { cause: before, ...rest } = status
    const changed = rest.state !== state || before?.message !== cause?.message
    status = {
      ...rest,
      state,
      since: rest.state === state ? rest.since : clock(),
      ...(cause === undefined ? {} : { cause }),
      ...(state === 'reachable' ? { lastSync: clock() } : {}),
    }
    if (changed) onStatus()
  }

  for (const kind of allKinds) publish(kind)
  void run().catch((error: unknown) => log('error', 'a connection ended', { cluster, error }))

  return {
    api,
    get status() {
      return status
    },
    get kinds() {
      return new Map([...watched].map(([kind, each]) => [kind, statsOf(each)]))
    },
    inStep,
    retry: () => {
      discoveredAt = 0
      pausing.abort()
      for (const each of watched.values()) if (each.state.state === 'failing') each.reflector.restart()
    },
    close: async () => {
      closed.abort()
      pausing.abort()
      for (const { reflector } of watched.values()) reflector.stop()
      await api.close()
    },
  }
}

interface Watched {
  readonly version: string
  readonly sink: KindSink
  readonly reflector: Reflector
  readonly state: ReflectorState
}

/** `inStepAt` is undefined when there never was a good state. */
function kindState(
  watch: ReflectorState | undefined,
  inStepAt: number | undefined,
  probe: Evidence['probe'],
  discovered: boolean,
): KindState {
  if (watch === undefined && discovered) return { state: 'absent' }
  if (watch?.state === 'failing') {
    const cause = watch.failure.problem
    if (watch.failure.reason === 'forbidden') return { state: 'forbidden', cause }
    if (watch.failure.reason === 'absent') return { state: 'absent' }
    return lost(inStepAt, cause)
  }
  if (probe?.ok === false) return lost(inStepAt, probe.cause)
  return watch?.state === 'live' ? { state: 'live', asOf: inStepAt ?? 0 } : { state: 'syncing' }
}

/** The state of a kind that cannot be read now: what is known of it is of `inStepAt`, if anything is. */
export function lost(inStepAt: number | undefined, cause: Problem): KindState {
  return inStepAt === undefined ? { state: 'failed', cause } : { state: 'stale', asOf: inStepAt, cause }
}

function rejection(watched: Iterable<Watched>): Evidence['rejected'] {
  for (const { state } of watched) {
    if (state.state === 'failing' && state.failure.reason === 'unauthorized') return state.failure.problem
  }
  return undefined
}

function sameState(before: KindState | undefined, after: KindState): boolean {
  if (before === undefined || before.state !== after.state) return false
  const [beforeAsOf, afterAsOf] = [before, after].map((each) => ('asOf' in each ? each.asOf : 0))
  const [beforeCause, afterCause] = [before, after].map((each) => ('cause' in each ? each.cause.message : ''))
  return beforeAsOf === afterAsOf && beforeCause === afterCause
}

const statsOf = ({ version, sink, reflector }: Watched): KindStats => ({
  ...reflector.stats,
  version,
  rejected: sink.rejected,
})
