/**
 * Keeps one kind of one cluster in step: list, then watch, for ever. It knows about time and failure and nothing about
 * objects: these go to a sink as JSON. Streaming lists first, paged lists where the server refuses them, polling where
 * we may list and not watch.
 */

import { backoffMs } from './backoff.ts'
import { type CollectionOptions, createCollection, type ReflectorStats } from './collection.ts'
import { KubeFailure, thrown } from './failure.ts'
import type { Slots } from './slots.ts'
import { pause } from './surroundings.ts'

/** Begins with `syncing`, of which nobody is told. */
export type ReflectorState =
  | { readonly state: 'syncing' }
  | { readonly state: 'live' }
  /** `synced`: there was a good state before. */
  | { readonly state: 'failing'; readonly failure: KubeFailure; readonly synced: boolean }

export interface ReflectorOptions extends CollectionOptions {
  readonly onState: (state: ReflectorState) => void
  /** Bounds how many kinds of a cluster sync at once. */
  readonly syncSlots: Slots
  /** How many seconds a watch is asked for. A dead one is noticed soon after: the shorter, the sooner. */
  readonly watchSeconds: () => number
  /** The server answers its probes: nobody else will say that what fails works again. Absent = not known. */
  readonly isUp?: () => boolean
  /**
   * A stream was found dead that was trusted: others of the cluster may be so too. Whoever takes this up also says when
   * to try again; else it is tried as what fails otherwise.
   */
  readonly onSilence?: () => void
}

export interface Reflector {
  readonly stats: ReflectorStats
  /** A watch is open: it brings what there is, or is found dead by itself. */
  readonly isOpen: boolean
  /** It failed, and lets time pass before it tries again. */
  readonly isWaiting: boolean
  /** Tries again at once: after an outage, when streams may hang that nobody will ever end. */
  restart(): void
  /** As `restart`, but on trial: it is in step when the new stream has given a sign of life, and it must do so soon. */
  distrust(): void
  stop(): void
}

const pollMs = 60_000
const slowRetryMs = 60_000
/**
 * A server that says 410, ends a list midway or answers its probes need not be spared as one that is away; and nobody
 * else says when it has recovered.
 */
const answeringRetryCapMs = 2_500
/** Of a streaming list, before it says anything: API servers wait 3 s at most until their cache is fresh. */
const firstByteMs = 4_000
/** How long a watch on trial is asked for. */
const trialS = 1

export function startReflector(options: ReflectorOptions): Reflector {
  const { api, path, sink, onState, surroundings, syncSlots } = options
  const { clock, random, timers, log } = surroundings
  const stats: ReflectorStats = {
    events: 0,
    bytes: 0,
    restarts: 0,
    silences: 0,
    relists: 0,
    sinkErrors: 0,
    lastByteAt: 0,
    mode: 'streaming',
  }
  const collection = createCollection(options, stats)
  const what = `GET ${path}`
  let stopped = false
  let session = new AbortController()
  let version: string | undefined
  let synced = false
  let failing = false
  let failures = 0
  /** Streams were silent: lists are read in pages, and a watch must prove first that it brings something. */
  let onTrial = false
  let isOpen = false
  let isWaiting = false
  let openedAt = 0

  async function run(): Promise<void> {
    let reloaded = false
    let orderly = true
    while (!stopped) {
      if (!orderly) stats.restarts++
      orderly = false
      session = new AbortController()
      try {
        isOpen = false
        orderly = await keepInStep(session.signal)
        reloaded = false
        if (orderly) failures = 0
        // A server that ends every watch at once must not be asked in a tight loop.
        else await waitToRetry(++failures, options.isUp?.() === true)
      } catch (error) {
        const wasGood = isOpen && clock() - openedAt >= hastyMs
        isOpen = false
        const failure = thrown(api.cluster, what, error)
        if (stopped) return
        if (failure.reason === 'aborted') continue
        if (failure.reason === 'silent' && distrusts()) continue
        failures = wasGood ? 1 : failures + 1
        if (failure.reason === 'gone' || (failure.reason === 'answer' && failures > 1)) version = undefined
        if (failure.reason === 'gone' && failures === 1) continue
        if (failure.reason === 'unauthorized' && !reloaded && api.reloadCredential()) {
          reloaded = true
          continue
        }
        reloaded = false
        failing = true
        onState({ state: 'failing', failure, synced })
        const slow =
          failure.reason === 'forbidden' ||
          failure.reason === 'absent' ||
          (failure.reason === 'silent' && options.onSilence !== undefined)
        const answers = failure.reason === 'gone' || failure.reason === 'answer' || options.isUp?.() === true
        await waitToRetry(failures, answers, slow ? slowRetryMs : undefined)
      }
    }
  }

  /** Whether the silence is the first: then it is tried again at once, and everybody is told. */
  function distrusts(): boolean {
    stats.silences++
    if (onTrial) return false
    onTrial = true
    options.onSilence?.()
    return true
  }

  async function waitToRetry(failed: number, answers: boolean, delayMs?: number): Promise<void> {
    isWaiting = true
    await wait(delayMs ?? backoffMs(failed, random(), undefined, answers ? answeringRetryCapMs : undefined))
    isWaiting = false
  }

  /** Ends early on `restart` and `stop`. */
  const wait = (delayMs: number): Promise<void> => pause(timers, delayMs, session.signal)

  /** One session. False when the server ended it before it had to. */
  async function keepInStep(signal: AbortSignal): Promise<boolean> {
    const listed = version === undefined
    if (version === undefined) {
      const release = await syncSlots.take(signal)
      try {
        if (stats.mode === 'streaming' && !onTrial) {
          const streamed = await streamAll(signal, release)
          if (streamed !== undefined) return streamed
        }
        version = await collection.list(signal)
        inStep()
      } finally {
        release()
      }
    }
    try {
      return await watch(signal, version)
    } catch (error) {
      if (!(error instanceof KubeFailure) || error.reason !== 'forbidden') throw error
      version = undefined
      // Whether the list may still be read is to be seen: all rights may be gone.
      if (!listed) return true
      if (stats.mode !== 'polled') log('info', 'may be listed and not watched: polled', { cluster: api.cluster, path })
      stats.mode = 'polled'
      await wait(pollMs)
      return true
    }
  }

  function opens(): void {
    isOpen = true
    openedAt = clock()
  }

  function inStep(): void {
    synced = true
    failing = false
    onState({ state: 'live' })
  }

  /**
   * A list and a watch in one request. Undefined when the server does not do it: then a paged list is the way. It was
   * asked for long enough to bring any list; as a watch it goes on for no longer than others.
   */
  async function streamAll(signal: AbortSignal, release: () => void): Promise<boolean | undefined> {
    const resync = sink.resync()
    stats.relists++
    const begunAt = clock()
    let complete = false
    const goesOnMs = (): number | undefined => (complete ? 1000 * options.watchSeconds() : undefined)
    try {
      await collection.watch(
        signal,
        `${watchQuery(listSeconds(random()))}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
        { firstByteMs, goesOnMs },
        {
          put: (object) => (complete ? sink.put(object) : resync.put(object)),
          bookmark: (bookmarked, initialEventsEnd) => {
            if (!complete && initialEventsEnd) {
              complete = true
              opens()
              collection.safely(resync.done)
              release()
              inStep()
            }
            if (complete) version = bookmarked ?? version
          },
          changed: (changed) => {
            if (complete) version = changed ?? version
          },
        },
      )
      if (!complete) throw new KubeFailure('answer', api.cluster, `${api.cluster} ended a streaming list midway`)
      return clock() - begunAt >= hastyMs
    } catch (error) {
      if (complete || !(error instanceof KubeFailure)) throw error
      if (error.reason === 'forbidden') return undefined
      // An old etcd behind the server shows as 200 and one ERROR event of code 500 before anything else.
      const cannot = error.reason === 'refused' || (error.reason === 'server' && error.status === 500)
      if (!cannot) throw error
      stats.mode = 'paged'
      return undefined
    }
  }

  async function watch(signal: AbortSignal, from: string): Promise<boolean> {
    const seconds = onTrial ? trialS : options.watchSeconds()
    const begunAt = clock()
    const alive = (): void => {
      onTrial = false
      if (failing) inStep()
    }
    const query = `${watchQuery(seconds)}&resourceVersion=${encodeURIComponent(from)}`
    await collection.watch(
      signal,
      query,
      { endsAfterS: seconds },
      {
        connected: () => {
          opens()
          if (stats.mode === 'polled') stats.mode = 'streaming'
          if (failing && !onTrial) inStep()
        },
        put: (object) => sink.put(object),
        bookmark: (bookmarked) => {
          alive()
          version = bookmarked ?? version
        },
        changed: (changed) => {
          alive()
          version = changed ?? version
        },
      },
    )
    isOpen = false
    alive()
    return clock() - begunAt >= Math.min(hastyMs, 900 * seconds)
  }

  void run().catch((error: unknown) => log('error', 'a reflector ended', { cluster: api.cluster, path, error }))

  return {
    stats,
    get isOpen() {
      return isOpen
    },
    get isWaiting() {
      return isWaiting
    },
    restart: () => {
      failures = 0
      onTrial = false
      session.abort()
    },
    distrust: () => {
      failures = 0
      onTrial = true
      session.abort()
    },
    stop: () => {
      stopped = true
      session.abort()
    },
  }
}

/**
 * Who ends a watch sooner than this, and sooner than asked, is not asked again at once. One that lasted longer was good:
 * what follows is a first failure again, or a connection that is cut now and then would be renewed ever more slowly.
 */
const hastyMs = 2_000

/** Longer than any list takes. */
const listSeconds = (random: number): number => 300 + Math.floor(300 * random)

const watchQuery = (seconds: number): string => `watch=true&allowWatchBookmarks=true&timeoutSeconds=${seconds}`
