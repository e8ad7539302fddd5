/**
 * One cluster: probes its API server, finds out which kinds it serves, has them watched, and says how it all is. Probe,
 * discovery and watches fail apart; the state is made of all three.
 */
import { setMaxListeners } from 'node:events'
import type { InventoryWriter, Kind } from '../inventory/inventory.ts'
import type { Sharing } from '../inventory/sharing.ts'
import type { ClusterAccess } from '../kube/access.ts'
import { createKubeApi, type KubeApi } from '../kube/api.ts'
import { discover, type ServedKinds } from '../kube/discovery.ts'
import { thrown } from '../kube/failure.ts'
import { pause, type Surroundings } from '../kube/surroundings.ts'
import type { Pacer } from '../outbound/pacer.ts'
import type { Cluster } from './clusters.ts'
import type { KindStats } from './kindWatch.ts'
import { createKindWatches, type NamespaceChoice } from './kindWatches.ts'
import { probe as ask, type Probe } from './probe.ts'
import { clusterState, type Evidence } from './state.ts'
import { createUserApis, type UserApis, type UsersServer } from './userApis.ts'

/** How the cluster is; the rest of `Cluster` is known by who declared it. */
export type ConnectionStatus = Pick<
  Cluster,
  'cause' | 'kubernetesVersion' | 'lastProbe' | 'lastSync' | 'since' | 'state'
>

export interface Connection {
  readonly api: KubeApi
  readonly users: UserApis
  readonly status: ConnectionStatus
  readonly kinds: ReadonlyMap<Kind, KindStats>
  /** When each kind was last surely in step, Unix ms; kinds that never were are missing. */
  readonly inStep: ReadonlyMap<Kind, number>
  /** Probes at once, and tries again what fails. */
  retry(): void
  close(): Promise<void>
}

export interface ConnectionOptions {
  readonly access: ClusterAccess
  readonly writer: InventoryWriter
  readonly sharing: Sharing
  readonly pacer: Pacer
  readonly surroundings: Surroundings
  readonly choice: NamespaceChoice
  /** Kinds that are listed at once. */
  readonly syncsAtOnce: number
  /** Of an earlier connection to the same cluster, whose objects are still there. */
  readonly inStep?: ReadonlyMap<Kind, number>
  /** Where requests with people's own tokens go; absent = to the API server itself. */
  readonly usersServer?: UsersServer
  /** Called when state, cause or Kubernetes version change. */
  readonly onStatus: () => void
}

/** A frozen server is noticed within this and the timeout. */
const probeEveryMs = 2_000
/**
 * From probe to probe while it does not answer, or while something waits for a probe to be tried again: so a server is
 * found within two seconds of its return even behind a black hole.
 */
const probeAgainMs = 1_000
/** After a probe that took longer than that. */
const leastPauseMs = 200
/** CRDs that are installed later appear within this. */
const discoverEveryMs = 10_000
/** So often all documents are asked for, not only those that may have grown. */
const freshEvery = 6

export function connect(options: ConnectionOptions): Connection {
  const { access, surroundings, onStatus } = options
  const { clock, random, timers, log } = surroundings
  const { cluster } = access
  const api = createKubeApi(access)
  const users = createUserApis(access, api, options.usersServer)
  const closed = new AbortController()
  // Discovery asks for a dozen documents at once, each of which ends with the connection.
  setMaxListeners(0, closed.signal)
  const watches = createKindWatches({
    ...options,
    api,
    cluster,
    inStep: options.inStep ?? new Map(),
    signal: closed.signal,
    onState: (state) => {
      if (state.state === 'failing' && state.failure.reason === 'unreachable') pausing.abort()
      settle()
    },
  })
  let served: ServedKinds | undefined
  let discovering = false
  let discoveries = 0
  let discoveredAt = 0
  let probe: Probe | undefined
  let pausing = new AbortController()
  let status: ConnectionStatus = { state: 'syncing', since: clock() }

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      const begunAt = clock()
      await probeOnce()
      const tookMs = clock() - begunAt
      if (closed.signal.aborted) return
      if (probe?.ok === true && clock() - discoveredAt >= discoverEveryMs) void discoverOnce()
      settle()
      // Not one signal of both: see `limited` in `kube/api.ts`.
      pausing = new AbortController()
      const isWell = probe?.ok === true && !watches.waitsForProbe
      const delayMs = (isWell ? probeEveryMs : probeAgainMs) * (0.75 + random() / 2)
      await pause(timers, isWell ? delayMs : Math.max(leastPauseMs, delayMs - tookMs), pausing.signal)
    }
  }

  async function probeOnce(): Promise<void> {
    const before = probe
    const attempts = before?.ok === false ? 3 : 1
    const now = await ask(api, closed.signal, surroundings, watches.newestByteAt, attempts)
    if (now === undefined) return
    probe = now
    if (now.ok) {
      status = {
        ...status,
        lastProbe: clock(),
        ...(now.version === undefined ? {} : { kubernetesVersion: now.version }),
      }
      if (before?.ok === false) recovered()
    } else {
      if (now.reason === 'unauthorized') api.reloadCredential()
      if (before?.ok !== false) log('warn', 'cluster does not answer', { cluster, cause: now.cause })
    }
    watches.probed(now)
  }

  /** Requests from before the outage may hang without anybody ever answering them. */
  function recovered(): void {
    log('info', 'cluster answers again', { cluster })
    discoveredAt = 0
    watches.recover()
  }

  async function discoverOnce(): Promise<void> {
    if (discovering) return
    discovering = true
    try {
      const fresh = discoveries++ % freshEvery === 0
      const found = await discover(api, served ?? new Map(), closed.signal, fresh)
      if (closed.signal.aborted) return
      discoveredAt = clock()
      served = found
      watches.adopt(found)
      settle()
    } catch (error) {
      const failure = thrown(cluster, 'discovery', error)
      if (failure.reason !== 'aborted') log('warn', 'API groups cannot be read', { cluster, reason: failure.message })
    } finally {
      discovering = false
    }
  }

  function settle(): void {
    if (closed.signal.aborted) return
    const evidence: Evidence = { probe, rejected: watches.rejection, kinds: watches.states, now: clock() }
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

  void run().catch((error: unknown) => log('error', 'a connection ended', { cluster, error }))

  return {
    api,
    users,
    get status() {
      return status
    },
    get kinds() {
      return watches.stats
    },
    inStep: watches.inStep,
    retry: () => {
      discoveredAt = 0
      pausing.abort()
      watches.restartFailing()
    },
    close: async () => {
      closed.abort()
      pausing.abort()
      watches.stop()
      await Promise.all([api.close(), users.close()])
    },
  }
}
