/**
 * The admin port of a proxy, over a port-forward: what its configuration is, and how much it logs. Reading goes with the
 * console's own account, for who may open that forward himself; changing goes as the person (reference: auth.md 8.4, 8.5).
 * Which port and which paths is decided here and nowhere else.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Login } from '../access/login.ts'
import type { ClusterConnections } from '../clusters/start.ts'
import { mayDo } from '../kube/accessReview.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { createPodHttp, type PodHttp } from '../kube/podRequest.ts'
import { createSlots, type Slots } from '../kube/slots.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { awayFailure, forbidden, proxyFailure } from './adminFailure.ts'
import { createDumpReader, type Dump } from './dump.ts'
import type { PodRef } from './podRef.ts'
import { createZtunnelReader, type ZtunnelDump } from './ztunnel.ts'

/** Every method throws `BinocleError`. That the viewer sees the namespace, and that the pod is there, is decided before. */
export interface ProxyAdmin {
  /** In whose turns the answers are worked through. */
  readonly pacer: Pacer
  /** Of an Envoy. Who ask for the same at the same time share one answer. */
  dump(login: Login | undefined, pod: PodRef): Promise<Dump>
  /** The same of a ztunnel. */
  ztunnelDump(login: Login | undefined, pod: PodRef): Promise<ZtunnelDump>
  /** Of all loggers of an Envoy. */
  setLogLevel(login: Login | undefined, pod: PodRef, level: LogLevel): Promise<void>
}

export const logLevels = ['off', 'trace', 'debug', 'info', 'warning', 'error', 'critical'] as const
export type LogLevel = (typeof logLevels)[number]

type AdminClusters = Pick<ClusterConnections, 'api' | 'apiAs' | 'get'>

const port = 15000
/** For everything: waiting for a turn, the opening of the forward, and the answer to its last byte. */
const answerMs = 15_000
const openMs = 10_000
const reviewMs = 3_000
/** More than any proxy needs that is told of what it calls. */
const maxBytes = 64 << 20
/** In one cluster: each may hold that much memory for as long as it is read. One that hangs keeps no other cluster waiting. */
const atOnce = 3

export function createProxyAdmin(clusters: AdminClusters, pacer: Pacer, limitMs = answerMs): ProxyAdmin {
  const slots = new Map<ClusterName, Slots>()
  const slotsOf = (cluster: ClusterName): Slots => {
    const known = slots.get(cluster) ?? createSlots(atOnce)
    slots.set(cluster, known)
    return known
  }

  /** The person's own API, when he may open a forward to the pods of the namespace. */
  async function permit(login: Login | undefined, pod: PodRef): Promise<KubeApi> {
    const { cause, state } = clusters.get(pod.cluster) ?? {}
    if (cause !== undefined && (state === 'unreachable' || state === 'unauthorized')) throw awayFailure(pod, cause)
    const credential = login?.on(pod.cluster)
    const api = credential && clusters.apiAs(credential)
    if (credential === undefined || api === undefined) throw forbidden(pod)
    if (credential.kind === 'console') return api
    const { namespace } = pod
    const question = { namespace, verb: 'create', group: '', resource: 'pods', subresource: 'portforward' }
    const allowed = await mayDo(api, question, reviewMs).catch((error: unknown) => {
      throw proxyFailure(pod, error, credential.kind)
    })
    if (!allowed) throw forbidden(pod)
    return api
  }

  /** Reads `/config_dump` with the console's account, `cut` as it arrives. */
  async function read<T>(pod: PodRef, reader: { push(chunk: Uint8Array): void; end(): T }): Promise<T> {
    const begunAt = performance.now()
    const waiting = AbortSignal.timeout(limitMs)
    const release = await slotsOf(pod.cluster)
      .take(waiting)
      .catch(() => {
        throw proxyFailure(pod, new Error('others that are asked in its cluster do not answer'))
      })
    try {
      const timeoutMs = Math.max(1, limitMs - (performance.now() - begunAt))
      return await within(clusters.api(pod.cluster), pod, timeoutMs, async (http) => {
        const take = (chunk: Buffer): Promise<void> => pacer.run(() => reader.push(chunk))
        await http.read({ path: '/config_dump', timeoutMs, maxBytes }, take)
        return reader.end()
      })
    } catch (error) {
      throw proxyFailure(pod, error)
    } finally {
      release()
    }
  }

  const dumps = sharing((pod) => read(pod, createDumpReader()))
  const ztunnelDumps = sharing((pod) => read(pod, createZtunnelReader()))
  return {
    pacer,
    dump: async (login, pod) => {
      await permit(login, pod)
      return dumps(pod)
    },
    ztunnelDump: async (login, pod) => {
      await permit(login, pod)
      return ztunnelDumps(pod)
    },
    setLogLevel: async (login, pod, level) => {
      const api = await permit(login, pod)
      const path = `/logging?level=${level}`
      try {
        await within(api, pod, limitMs, (http) => http.text({ path, method: 'POST', timeoutMs: limitMs }))
      } catch (error) {
        throw proxyFailure(pod, error, login?.on(pod.cluster)?.kind)
      }
    },
  }
}

/** Whoever asks for a pod while its answer is under way gets the same one. */
function sharing<T>(read: (pod: PodRef) => Promise<T>): (pod: PodRef) => Promise<T> {
  const underWay = new Map<string, Promise<T>>()
  return (pod) => {
    const key = JSON.stringify([pod.cluster, pod.namespace, pod.name])
    const known = underWay.get(key)
    if (known !== undefined) return known
    const answer = read(pod).finally(() => underWay.delete(key))
    underWay.set(key, answer)
    return answer
  }
}

async function within<T>(
  api: KubeApi | undefined,
  { cluster, namespace, name }: PodRef,
  timeoutMs: number,
  use: (http: PodHttp) => Promise<T>,
): Promise<T> {
  const http = createPodHttp(async () => {
    if (api?.forward === undefined) throw new KubeFailure('unreachable', cluster, `${cluster} cannot be reached`)
    return api.forward({ namespace, pod: name, port }, Math.min(openMs, timeoutMs))
  })
  try {
    return await use(http)
  } finally {
    http.close()
  }
}
