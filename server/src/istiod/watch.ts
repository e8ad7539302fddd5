/**
 * Asks every istiod pod of the mesh in the background, each by itself: a sick one is asked more and more seldom and
 * delays nobody, one that Kubernetes finds ready again is asked at once, one of a cluster that is away is not asked.
 * What it said last stays, with its age and the cause.
 */
import { setMaxListeners } from 'node:events'
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import { stale, unknown } from '@binocle/api/known'
import type { Problem } from '@binocle/api/problem'
import type { ProxyStatuses } from '../catalog/providers.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { backoffMs } from '../kube/backoff.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import type { IstiodFacts, IstiodFactsSource } from './facts.ts'
import { type IstiodPod, istiodPods } from './pods.ts'
import type { Poll, Said } from './poll.ts'
import { createProxyIndex, type Proxies, proxyKey } from './proxyIndex.ts'

export interface IstiodWatch {
  readonly proxies: ProxyStatuses
  readonly facts: IstiodFactsSource
  /** Whether some istiod pod of the revision is ready by its own word; undefined = none was asked yet. */
  answers(at: NamespaceRef, revision: string): boolean | undefined
  /** There are istiods, and each has answered or failed at least once. */
  settled(): boolean
  close(): void
}

export interface IstiodWatchOptions {
  readonly inventory: Inventory
  /** Why a cluster cannot be asked now; undefined = it can. */
  readonly away: (cluster: ClusterName) => Problem | undefined
  /** Never rejects. `whole`: also what is as big as the mesh. Ends early when `signal` is aborted. */
  readonly poll: (pod: IstiodPod, last: Said, whole: boolean, signal: AbortSignal) => Promise<Poll>
  /** Between two polls of a pod that answers. */
  readonly intervalMs: number
  readonly surroundings: Surroundings
}

/** How often we look which istiods there are, and which are due. */
const lookMs = 500
/** What is as big as the mesh is asked with every so manyth poll, first with the second: not while all is being synced. */
const wholeEvery = 15
/** Pods that are asked for it at once; the others are next time. Twenty clusters would answer hundreds of megabytes. */
const wholeAtOnce = 3
/** A pod that does not answer is asked again so soon, then more and more seldom. */
const soonMs = 2_000
/** But at least so often. */
const seldomMs = 60_000

export function watchIstiods({ inventory, away, poll, intervalMs, surroundings }: IstiodWatchOptions): IstiodWatch {
  const { clock, log, random, timers } = surroundings
  const asked = new Map<string, Asked>()
  const index = createProxyIndex()
  const closed = new AbortController()
  // Each poll under way listens to it.
  setMaxListeners(0, closed.signal)
  let factsVersion = 0
  let wholeNow = 0
  let cancel: () => void = () => {}

  function say(name: string, entry: Asked, facts: IstiodFacts, proxies: Proxies): void {
    index.replace(name, entry.proxies, proxies)
    const text = JSON.stringify(facts, withoutTimes)
    if (text !== entry.text) factsVersion++
    Object.assign(entry, { facts, proxies, text })
  }

  function look(): void {
    try {
      askWhoIsDue()
    } catch (error) {
      log('error', 'cannot see which istiods there are', { error: String(error) })
    }
    cancel = timers.after(lookMs, look)
  }

  function askWhoIsDue(): void {
    const pods = istiodPods(inventory)
    const names = new Set(pods.map(nameOf))
    for (const [name, { proxies }] of asked) {
      if (names.has(name)) continue
      asked.delete(name)
      factsVersion++
      index.replace(name, proxies, new Map())
    }
    for (const pod of pods) {
      const name = nameOf(pod)
      const entry = asked.get(name) ?? unasked(pod)
      asked.set(name, entry)
      // Kubernetes has just found it ready, or not: what we know of it is old.
      if (entry.pod.ready !== pod.ready) entry.dueMs = 0
      entry.pod = pod
      const cause = away(pod.cluster)
      if (cause !== undefined) {
        entry.settled = true
        entry.dueMs = 0
        entry.sinceWhole = wholeEvery
        say(name, entry, staleFacts(entry.facts, cause), entry.proxies)
      } else if (!entry.busy && clock() >= entry.dueMs) void ask(name, entry)
    }
  }

  async function ask(name: string, entry: Asked): Promise<void> {
    entry.busy = true
    entry.dueMs = Number.POSITIVE_INFINITY
    const isWhole = entry.sinceWhole >= wholeEvery && wholeNow < wholeAtOnce
    if (isWhole) wholeNow++
    const { failure, facts, proxies } = await poll(entry.pod, entry, isWhole, closed.signal)
    if (isWhole) wholeNow--
    if (closed.signal.aborted || asked.get(name) !== entry) return
    entry.busy = false
    entry.settled = true
    // Once it answers again, all that it said is old.
    if (failure !== undefined) entry.sinceWhole = wholeEvery
    else entry.sinceWhole = isWhole ? 0 : entry.sinceWhole + 1
    if (failure !== undefined && entry.failures === 0) log('warn', 'istiod does not answer', { ...failure })
    if (failure === undefined && entry.failures > 0) log('info', 'istiod answers again', { pod: name })
    entry.failures = failure === undefined ? 0 : entry.failures + 1
    const pauseMs =
      failure === undefined
        ? intervalMs * (0.9 + random() / 5)
        : backoffMs(entry.failures, random(), soonMs, Math.max(intervalMs, seldomMs))
    // Due earlier when it became so meanwhile.
    entry.dueMs = Math.min(entry.dueMs, clock() + pauseMs)
    say(name, entry, facts, proxies)
  }

  const ofRevision = (at: NamespaceRef, revision: string): Asked[] =>
    [...asked.values()].filter(
      ({ pod }) => pod.cluster === at.cluster && pod.namespace === at.namespace && pod.revision === revision,
    )

  look()
  return {
    proxies: {
      get version() {
        return index.version
      },
      versionIn: index.versionIn,
      proxyStatus: index.get,
    },
    facts: {
      get version() {
        return factsVersion
      },
      facts: (at, pod) => asked.get(proxyKey(at, pod))?.facts,
      ofRevision: (at, revision) => ofRevision(at, revision).map(({ facts, pod }) => ({ pod: pod.pod, facts })),
    },
    answers: (at, revision) => {
      const settled = ofRevision(at, revision).filter((entry) => entry.settled)
      return settled.length === 0 ? undefined : settled.some(({ facts }) => isReady(facts))
    },
    settled: () => asked.size > 0 && [...asked.values()].every(({ settled }) => settled),
    close: () => {
      cancel()
      closed.abort()
    },
  }
}

interface Asked extends Said {
  pod: IstiodPod
  facts: IstiodFacts
  proxies: Proxies
  /** The facts without their times, to see whether they changed. */
  text: string
  busy: boolean
  settled: boolean
  /** Polls since it was asked for what is as big as the mesh. */
  sinceWhole: number
  /** In a row. */
  failures: number
  /** Unix ms. */
  dueMs: number
}

function unasked(pod: IstiodPod): Asked {
  const cause = unknown({
    code: 'BIN-ISTIOD-UNREACHABLE',
    message: `istiod ${pod.namespace}/${pod.pod} of ${pod.cluster} was not asked yet`,
    cluster: pod.cluster,
  })
  return {
    pod,
    facts: { ready: cause, version: cause, remotes: cause, proxies: cause, registry: cause, config: cause },
    proxies: new Map(),
    text: '',
    busy: false,
    settled: false,
    sinceWhole: wholeEvery - 1,
    failures: 0,
    dueMs: 0,
  }
}

const isReady = ({ ready }: IstiodFacts): boolean => ready.state === 'known' && ready.value

function staleFacts(facts: IstiodFacts, cause: Problem): IstiodFacts {
  return {
    ready: stale(facts.ready, cause),
    version: stale(facts.version, cause),
    remotes: stale(facts.remotes, cause),
    proxies: stale(facts.proxies, cause),
    registry: stale(facts.registry, cause),
    config: stale(facts.config, cause),
  }
}

const withoutTimes = (key: string, value: unknown): unknown => (key === 'asOf' ? undefined : value)

const nameOf = ({ cluster, namespace, pod }: IstiodPod): string => proxyKey({ cluster, namespace }, pod)
