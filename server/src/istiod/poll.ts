/**
 * One poll of one istiod pod: asks for each fact in turn, and tells of each what came of it. A fact that was not to be
 * had keeps its last value and says why. After the first request without any answer the rest is not tried.
 */
import { type Known, known, stale } from '@binocle/api/known'
import type { Problem } from '@binocle/api/problem'
import { KubeFailure } from '../kube/failure.ts'
import { type PodHttp, PodStatus } from '../kube/podRequest.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { remoteOf } from './clusterz.ts'
import { createConfigCounter } from './configz.ts'
import { readElements } from './elements.ts'
import type { IstiodFacts, RemoteCluster } from './facts.ts'
import type { IstiodPod } from './pods.ts'
import { type Proxies, proxyKey } from './proxyIndex.ts'
import { createRegistryCounter } from './registryz.ts'
import { proxyOf } from './syncz.ts'

export interface Said {
  readonly facts: IstiodFacts
  readonly proxies: Proxies
}

export interface Poll extends Said {
  /** Why the pod did not answer at all; undefined when it did, whatever it answered. */
  readonly failure: Problem | undefined
}

export interface PollContext {
  /** To port 8080, which alone serves `/ready`. */
  readonly readiness: PodHttp
  /** To the monitoring port. */
  readonly monitoring: PodHttp
  readonly pacer: Pacer
  /** Unix ms. */
  readonly clock: () => number
}

const requestMs = 10_000
/** Lists of a big mesh are long. */
const listMs = 30_000
const listBytes = 512 << 20
const textBytes = 64 << 10

/** `whole`: also what is as big as the mesh, its services and its configuration. Never rejects. */
export async function pollIstiod(pod: IstiodPod, last: Said, whole: boolean, context: PollContext): Promise<Poll> {
  const { clock, monitoring, pacer, readiness } = context
  let failure: Problem | undefined

  /** Stops at a failure of `http` as a whole: that the port does not answer is found out once. */
  async function fact<T>(before: Known<T>, asked: () => Promise<T>): Promise<Known<T>> {
    if (failure !== undefined) return stale(before, failure)
    try {
      return known(await asked(), clock())
    } catch (error) {
      const cause = problemOf(pod, error)
      if (!(error instanceof PodStatus || error instanceof SyntaxError)) failure = cause
      return stale(before, cause)
    }
  }
  const elements = (name: string, take: Parameters<typeof readElements>[3]): Promise<void> =>
    readElements(monitoring, { path: `/debug/${name}`, timeoutMs: listMs, maxBytes: listBytes }, pacer, take)

  const ready = await fact(last.facts.ready, () => isReady(readiness))
  // A pod that listens on one of its ports only still tells what it can.
  const unready = failure
  if (!isAboutTheCluster(unready)) failure = undefined
  const version = await fact(last.facts.version, () => askVersion(monitoring))
  let { proxies } = last
  const connected = await fact(last.facts.proxies, async () => {
    proxies = await askProxies(elements)
    return proxies.size
  })
  const remotes = await fact(last.facts.remotes, () => askRemotes(elements))
  let { config, registry } = last.facts
  if (whole) {
    registry = await fact(registry, async () => {
      const counter = createRegistryCounter()
      await elements('registryz', counter.add)
      return counter.counts()
    })
    config = await fact(config, async () => {
      const counter = createConfigCounter()
      await elements('configz', counter.add)
      return counter.counts()
    })
  } else if (failure !== undefined) {
    registry = stale(registry, failure)
    config = stale(config, failure)
  }
  return {
    facts: { ready, version, proxies: connected, remotes, registry, config },
    proxies,
    failure: failure ?? unready,
  }
}

const isAboutTheCluster = (problem: Problem | undefined): boolean =>
  problem !== undefined && problem.code !== 'BIN-ISTIOD-UNREACHABLE'

async function isReady(readiness: PodHttp): Promise<boolean> {
  try {
    await readiness.text({ path: '/ready', timeoutMs: requestMs, maxBytes: textBytes })
    return true
  } catch (error) {
    if (error instanceof PodStatus) return false
    throw error
  }
}

async function askVersion(monitoring: PodHttp): Promise<string> {
  const line = (await monitoring.text({ path: '/version', timeoutMs: requestMs, maxBytes: textBytes })).trim()
  // Not a page of something else that listens there.
  if (!/^[\w.+:/-]{1,200}$/.test(line)) throw new SyntaxError('/version is not one')
  return line
}

type Elements = (name: string, take: Parameters<typeof readElements>[3]) => Promise<void>

async function askProxies(elements: Elements): Promise<Proxies> {
  const proxies = new Map<string, NonNullable<ReturnType<typeof proxyOf>>['status']>()
  await elements('syncz', (element) => {
    const proxy = proxyOf(element)
    if (proxy !== undefined) proxies.set(proxyKey(proxy, proxy.pod), proxy.status)
  })
  return proxies
}

async function askRemotes(elements: Elements): Promise<readonly RemoteCluster[]> {
  const remotes: RemoteCluster[] = []
  await elements('clusterz', (element) => {
    const remote = remoteOf(element)
    if (remote !== undefined) remotes.push(remote)
  })
  // istiod keeps them in a map: their order says nothing, and would look like a change.
  return remotes.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function problemOf({ cluster, namespace, pod }: IstiodPod, error: unknown): Problem {
  if (error instanceof KubeFailure) return error.problem
  const said = error instanceof Error ? error.message : String(error)
  const message = `istiod ${namespace}/${pod} of ${cluster}: ${said}`
  if (error instanceof PodStatus && error.status === 404) {
    return {
      code: 'BIN-ISTIOD-DISABLED',
      message: `${message}; its debug endpoints are off`,
      cluster,
      remedy: 'Set ENABLE_DEBUG_ON_HTTP=true in its environment.',
    }
  }
  if (error instanceof PodStatus || error instanceof SyntaxError) {
    return { code: 'BIN-ISTIOD-ANSWER', message, cluster, remedy: 'Check its version and its log.' }
  }
  return {
    code: 'BIN-ISTIOD-UNREACHABLE',
    message,
    cluster,
    remedy: 'Check that the pod runs, and that the API server reaches pods on ports 8080 and 15014.',
  }
}
