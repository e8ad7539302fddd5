/**
 * Keeps answers fresh: what the event stream tells makes answers old, the query client asks again for those on screen.
 * A change is told at most once a second, and asked for at most every two: the mesh may change faster than eyes.
 */
import type { ClusterStatus, ClustersAnswer, MeshEvent } from '@binocle/api/multicluster'
import type { QueryClient } from '@tanstack/react-query'
import { type EventStream, eventStream, type StreamState } from './eventStream.ts'
import { topics } from './queries.ts'

export interface Live {
  readonly stream: EventStream
  /** For `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void
  state(): StreamState
  /** Last sentence about a change of a cluster, for a screen reader. */
  announcement(): string
  /** While paused only the state of the clusters is followed. */
  setPaused(paused: boolean): void
}

const settleMs = 2_000

/** `onBroken`: the stream is gone, which may mean that the login is over. */
export function startLive(client: QueryClient, onBroken: () => void): Live {
  const listeners = new Set<() => void>()
  let said = ''
  let paused = false
  let pending: number | undefined
  let pendingClusters: number | undefined

  const tell = () => {
    for (const listener of listeners) listener()
  }

  const meshChanged = () => {
    if (paused || pending !== undefined) return
    pending = window.setTimeout(() => {
      pending = undefined
      void client.invalidateQueries({ queryKey: [topics.mesh] })
    }, settleMs)
  }

  /** What a cluster holds is told a moment after it changed state: its kinds catch up one after the other. */
  const clusterChanged = () => {
    if (pendingClusters !== undefined) return
    pendingClusters = window.setTimeout(() => {
      pendingClusters = undefined
      void client.invalidateQueries({ queryKey: [topics.clusters] })
    }, settleMs)
  }

  const onEvent = (event: MeshEvent) => {
    if (event.type === 'hello') void client.invalidateQueries({ queryKey: [topics.clusters] })
    if (event.type === 'inventory' || event.type === 'traffic') meshChanged()
    if (event.type === 'cluster-gone') {
      void client.invalidateQueries({ queryKey: [topics.clusters] })
      said = `Cluster ${event.name} is gone.`
      tell()
      meshChanged()
    }
    if (event.type !== 'cluster') return
    const before = client.getQueryData<ClustersAnswer>([topics.clusters])
    const same = before?.clusters.find(({ name }) => name === event.cluster.name)
    client.setQueryData<ClustersAnswer>([topics.clusters], (answer) => withCluster(answer, event.cluster))
    if (same?.state === event.cluster.state) return
    said = `Cluster ${event.cluster.name} is ${event.cluster.state}.`
    tell()
    clusterChanged()
    meshChanged()
  }

  const stream = eventStream({
    connect: () => new EventSource(new URL('api/multicluster/events', document.baseURI)),
    clock: {
      setTimeout: (callback, delayMs) => window.setTimeout(callback, delayMs),
      clearTimeout: (timer) => {
        if (typeof timer === 'number') window.clearTimeout(timer)
      },
    },
    onEvent,
    onState: tell,
    onBroken,
    onPoll() {
      if (document.hidden) return
      void client.invalidateQueries({ queryKey: [topics.clusters] })
      if (!paused) void client.invalidateQueries({ queryKey: [topics.mesh] })
    },
  })

  return {
    stream,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: () => stream.state,
    announcement: () => said,
    setPaused(next) {
      paused = next
    },
  }
}

/** The answer with one cluster's state replaced, or added when it is new. */
export function withCluster(answer: ClustersAnswer | undefined, changed: ClusterStatus): ClustersAnswer | undefined {
  if (answer === undefined) return undefined
  const known = answer.clusters.some(({ name }) => name === changed.name)
  return {
    ...answer,
    clusters: known
      ? answer.clusters.map((cluster) => (cluster.name === changed.name ? changed : cluster))
      : [...answer.clusters, changed],
  }
}
