/**
 * Keeps one kind of one cluster in step: list, then watch, for ever. It knows about time and failure and nothing about
 * objects: these go to a sink as JSON. Streaming lists first, paged lists where the server refuses them, polling where
 * we may list and not watch.
 */

import { isRecord } from '../inventory/json.ts'
import type { KubeApi } from './api.ts'
import { backoffMs } from './backoff.ts'
import { KubeFailure, thrown } from './failure.ts'
import { createLineSplitter, LineTooLong } from './lines.ts'
import { createListScanner } from './listScanner.ts'
import type { Pacer } from './pacer.ts'
import type { Slots } from './slots.ts'
import { pause, type Surroundings } from './surroundings.ts'
import { parseJson, parseWatchEvent, versionOf } from './watchEvent.ts'

/** What it throws is counted and logged, and does not disturb the watch. */
export interface Sink {
  put(object: unknown): void
  remove(object: unknown): void
  /** All objects are put anew; what is not put until `done` is gone. */
  resync(): { put(object: unknown): void; done(): void }
}

/** Begins with `syncing`, of which nobody is told. */
export type ReflectorState =
  | { readonly state: 'syncing' }
  | { readonly state: 'live' }
  /** `synced`: there was a good state before. */
  | { readonly state: 'failing'; readonly failure: KubeFailure; readonly synced: boolean }

export interface ReflectorOptions {
  readonly api: KubeApi
  /** Of the collection, e.g. `/apis/apps/v1/deployments`. */
  readonly path: string
  /** e.g. `labelSelector=app%3Distiod`; absent = all objects. */
  readonly selector?: string
  readonly sink: Sink
  readonly onState: (state: ReflectorState) => void
  readonly surroundings: Surroundings
  readonly pacer: Pacer
  /** Bounds how many kinds of a cluster sync at once. */
  readonly syncSlots: Slots
}

export interface Reflector {
  readonly stats: ReflectorStats
  /** Tries again at once: after an outage, when streams may hang that nobody will ever end. */
  restart(): void
  stop(): void
}

export interface ReflectorStats {
  events: number
  bytes: number
  /** Sessions after the first. */
  restarts: number
  relists: number
  sinkErrors: number
  /** Unix ms of the last byte; 0 before. */
  lastByteAt: number
  mode: 'paged' | 'polled' | 'streaming'
}

/** Items of a paged list per request. */
const pageSize = 500
/** No object is longer: etcd refuses more than 1.5 MB unless told otherwise. */
const maxObjectBytes = 32 << 20
/** A watch without a byte for so long is given up: API servers send bookmarks about once a minute. */
const watchSilenceMs = 150_000
const bodySilenceMs = 15_000
const pollMs = 60_000
const slowRetryMs = 60_000
/** A session that lasted so long was good: what follows is a first failure again. */
const stableMs = 60_000

export function startReflector(options: ReflectorOptions): Reflector {
  const { api, path, sink, onState, surroundings, pacer, syncSlots } = options
  const selected = options.selector === undefined ? '' : `${options.selector}&`
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
        await wait(slow ? slowRetryMs : backoffMs(failures, random()))
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
        if (stats.mode === 'streaming' && (await streamAll(signal, release))) return
        version = await listPages(signal)
        inStep()
      } finally {
        release()
      }
    }
    try {
      await watch(signal, version)
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
  async function streamAll(signal: AbortSignal, release: () => void): Promise<boolean> {
    const resync = sink.resync()
    stats.relists++
    let complete = false
    try {
      await events(signal, `${watchQuery(random())}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`, {
        put: (object) => (complete ? sink.put(object) : resync.put(object)),
        bookmark: (bookmarked, initialEventsEnd) => {
          if (!complete && initialEventsEnd) {
            complete = true
            safely(resync.done)
            release()
            inStep()
          }
          if (complete) version = bookmarked ?? version
        },
        changed: (changed) => {
          if (complete) version = changed ?? version
        },
      })
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

  async function watch(signal: AbortSignal, from: string): Promise<void> {
    await events(signal, `${watchQuery(random())}&resourceVersion=${encodeURIComponent(from)}`, {
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

  async function events(signal: AbortSignal, query: string, to: EventTarget): Promise<void> {
    const body = await api.stream(`${path}?${selected}${query}`, { signal, silenceMs: 0 })
    to.connected?.()
    const lines = createLineSplitter(maxObjectBytes)
    const watched = session
    const stopWatching = watchdog(() => watched.abort())
    try {
      for await (const chunk of body) {
        stats.bytes += chunk.length
        stats.lastByteAt = clock()
        await pacer.run(() => {
          for (const line of lines.push(chunk)) event(line, to)
        })
      }
    } catch (error) {
      if (error instanceof LineTooLong) throw new KubeFailure('answer', api.cluster, `${api.cluster}: ${error.message}`)
      throw error
    } finally {
      stopWatching()
    }
    if (lines.open) throw new KubeFailure('answer', api.cluster, `${api.cluster} ended ${what} within a line`)
  }

  function event(line: string, to: EventTarget): void {
    const parsed = parseWatchEvent(line, api.cluster, what)
    switch (parsed.type) {
      case 'error':
        throw parsed.failure
      case 'bookmark':
        to.bookmark(parsed.version, parsed.initialEventsEnd)
        break
      case 'changed':
        stats.events++
        safely(() => to.put(parsed.object))
        to.changed(parsed.version)
        break
      case 'deleted':
        stats.events++
        safely(() => sink.remove(parsed.object))
        to.changed(parsed.version)
        break
    }
  }

  function watchdog(bark: () => void): () => void {
    let cancel = (): void => {}
    const since = clock()
    const look = (): void => {
      const silentMs = clock() - Math.max(since, stats.lastByteAt)
      if (silentMs >= watchSilenceMs) bark()
      else cancel = timers.after(watchSilenceMs - silentMs, look)
    }
    look()
    return () => cancel()
  }

  /** Returns the version that the list shows. A continue token that has expired means once more from the beginning. */
  async function listPages(signal: AbortSignal): Promise<string> {
    stats.relists++
    try {
      return await listOnce(signal)
    } catch (error) {
      if (error instanceof KubeFailure && error.reason === 'gone') return await listOnce(signal)
      throw error
    }
  }

  async function listOnce(signal: AbortSignal): Promise<string> {
    const resync = sink.resync()
    let next = ''
    for (;;) {
      const query = `limit=${pageSize}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`
      const list = await page(signal, query, resync.put)
      next = list.next
      if (next !== '') continue
      safely(resync.done)
      return list.version
    }
  }

  async function page(
    signal: AbortSignal,
    query: string,
    put: (object: unknown) => void,
  ): Promise<{ version: string; next: string }> {
    const body = await api.stream(`${path}?${selected}${query}`, { signal, silenceMs: bodySilenceMs })
    const scanner = createListScanner(maxObjectBytes)
    try {
      for await (const chunk of body) {
        stats.bytes += chunk.length
        stats.lastByteAt = clock()
        await pacer.run(() => {
          for (const text of scanner.push(chunk)) {
            const object = parseJson(text, api.cluster, what)
            stats.events++
            safely(() => put(object))
          }
        })
      }
      return headOf(JSON.parse(scanner.end()))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new KubeFailure('answer', api.cluster, `${api.cluster} answers ${what} with no list: ${error.message}`)
    }
  }

  function headOf(list: unknown): { version: string; next: string } {
    const at = isRecord(list) ? versionOf(list) : undefined
    if (!isRecord(list) || at === undefined) throw new SyntaxError('it has no resourceVersion')
    const next = isRecord(list.metadata) ? list.metadata.continue : undefined
    return { version: at, next: typeof next === 'string' ? next : '' }
  }

  /** A consumer's error is its own affair. */
  function safely(action: () => void): void {
    try {
      action()
    } catch (error) {
      stats.sinkErrors++
      log('error', 'an object could not be taken over', { cluster: api.cluster, path, error })
    }
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

interface EventTarget {
  connected?(): void
  put(object: unknown): void
  bookmark(version: string | undefined, initialEventsEnd: boolean): void
  changed(version: string | undefined): void
}

/** The server ends a watch after 5 to 10 minutes, spread by chance so that not all are renewed at once. */
const watchQuery = (random: number): string =>
  `watch=true&allowWatchBookmarks=true&timeoutSeconds=${300 + Math.floor(300 * random)}`
