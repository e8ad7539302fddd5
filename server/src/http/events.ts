/**
 * The event stream: tells a page what changed, never what it is now. Changes of the inventory are coalesced to at most
 * one event a second; everything is filtered by the viewer's scope.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterStatus, MeshEvent } from '@binocle/api/multicluster'
import type { Scope } from '../access/scope.ts'
import type { Mesh } from '../model.ts'
import type { StreamSink } from './route.ts'

/** Calls back after a delay; returns how to stop. */
export type Later = (callback: () => void, delayMs: number) => () => void

const coalesceMs = 1000
const heartbeatMs = 15_000
/** Streams end by themselves, so that what a viewer may see is decided anew; the browser reconnects. */
const lifeMs = 10 * 60_000

/** Opens one client's stream; returns how to end it. `statusOf` makes the chip of a cluster, undefined = not to be seen. */
export function openEvents(
  mesh: Mesh,
  scope: Scope,
  sink: StreamSink,
  later: Later,
  statusOf: (cluster: ClusterName) => ClusterStatus | undefined,
): () => void {
  const changed = new Map<ClusterName, Set<string>>()
  let cancelFlush: (() => void) | undefined
  const send = (event: MeshEvent): void => {
    if (!sink.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)) stop()
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
    if (visible.length > 0) send({ type: 'inventory', generation: mesh.inventory.generation, changed: visible })
  }
  let cancelBeat: () => void = () => {}
  const beat = (): void => {
    if (sink.write(': beat\n\n')) cancelBeat = later(beat, heartbeatMs)
    else stop()
  }
  const stops = [
    mesh.inventory.onChange(({ cluster, namespace }) => {
      const namespaces = changed.get(cluster)
      if (namespaces) namespaces.add(namespace)
      else changed.set(cluster, new Set([namespace]))
      cancelFlush ??= later(flush, coalesceMs)
    }),
    mesh.clusters.onChange(({ name, gone }) => {
      if (gone === true && scope.seesCluster(name) === 'yes') send({ type: 'cluster-gone', name })
      const status = scope.seesCluster(name) === 'yes' ? statusOf(name) : undefined
      if (status) send({ type: 'cluster', cluster: status })
    }),
    mesh.traffic.onRefresh(() => send({ type: 'traffic', timestamp: mesh.traffic.now() })),
    later(() => sink.close(), lifeMs),
  ]
  function stop(): void {
    for (const end of stops.splice(0)) end()
    cancelFlush?.()
    cancelBeat()
  }
  send({ type: 'hello', generation: mesh.inventory.generation })
  beat()
  return stop
}

/** Cluster-scoped objects are told of as namespace ''. */
const canSee = (scope: Scope, cluster: ClusterName, namespace: string): boolean =>
  (namespace === '' ? scope.seesCluster(cluster) : scope.sees({ cluster, namespace })) === 'yes'
