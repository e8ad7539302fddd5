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
}

export interface Reflector {
  readonly stats: ReflectorStats
  /** Tries again at once: after an outage, when streams may hang that nobody will ever end. */
  restart(): void
  stop(): void
}

const pollMs = 60_000
const slowRetryMs = 60_000
/** A server that says 410 answers: it need not be spared as one that does not, and is in step soon after it recovers. */
const goneRetryCapMs = 3_000
/** A session that lasted so long was good: what follows is a first failure again. */
const stableMs = 60_000

export function startReflector(options: ReflectorOptions): Reflector {
  const { api, path, sink, onState, surroundings, syncSlots } = options
  const { clock, random, timers, log } = surroundings
  const stats: ReflectorStats = {
    events: 0,
    bytes: 0,
    restarts: 0,
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

  async function run(): Promise<void> {
    let reloaded = false
    for (let first = true; !stopped; first = false) {
      if (!first) stats.restarts++
      session = new AbortController()
      const begunAt = clock()
      try {
        await keepInStep(session.signal)
        if (clock() - begunAt > stableMs) failures = 0
        // A server that ends every watch at once must not be asked in a tight loop.
        else if (clock() - begunAt < 2_000) await wait(backoffMs(++failures, random()))
        reloaded = false
      } catch (error) {
        const failure = thrown(api.cluster, what, error)
        if (stopped) return
        if (failure.reason === 'aborted') continue
        if (clock() - begunAt > stableMs) failures = 0
        failures++
        if (failure.reason === 'gone' || (failure.reason === 'answer' && failures > 1)) version = undefined
        if (failure.reason === 'gone' && failures === 1) continue
        if (failure.reason === 'unauthorized' && !reloaded && api.reloadCredential()) {
          reloaded = true
          continue
        }
        reloaded = false
        failing = true
        onState({ state: 'failing', failure, synced })
        const slow = failure.reason === 'forbidden' || failure.reason === 'absent'
        const capMs = failure.reason === 'gone' ? goneRetryCapMs : undefined
        await wait(slow ? slowRetryMs : backoffMs(failures, random(), undefined, capMs))
      }
    }
  }

  /** Ends early on `restart` and `stop`. */
  const wait = (delayMs: number): Promise<void> => pause(timers, delayMs, session.signal)

  /** One session: returns when the server ends it properly. */
  async function keepInStep(signal: AbortSignal): Promise<void> {
    const listed = version === undefined
    if (version === undefined) {
      const release = await syncSlots.take(signal)
      try {
        if (stats.mode === 'streaming' && (await streamAll(release))) return
        version = await collection.list(signal)
        inStep()
      } finally {
        release()
      }
    }
    try {
      await watch(version)
    } catch (error) {
      if (!(error instanceof KubeFailure) || error.reason !== 'forbidden') throw error
      version = undefined
      // Whether the list may still be read is to be seen: all rights may be gone.
      if (!listed) return
      if (stats.mode !== 'polled') log('info', 'may be listed and not watched: polled', { cluster: api.cluster, path })
      stats.mode = 'polled'
      await wait(pollMs)
    }
  }

  function inStep(): void {
    synced = true
    failing = false
    onState({ state: 'live' })
  }

  /** A list and a watch in one request. False when the server does not do it: then a paged list is the way. */
  async function streamAll(release: () => void): Promise<boolean> {
    const resync = sink.resync()
    stats.relists++
    let complete = false
    try {
      await collection.watch(
        session,
        `${watchQuery(random())}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
        {
          put: (object) => (complete ? sink.put(object) : resync.put(object)),
          bookmark: (bookmarked, initialEventsEnd) => {
            if (!complete && initialEventsEnd) {
              complete = true
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
      return true
    } catch (error) {
      if (complete || !(error instanceof KubeFailure)) throw error
      if (error.reason === 'forbidden') return false
      // An old etcd behind the server shows as 200 and one ERROR event of code 500 before anything else.
      const cannot = error.reason === 'refused' || (error.reason === 'server' && error.status === 500)
      if (!cannot) throw error
      stats.mode = 'paged'
      return false
    }
  }

  async function watch(from: string): Promise<void> {
    await collection.watch(session, `${watchQuery(random())}&resourceVersion=${encodeURIComponent(from)}`, {
      connected: () => {
        if (stats.mode === 'polled') stats.mode = 'streaming'
        if (failing) inStep()
      },
      put: (object) => sink.put(object),
      bookmark: (bookmarked) => {
        version = bookmarked ?? version
      },
      changed: (changed) => {
        version = changed ?? version
      },
    })
  }

  void run().catch((error: unknown) => log('error', 'a reflector ended', { cluster: api.cluster, path, error }))

  return {
    stats,
    restart: () => {
      failures = 0
      session.abort()
    },
    stop: () => {
      stopped = true
      session.abort()
    },
  }
}

/** The server ends a watch after 5 to 10 minutes, spread by chance so that not all are renewed at once. */
const watchQuery = (random: number): string =>
  `watch=true&allowWatchBookmarks=true&timeoutSeconds=${300 + Math.floor(300 * random)}`
