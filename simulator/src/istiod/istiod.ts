/**
 * istiod's debug endpoints of one simulated control-plane pod, from the scenario. A pod knows the proxies connected to
 * it, the services and endpoints of all clusters it reads, and the configuration of its own cluster.
 */
import type { RequestListener } from 'node:http'
import { meshFacts } from '../objects/objects.ts'
import type { SimCluster } from '../scenario.ts'
import type { Topology } from '../topology.ts'
import { configz, meshConfigJson } from './config.ts'
import { endpointShardz, registryz } from './registry.ts'
import { clusterz, networkz } from './remotes.ts'
import { syncz } from './sync.ts'

/** What answers on a pod's port; undefined when the pod is no istiod or the port is closed. */
export function istiodBackend(
  topology: Topology,
  clock: () => number,
): (cluster: string) => (namespace: string, pod: string, port: number) => RequestListener | undefined {
  return (clusterName) => {
    const cluster = topology.cluster(clusterName)
    const listeners = new Map<string, RequestListener>()
    return (namespace, pod, port) => {
      if (!cluster || !PORTS.has(port)) return undefined
      const istiod = topology.workloads.find(
        (w) => w.cluster === clusterName && w.namespace === namespace && w.app === 'istiod',
      )
      const index = istiod ? topology.pods(istiod).findIndex((one) => one.name === pod) : -1
      if (index < 0) return undefined
      const known = listeners.get(pod) ?? answersOf(topology, cluster, index, clock)
      listeners.set(pod, known)
      return known
    }
  }
}

/** Debug and readiness; monitoring. */
const PORTS = new Set([8080, 15014])

type Endpoint = (topology: Topology, cluster: SimCluster, podIndex: number, nowMs: number) => unknown

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/debug/clusterz': (topology, cluster) => clusterz(topology, cluster),
  '/debug/configz': (topology, cluster) => configz(topology, cluster),
  '/debug/endpointShardz': (topology, cluster) => endpointShardz(topology, cluster),
  '/debug/mesh': (topology, cluster) => meshConfigJson(topology, cluster),
  '/debug/networkz': (topology) => networkz(topology),
  '/debug/registryz': (topology, cluster) => registryz(topology, cluster),
  '/debug/syncz': syncz,
}

function answersOf(topology: Topology, cluster: SimCluster, podIndex: number, clock: () => number): RequestListener {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname === '/ready') {
      response.writeHead(200).end()
      return
    }
    if (pathname === '/version') {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end(`${meshFacts(topology.scenario, cluster).version}-0000000-Clean`)
      return
    }
    const endpoint = ENDPOINTS[pathname]
    if (!endpoint) {
      response.writeHead(404).end('404 page not found\n')
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(endpoint(topology, cluster, podIndex, clock())))
  }
}
