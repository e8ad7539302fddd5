/** The watch of istiods over the clusters' port-forwards. */
import type { Problem } from '@binocle/api/problem'
import type { ClusterConnections } from '../clusters/start.ts'
import type { Config } from '../config/config.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { KubeFailure } from '../kube/failure.ts'
import { createPodHttp, type PodHttp } from '../kube/podRequest.ts'
import type { Surroundings } from '../kube/surroundings.ts'
import { createPacer, type Pacer } from '../outbound/pacer.ts'
import type { IstiodPod } from './pods.ts'
import { pollIstiod } from './poll.ts'
import { type IstiodWatch, type IstiodWatchOptions, watchIstiods } from './watch.ts'

const readinessPort = 8080
const openMs = 10_000

/** `pacer` is shared with others that work through much. */
export function startIstiods(
  config: Pick<Config['istio'], 'apiEnabled' | 'pollIntervalS'>,
  clusters: Pick<ClusterConnections, 'api' | 'get'>,
  inventory: Inventory,
  surroundings: Surroundings,
  pacer: Pacer = createPacer(),
): IstiodWatch {
  const intervalMs = (config.pollIntervalS ?? 20) * 1000
  if (config.apiEnabled === false) return unasked({ inventory, surroundings, intervalMs })
  const httpTo = ({ cluster, namespace, pod }: IstiodPod, port: number): PodHttp =>
    createPodHttp(async () => {
      const forward = clusters.api(cluster)?.forward
      if (forward === undefined) throw new KubeFailure('unreachable', cluster, `${cluster} cannot be reached`)
      return forward({ namespace, pod, port }, openMs)
    })
  return watchIstiods({
    inventory,
    surroundings,
    intervalMs,
    away: (cluster) => {
      const { state, cause } = clusters.get(cluster) ?? {}
      return state === 'unreachable' || state === 'unauthorized' ? cause : undefined
    },
    poll: async (pod, last, whole, signal) => {
      const readiness = httpTo(pod, readinessPort)
      const monitoring = httpTo(pod, pod.monitoringPort)
      // Opened for one poll only: a forward that is held open costs the API server and the node a connection each.
      const close = (): void => {
        readiness.close()
        monitoring.close()
      }
      signal.addEventListener('abort', close)
      try {
        return await pollIstiod(pod, last, whole, { readiness, monitoring, pacer, clock: surroundings.clock })
      } finally {
        signal.removeEventListener('abort', close)
        close()
      }
    },
  })
}

const disabled: Problem = {
  code: 'BIN-ISTIOD-DISABLED',
  message: 'istiods are not asked, by configuration',
  remedy: 'Set external_services.istio.istio_api_enabled to true.',
}

/** Each fact that is missing says that it was not wanted; whether istiods answer nobody knows. */
function unasked(options: Pick<IstiodWatchOptions, 'intervalMs' | 'inventory' | 'surroundings'>): IstiodWatch {
  const poll: IstiodWatchOptions['poll'] = async (_pod, last) => ({ ...last, failure: disabled })
  return { ...watchIstiods({ ...options, away: () => disabled, poll }), answers: () => undefined, settled: () => true }
}
