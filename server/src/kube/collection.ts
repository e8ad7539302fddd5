/**
 * One collection of one cluster over the network: a list in pages, or a stream of events; object by object as the bytes
 * come, a few milliseconds at a time. It knows nothing of when to ask again: that is the reflector's.
 */
import { isRecord } from '../inventory/json.ts'
import { createListScanner } from '../outbound/listScanner.ts'
import type { Pacer } from '../outbound/pacer.ts'
import type { KubeApi } from './api.ts'
import { KubeFailure } from './failure.ts'
import { guardStream, type StreamLife } from './guardStream.ts'
import { createLineSplitter, LineTooLong } from './lines.ts'
import { createQuestion } from './question.ts'
import type { Surroundings } from './surroundings.ts'
import { parseJson, parseWatchEvent, versionOf } from './watchEvent.ts'

/** What it throws is counted and logged, and does not disturb the watch. */
export interface Sink {
  put(object: unknown): void
  remove(object: unknown): void
  /** All objects are put anew; what is not put until `done` is gone. */
  resync(): { put(object: unknown): void; done(): void }
}

export interface ReflectorStats {
  events: number
  bytes: number
  /** Sessions after one that did not end as it was asked to. */
  restarts: number
  /** Streams that were found dead: nothing came, not even the end that was asked for, though the server answered. */
  silences: number
  relists: number
  sinkErrors: number
  /** Unix ms of the last byte; 0 before. */
  lastByteAt: number
  mode: 'paged' | 'polled' | 'streaming'
}

/** Both reject with `KubeFailure`. */
export interface Collection {
  /** Puts all objects into the sink anew; returns the version that the list shows. */
  list(signal: AbortSignal): Promise<string>
  /** Resolves when the stream ends properly: when the server ends it, or we had enough of it. */
  watch(signal: AbortSignal, query: string, life: StreamLife, to: EventTarget): Promise<void>
  /** A consumer's error is its own affair. */
  safely(action: () => void): void
}

export interface EventTarget {
  connected?(): void
  put(object: unknown): void
  bookmark(version: string | undefined, initialEventsEnd: boolean): void
  changed(version: string | undefined): void
}

export interface CollectionOptions {
  readonly api: KubeApi
  /** e.g. `/apis/apps/v1/deployments`. */
  readonly path: string
  /** e.g. `labelSelector=app%3Distiod`; absent = all objects. */
  readonly selector?: string
  readonly sink: Sink
  readonly surroundings: Surroundings
  readonly pacer: Pacer
  /** See `createQuestion`; given where several collections of a cluster are followed. */
  readonly isThere?: () => Promise<boolean>
}

/** Items of a paged list per request. */
const pageSize = 500
/** No object is longer: etcd refuses more than 1.5 MB unless told otherwise. */
const maxObjectBytes = 32 << 20
const bodySilenceMs = 15_000

/** Counts into `stats`. */
export function createCollection(options: CollectionOptions, stats: ReflectorStats): Collection {
  const { api, path, sink, surroundings, pacer } = options
  const { clock, timers, log } = surroundings
  const selected = options.selector === undefined ? '' : `${options.selector}&`
  const what = `GET ${path}`
  const isThere = options.isThere ?? createQuestion(api)

  async function watch(signal: AbortSignal, query: string, life: StreamLife, to: EventTarget): Promise<void> {
    const guard = guardStream({ isThere, life, timers, clock, lastByteAt: () => stats.lastByteAt, signal })
    const lines = createLineSplitter(maxObjectBytes)
    try {
      const body = await api.stream(`${path}?${selected}${query}`, { signal: guard.signal, silenceMs: 0 })
      guard.begins()
      to.connected?.()
      for await (const chunk of body) {
        stats.bytes += chunk.length
        stats.lastByteAt = clock()
        await guard.whileWorking(
          pacer.run(() => {
            for (const line of lines.push(chunk)) event(line, to)
          }),
        )
      }
    } catch (error) {
      if (guard.verdict === 'enough') return
      if (guard.verdict === 'silent') throw new KubeFailure('silent', api.cluster, silence(what))
      if (error instanceof LineTooLong) throw new KubeFailure('answer', api.cluster, `${api.cluster}: ${error.message}`)
      throw error
    } finally {
      guard.ends()
    }
    if (lines.open) throw new KubeFailure('answer', api.cluster, `${api.cluster} ended ${what} within a line`)
  }

  const silence = (asked: string): string =>
    `${api.cluster} answers, but its watches bring nothing, not even their end (${asked})`

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

  /** Returns the version that the list shows. A continue token that has expired means once more from the beginning. */
  async function list(signal: AbortSignal): Promise<string> {
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
      const read = await page(signal, query, resync.put)
      next = read.next
      if (next !== '') continue
      safely(resync.done)
      return read.version
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

  function headOf(body: unknown): { version: string; next: string } {
    const at = isRecord(body) ? versionOf(body) : undefined
    if (!isRecord(body) || at === undefined) throw new SyntaxError('it has no resourceVersion')
    const next = isRecord(body.metadata) ? body.metadata.continue : undefined
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

  return { list, watch, safely }
}
