/** For tests: a cluster's watches on time that moves when told, each of which can be lost without anybody being told. */
import type { KubeApi } from '../kube/api.ts'
import { answered, KubeFailure } from '../kube/failure.ts'
import type { FakeTime } from '../kube/testing.ts'

export interface WatchedCluster {
  readonly api: KubeApi
  /** Requests that were made, by path without query. */
  readonly asked: string[]
  /** Something of this kind changes, by its path. */
  change(path: string): void
  /** Streams that are open bring nothing any more; without paths: all. */
  lose(...paths: string[]): void
  /** While true, new streams bring nothing. */
  silent: boolean
  /** While true, lists and watches are refused with 503, and those that were open are cut. */
  refusing: boolean
}

export function watchedCluster(time: FakeTime): WatchedCluster {
  const asked: string[] = []
  const open = new Set<Stream>()
  const changes: { readonly path: string; readonly version: number }[] = []
  const cluster = { silent: false, refusing: false }

  function stream(path: string, query: URLSearchParams, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const made = createStream(path, cluster.silent)
    open.add(made)
    const from = Number(query.get('resourceVersion') ?? Number.POSITIVE_INFINITY)
    for (const each of changes) if (each.path === path && each.version > from) made.say(added(each.version))
    if (query.has('sendInitialEvents')) made.say(bookmark(changes.length, true))
    const cancel = time.timers.after(1000 * Number(query.get('timeoutSeconds')), () => {
      made.say(bookmark(changes.length, false))
      made.end()
    })
    signal.addEventListener('abort', () => {
      cancel()
      open.delete(made)
      made.cut()
    })
    return made.lines()
  }

  async function* list(): AsyncIterable<Uint8Array> {
    yield Buffer.from(JSON.stringify({ metadata: { resourceVersion: String(changes.length) }, items: [] }))
  }

  const api: KubeApi = {
    cluster: 'west',
    get: () => Promise.resolve({ gitVersion: 'v1.34.4' }),
    request: () => Promise.resolve({}),
    stream: async (url, { signal }) => {
      const [path = '', query = ''] = url.split('?')
      asked.push(path)
      if (cluster.refusing) throw answered('west', `GET ${path}`, 503, undefined)
      const params = new URLSearchParams(query)
      return params.has('watch') ? stream(path, params, signal) : list()
    },
    reloadCredential: () => false,
    close: () => Promise.resolve(),
  }
  return {
    api,
    asked,
    change: (path) => {
      changes.push({ path, version: changes.length + 1 })
      for (const each of open) if (each.path === path) each.say(added(changes.length))
    },
    lose: (...paths) => {
      for (const each of open) if (paths.length === 0 || paths.includes(each.path)) each.lose()
    },
    get silent() {
      return cluster.silent
    },
    set silent(silent) {
      cluster.silent = silent
    },
    get refusing() {
      return cluster.refusing
    },
    set refusing(refusing) {
      cluster.refusing = refusing
      if (refusing) for (const each of open) each.break()
    },
  }
}

interface Stream {
  readonly path: string
  say(text: string): void
  end(): void
  lose(): void
  /** The client went away. */
  cut(): void
  /** The connection does. */
  break(): void
  lines(): AsyncIterable<Uint8Array>
}

function createStream(path: string, bornLost: boolean): Stream {
  const waiting: string[] = []
  let lost = bornLost
  let ended = false
  let isCut = false
  let isBroken = false
  let wake = (): void => {}

  async function* lines(): AsyncIterable<Uint8Array> {
    for (;;) {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield Buffer.from(next)
      if (isCut) throw new DOMException('given up', 'AbortError')
      if (isBroken) throw new KubeFailure('unreachable', 'west', 'the connection was reset')
      if (ended) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  return {
    path,
    say: (text) => {
      if (lost || ended || isBroken) return
      waiting.push(text)
      wake()
    },
    end: () => {
      if (lost) return
      ended = true
      wake()
    },
    lose: () => {
      lost = true
    },
    cut: () => {
      isCut = true
      wake()
    },
    break: () => {
      isBroken = true
      wake()
    },
    lines,
  }
}

const added = (version: number): string =>
  `${JSON.stringify({ type: 'ADDED', object: { metadata: { name: `a${version}`, resourceVersion: String(version) } } })}\n`

const bookmark = (version: number, initialEventsEnd: boolean): string => {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  return `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version), ...annotations } } })}\n`
}
