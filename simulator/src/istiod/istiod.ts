/**
 * istiod's debug endpoints of one simulated control-plane pod, from the scenario. A pod knows the proxies connected to
 * it, the services and endpoints of all clusters it reads, and the configuration of its own cluster.
 */
import type { RequestListener } from 'node:http'
import type { Topology } from '../topology.ts'
import { configz, meshConfigJson } from './config.ts'
import { type Plane, planesOf } from './plane.ts'
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
    const planes = cluster ? planesOf(topology, cluster) : []
    const listeners = new Map<string, RequestListener>()
    return (namespace, pod, port) => {
      if (!PORTS.has(port)) return undefined
      const name = `${namespace}/${pod}`
      const known = listeners.get(name) ?? found(planes, namespace, pod, clock)
      if (known) listeners.set(name, known)
      return known
    }
  }
}

/** Debug and readiness; monitoring. */
const PORTS = new Set([8080, 15014])

function found(
  planes: readonly Plane[],
  namespace: string,
  pod: string,
  clock: () => number,
): RequestListener | undefined {
  for (const plane of planes) {
    if (plane.namespace !== namespace) continue
    const index = plane.topology.pods(plane.workload).findIndex(({ name }) => name === pod)
    if (index >= 0) return answersOf(plane, index, clock)
  }
  return undefined
}

type Endpoint = (plane: Plane, podIndex: number, nowMs: number) => unknown

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/debug/clusterz': clusterz,
  '/debug/configz': configz,
  '/debug/endpointShardz': endpointShardz,
  '/debug/mesh': meshConfigJson,
  '/debug/networkz': networkz,
  '/debug/registryz': registryz,
  '/debug/syncz': syncz,
}

function answersOf(plane: Plane, podIndex: number, clock: () => number): RequestListener {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname === '/ready') {
      response.writeHead(200).end()
      return
    }
    if (pathname === '/version') {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end(`${plane.istiod.version}-0000000-Clean`)
      return
    }
    const endpoint = ENDPOINTS[pathname]
    if (!endpoint) {
      response.writeHead(404).end('404 page not found\n')
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(endpoint(plane, podIndex, clock())))
  }
}
