/**
 * One kind of one cluster: watched as a whole; where that is forbidden, in the namespaces where we may list it, each on
 * its own. The whole is tried again now and then: rights may be granted later.
 */
import type { Kind } from '../inventory/inventory.ts'
import { collectionPath, resources } from '../inventory/kinds.ts'
import type { KubeApi } from '../kube/api.ts'
import type { ReflectorStats } from '../kube/collection.ts'
import { type Reflector, type ReflectorState, startReflector } from '../kube/reflector.ts'
import type { Slots } from '../kube/slots.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { followByName } from './namedNamespaces.ts'
import type { KindSink } from './watchKind.ts'

export interface KindWatch {
  /** API version it is watched in. */
  readonly version: string
  readonly state: ReflectorState
  readonly stats: KindStats
  /** The whole is forbidden: where we may list it counts. */
  readonly isNarrow: boolean
  /** The whole is forbidden, whether or not parts of it can be read. */
  readonly isRefused: boolean
  /** Its watches bring nothing, though the server answers. */
  readonly isSilent: boolean
  /** Asks for what is refused or silent again at once. `onTrial`: it must give a sign of life before it is believed. */
  retry(onTrial: boolean): void
  /** How many streams it takes. */
  readonly streams: number
  /** Follows it in exactly these namespaces while the whole is forbidden. */
  narrowTo(namespaces: readonly string[]): void
  /** Tries again at once. */
  restart(): void
  /** After an outage: tries again at once what it kept from being read, unless bytes came since `sinceMs` (Unix ms). */
  recover(sinceMs: number): void
  /** What has brought nothing since begins anew, on trial: it must give a sign of life soon. */
  distrust(sinceMs: number): void
  stop(): void
}

export interface KindStats extends Readonly<ReflectorStats> {
  readonly version: string
  /** Objects that did not fit their type. */
  readonly rejected: number
  /** Followed one by one; absent where the cluster is read as a whole. */
  readonly namespaces?: readonly string[]
}

export interface KindWatchOptions {
  readonly api: KubeApi
  readonly kind: Kind
  readonly version: string
  /** Where objects go: those of one namespace, or all. */
  readonly sinkFor: (namespace?: string) => KindSink
  readonly onState: () => void
  /** Of a reflector. */
  readonly watchSeconds: () => number
  readonly onSilence: () => void
  readonly isUp: () => boolean
  readonly isThere: () => Promise<boolean>
  readonly surroundings: Surroundings
  readonly pacer: Pacer
  readonly syncSlots: Slots
}

export function watchKind(options: KindWatchOptions): KindWatch {
  const { api, kind, version, sinkFor, surroundings, onState, pacer, syncSlots } = options
  const { watchSeconds, onSilence, isThere, isUp } = options
  const parts = new Map<string, Part>()
  const whole = follow(collectionPath(kind, version))

  /** Without a namespace: the whole. */
  function follow(path: string, namespace?: string): Part {
    const sink = sinkFor(namespace)
    const part: Part = { sink, state: { state: 'syncing' }, reflector: idle }
    part.reflector = startReflector({
      api,
      path,
      sink,
      surroundings,
      pacer,
      syncSlots,
      watchSeconds,
      onSilence,
      isThere,
      isUp,
      onState: (state) => {
        part.state = state
        if (namespace === undefined && state.state === 'live') narrowTo([])
        onState()
      },
    })
    return part
  }

  function followIn(namespace: string): Part {
    if (kind !== 'namespaces') return follow(collectionPath(kind, version, namespace), namespace)
    const part: Part = { sink: sinkFor(namespace), state: { state: 'syncing' }, reflector: idle }
    part.reflector = followByName(api, namespace, part.sink, surroundings, (state) => {
      part.state = state
      onState()
    })
    return part
  }

  const isNarrow = (): boolean => isForbidden(whole.state) && (resources[kind].namespaced || kind === 'namespaces')

  function narrowTo(namespaces: readonly string[]): void {
    for (const [namespace, { reflector, sink }] of parts) {
      if (namespaces.includes(namespace)) continue
      reflector.stop()
      parts.delete(namespace)
      // What the whole has brought by now is not taken back.
      if (!isForbidden(whole.state)) continue
      if (kind === 'namespaces') sink.remove({ metadata: { name: namespace } })
      else sink.resync().done()
    }
    if (!isNarrow()) return
    for (const namespace of namespaces) if (!parts.has(namespace)) parts.set(namespace, followIn(namespace))
  }

  const all = (): Part[] => [whole, ...parts.values()]
  const quietSince = (sinceMs: number): Part[] => all().filter(({ reflector }) => reflector.stats.lastByteAt <= sinceMs)

  return {
    version,
    get state() {
      return isNarrow() ? (combined([...parts.values()].map(({ state }) => state)) ?? whole.state) : whole.state
    },
    get stats() {
      const namespaces = [...parts.keys()].sort()
      return { ...total(all()), version, ...(namespaces.length > 0 ? { namespaces } : {}) }
    },
    get isNarrow() {
      return isNarrow()
    },
    get isRefused() {
      return isForbidden(whole.state)
    },
    get isSilent() {
      return all().some(isSilent)
    },
    get streams() {
      return 1 + parts.size
    },
    retry: (onTrial) => {
      for (const { reflector } of all().filter((part) => part === whole || isSilent(part))) {
        if (onTrial) reflector.distrust()
        else reflector.restart()
      }
    },
    narrowTo,
    restart: () => {
      for (const { reflector } of all()) reflector.restart()
    },
    recover: (sinceMs) => {
      const quiet = quietSince(sinceMs)
      for (const part of all()) {
        const { reflector, state } = part
        // Open watches of a server that was only slow go on, and need not all be asked for at once.
        const hangs = quiet.includes(part) && (state.state === 'failing' || !reflector.isOpen)
        if (reflector.isWaiting || hangs) reflector.restart()
      }
    },
    distrust: (sinceMs) => {
      for (const { reflector } of quietSince(sinceMs)) reflector.distrust()
    },
    stop: () => {
      for (const { reflector } of all()) reflector.stop()
    },
  }
}

interface Part {
  readonly sink: KindSink
  state: ReflectorState
  reflector: Reflector
}

const nothing: ReflectorStats = {
  events: 0,
  bytes: 0,
  restarts: 0,
  silences: 0,
  relists: 0,
  sinkErrors: 0,
  lastByteAt: 0,
  mode: 'streaming',
}
const idle: Reflector = {
  stats: nothing,
  isOpen: false,
  isWaiting: false,
  restart: () => {},
  distrust: () => {},
  stop: () => {},
}

const isForbidden = (state: ReflectorState): boolean =>
  state.state === 'failing' && state.failure.reason === 'forbidden'

const isSilent = ({ state }: Part): boolean => state.state === 'failing' && state.failure.reason === 'silent'

/** Undefined of none. What fails counts before what is not read yet; a namespace that is closed to us takes nothing from the others. */
function combined(states: readonly ReflectorState[]): ReflectorState | undefined {
  const open = states.filter((state) => !isForbidden(state))
  return (
    open.find(({ state }) => state === 'failing') ??
    open.find(({ state }) => state === 'syncing') ??
    open[0] ??
    states[0]
  )
}

function total(parts: readonly Part[]): ReflectorStats & { rejected: number } {
  const sum = { ...nothing, rejected: 0 }
  for (const { reflector, sink } of parts) {
    const { stats } = reflector
    sum.events += stats.events
    sum.bytes += stats.bytes
    sum.restarts += stats.restarts
    sum.silences += stats.silences
    sum.relists += stats.relists
    sum.sinkErrors += stats.sinkErrors
    sum.lastByteAt = Math.max(sum.lastByteAt, stats.lastByteAt)
    if (stats.mode !== 'streaming' && sum.mode !== 'polled') sum.mode = stats.mode
    sum.rejected += sink.rejected
  }
  return sum
}
