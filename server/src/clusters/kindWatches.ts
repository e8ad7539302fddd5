/** All kinds of one cluster: starts, stops and moves their watches as the cluster serves them, and publishes their state. */
import type { ClusterName } from '@binocle/api/identity'
import type { InventoryWriter, Kind, KindState } from '../inventory/inventory.ts'
import { isRecord, record } from '../inventory/json.ts'
import { allKinds } from '../inventory/kinds.ts'
import type { Sharing } from '../inventory/sharing.ts'
import type { KubeApi } from '../kube/api.ts'
import type { ServedKinds } from '../kube/discovery.ts'
import { createQuestion } from '../kube/question.ts'
import type { ReflectorState } from '../kube/reflector.ts'
import { createSlots } from '../kube/slots.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { kindState, sameState } from './kindState.ts'
import { type KindStats, type KindWatch, watchKind } from './kindWatch.ts'
import { createPartialAccess } from './partialAccess.ts'
import { createRegain } from './regain.ts'
import { core, type Evidence } from './state.ts'
import { type KindSink, sinkFor } from './watchKind.ts'
import { type WatchSort, watchSeconds } from './watchSeconds.ts'

/** Which namespaces count where we may not read a whole cluster. */
export interface NamespaceChoice {
  /** By name; undefined: those that we may list and that are selected. */
  readonly names: readonly string[] | undefined
  selects(namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> }): boolean
}

export interface KindWatches {
  /** Undefined while it is not known which kinds there are. */
  readonly states: ReadonlyMap<Kind, KindState> | undefined
  readonly stats: ReadonlyMap<Kind, KindStats>
  readonly inStep: ReadonlyMap<Kind, number>
  /** Our credential is rejected by a watch. */
  readonly rejection: Evidence['rejected']
  /** Something that was refused or silent waits to be tried, one with each probe. */
  readonly waitsForProbe: boolean
  /** Unix ms. */
  newestByteAt(): number
  adopt(served: ServedKinds): void
  /** After each probe. */
  probed(probe: Evidence['probe']): void
  /** After an outage. */
  recover(): void
  restartFailing(): void
  stop(): void
}

export interface KindWatchesOptions {
  readonly api: KubeApi
  readonly cluster: ClusterName
  readonly writer: InventoryWriter
  readonly sharing: Sharing
  readonly pacer: Pacer
  readonly surroundings: Surroundings
  readonly choice: NamespaceChoice
  /** Kinds of this cluster that are listed at once. */
  readonly syncsAtOnce: number
  /** Of an earlier connection to the same cluster, whose objects are still there. */
  readonly inStep: ReadonlyMap<Kind, number>
  readonly signal: AbortSignal
  /** A state has changed; `state` is what a watch says. */
  readonly onState: (state: ReflectorState) => void
}

export function createKindWatches(options: KindWatchesOptions): KindWatches {
  const { api, cluster, writer, sharing, pacer, surroundings, choice, signal, onState } = options
  const { clock, log, random } = surroundings
  const syncSlots = createSlots(options.syncsAtOnce)
  const isThere = createQuestion(api)
  const watches = new Map<Kind, KindWatch>()
  const states = new Map<Kind, KindState>()
  const inStep = new Map(options.inStep)
  /** Names of the namespaces that may be listed and are selected. */
  const selected = new Set<string>()
  const access = createPartialAccess(api, signal, surroundings, narrow)
  const regain = createRegain(watches, (kind) => inStep.has(kind) || core.includes(kind))
  let probe: Evidence['probe']
  let discovered = false

  function publish(kind: Kind): void {
    if (signal.aborted) return
    const watch = watches.get(kind)?.state
    // The API server answered just now: a live watch was in step until then.
    if (probe?.ok === true && watch?.state === 'live') inStep.set(kind, clock())
    const state = kindState(watch, inStep.get(kind), probe, discovered)
    if (sameState(states.get(kind), state)) return
    states.set(kind, state)
    writer.setState(kind, cluster, state)
  }

  const sortOf = (kind: Kind): WatchSort => (kind === 'namespaces' ? 'first' : core.includes(kind) ? 'core' : 'other')

  function streamsOf(sort: WatchSort): number {
    let streams = 0
    for (const [kind, watch] of watches) if (sortOf(kind) === sort) streams += watch.streams
    return streams
  }

  /** What took one stream may have taken others, which would be noticed much later. */
  function suspectAll(kind: Kind): void {
    log('warn', 'a watch brings nothing, though the cluster answers: all that are quiet begin anew', { cluster, kind })
    const sinceMs = clock() - livelyMs
    for (const watch of watches.values()) watch.distrust(sinceMs)
  }

  function start(kind: Kind, version: string): KindWatch {
    let before: ReflectorState = { state: 'syncing' }
    return watchKind({
      api,
      kind,
      version,
      surroundings,
      pacer,
      syncSlots,
      watchSeconds: () => watchSeconds(sortOf(kind), streamsOf(sortOf(kind)), random()),
      onSilence: () => suspectAll(kind),
      isThere,
      isUp: () => probe?.ok === true,
      sinkFor: (namespace) => {
        const sink = sinkFor(kind, version, cluster, writer, sharing, log, namespace)
        return kind === 'namespaces' ? tapped(sink) : sink
      },
      onState: () => {
        const state = watches.get(kind)?.state
        if (state === undefined) return
        if (before.state === 'live' || state.state === 'live') inStep.set(kind, clock())
        before = state
        regain.heard(kind)
        publish(kind)
        onState(state)
      },
    })
  }

  /** Remembers which namespaces there are: they are where to look for what we may not read whole. */
  function tapped(sink: KindSink): KindSink {
    const note = (object: unknown): void => {
      const { name, labels } = isRecord(object) ? record(object, 'metadata') : {}
      if (typeof name !== 'string') return
      if (choice.selects({ name, labels: isRecord(labels) ? textsOf(labels) : {} })) selected.add(name)
      else selected.delete(name)
    }
    return {
      get rejected() {
        return sink.rejected
      },
      put: (object) => {
        note(object)
        sink.put(object)
      },
      remove: (object) => {
        const { name } = isRecord(object) ? record(object, 'metadata') : {}
        if (typeof name === 'string') selected.delete(name)
        sink.remove(object)
      },
      resync: () => {
        selected.clear()
        const resync = sink.resync()
        return {
          put: (object) => {
            note(object)
            resync.put(object)
          },
          done: resync.done,
        }
      },
    }
  }

  function narrow(): void {
    const narrow = [...watches].filter(([, { isNarrow }]) => isNarrow)
    if (narrow.length === 0 || signal.aborted) return
    access.look(choice.names ?? [...selected].sort())
    for (const [kind, watch] of narrow) {
      watch.narrowTo(access.of(kind))
      publish(kind)
    }
  }

  for (const kind of allKinds) publish(kind)

  return {
    get states() {
      return discovered ? states : undefined
    },
    get stats() {
      return new Map([...watches].map(([kind, { stats }]) => [kind, stats]))
    },
    inStep,
    get rejection() {
      for (const { state } of watches.values()) {
        if (state.state === 'failing' && state.failure.reason === 'unauthorized') return state.failure.problem
      }
      return undefined
    },
    get waitsForProbe() {
      return regain.isWaiting
    },
    newestByteAt: () => Math.max(0, ...[...watches.values()].map(({ stats }) => stats.lastByteAt)),
    adopt: (served) => {
      discovered = true
      for (const kind of allKinds) {
        const version = served.get(kind)
        const now = watches.get(kind)
        if (now?.version !== version) {
          now?.stop()
          watches.delete(kind)
          if (version !== undefined) watches.set(kind, start(kind, version))
        }
        if (version === undefined) {
          writer.replace(kind, cluster, [])
          inStep.delete(kind)
        }
        publish(kind)
      }
    },
    probed: (answer) => {
      probe = answer
      if (answer?.ok === true) {
        narrow()
        regain.tryOne()
      }
      for (const kind of allKinds) publish(kind)
    },
    recover: () => {
      // Not since the outage began: a watch may have ended in it, and its renewal be held up.
      const sinceMs = clock() - livelyMs
      for (const watch of watches.values()) watch.recover(sinceMs)
    },
    restartFailing: () => {
      for (const watch of watches.values()) {
        if (watch.state.state === 'failing' || watch.isNarrow) watch.restart()
      }
    },
    stop: () => {
      for (const watch of watches.values()) watch.stop()
    },
  }
}

/** A stream that brought something so lately is not suspected. */
const livelyMs = 2_000

const textsOf = (labels: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]))
