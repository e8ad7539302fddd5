/**
 * The event stream: tells a page what changed, never what it is now. Changes of the inventory are coalesced to at most
 * one event a second; everything is filtered by what the viewer may see, which is decided anew while the stream lasts.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterStatus, MeshEvent } from '@binocle/api/multicluster'
import type { Scope, Viewer } from '../access/scope.ts'
import type { Mesh } from '../model.ts'
import type { StreamSink } from './route.ts'

/** Calls back after a delay; returns how to stop. */
export type Later = (callback: () => void, delayMs: number) => () => void

export interface EventSurroundings {
  readonly later: Later
  /** The same who listens, decided anew. Rejects when the login is over. */
  readonly again: () => Promise<Viewer>
  /** Makes the chip of a cluster; undefined = it is no more. */
  readonly statusOf: (scope: Scope, cluster: ClusterName) => ClusterStatus | undefined
}

const coalesceMs = 1000
const heartbeatMs = 15_000
/**
 * How long a login that is over may still be believed, and how much longer than a page a stream believes in a right that
 * was taken away. Asking is cheap: what clusters say of a person is kept (`access/`).
 */
const decidedMs = 2_000
/** Streams end by themselves; the browser reconnects. */
const lifeMs = 10 * 60_000

/** Opens one client's stream; returns how to end it. */
export function openEvents(
  mesh: Mesh,
  viewer: Viewer,
  sink: StreamSink,
  { again, later, statusOf }: EventSurroundings,
): () => void {
  let { scope } = viewer
  let open = true
  /** Grows with what is told: the inventory's own would count what happens elsewhere. */
  let generation = 0
  const changed = new Map<ClusterName, Set<string>>()
  let cancelFlush: (() => void) | undefined
  const send = (event: MeshEvent): void => {
    if (open && !sink.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)) stop()
  }
  const flush = (): void => {
    cancelFlush = undefined
    const visible = [...changed]
      .map(([cluster, namespaces]) => ({
        cluster,
        namespaces: [...namespaces].filter((namespace) => canSee(scope, cluster, namespace)).sort(),
      }))
      .filter(({ namespaces }) => namespaces.length > 0)
    changed.clear()
    if (visible.length > 0) send({ type: 'inventory', generation: ++generation, changed: visible })
  }
  let cancelBeat: () => void = () => {}
  const beat = (): void => {
    if (sink.write(': beat\n\n')) cancelBeat = later(beat, heartbeatMs)
    else stop()
  }
  let cancelDecision: () => void = () => {}
  const decide = async (): Promise<void> => {
    try {
      const decided = (await again()).scope
      if (!open) return
      const before = scope.key
      scope = decided
      // Whatever the page shows may be more or less than it may show now.
      if (scope.key !== before) send({ type: 'inventory', generation: ++generation, changed: [] })
      cancelDecision = later(() => void decide(), decidedMs)
    } catch {
      // Nobody is told anything whose login could not be confirmed.
      stop()
      sink.close()
    }
  }
  const stops = [
    mesh.inventory.onChange(({ cluster, namespace }) => {
      const namespaces = changed.get(cluster)
      if (namespaces) namespaces.add(namespace)
      else changed.set(cluster, new Set([namespace]))
      cancelFlush ??= later(flush, coalesceMs)
    }),
    mesh.clusters.onChange(({ name, gone }) => {
      if (scope.seesCluster(name) === 'no') return
      if (gone === true) return send({ type: 'cluster-gone', name })
      const status = statusOf(scope, name)
      if (status) send({ type: 'cluster', cluster: status })
    }),
    mesh.traffic.onRefresh(() => send({ type: 'traffic', timestamp: mesh.traffic.now() })),
    later(() => sink.close(), lifeMs),
  ]
  function stop(): void {
    open = false
    for (const end of stops.splice(0)) end()
    cancelFlush?.()
    cancelBeat()
    cancelDecision()
  }
  send({ type: 'hello', generation })
  beat()
  cancelDecision = later(() => void decide(), decidedMs)
  return stop
}

/** Cluster-scoped objects are told of as namespace '': that something changed, not what. */
const canSee = (scope: Scope, cluster: ClusterName, namespace: string): boolean =>
  (namespace === '' ? scope.seesCluster(cluster) : scope.sees({ cluster, namespace })) === 'yes'
