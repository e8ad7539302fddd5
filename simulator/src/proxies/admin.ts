/**
 * The admin port of simulated proxies: what each is configured with follows from the scenario as the services and endpoints
 * of the istiods do. Made when it is asked for: a mesh has thousands of proxies that nobody looks into.
 */
import type { RequestListener } from 'node:http'
import { planesOf } from '../istiod/plane.ts'
import type { SimWorkload } from '../scenario.ts'
import { ZTUNNEL } from '../system.ts'
import type { Topology } from '../topology.ts'
import { envoyDump } from './envoy.ts'
import type { SimProxy } from './proxy.ts'
import { ztunnelDump } from './ztunnel.ts'

const ADMIN_PORT = 15000
const LEVELS = ['off', 'trace', 'debug', 'info', 'warning', 'error', 'critical']

/** What answers on a pod's port; undefined when the pod has no proxy, or the port is another one. */
export function proxyBackend(
  topology: Topology,
): (cluster: string) => (namespace: string, pod: string, port: number) => RequestListener | undefined {
  return (clusterName) => {
    const listeners = new Map<string, RequestListener>()
    let proxies: ReadonlyMap<string, SimProxy> | undefined
    return (namespace, pod, port) => {
      if (port !== ADMIN_PORT) return undefined
      proxies ??= proxiesOf(topology, clusterName)
      const name = `${namespace}/${pod}`
      const proxy = proxies.get(name)
      const known = listeners.get(name) ?? (proxy && answersOf(proxy))
      if (known) listeners.set(name, known)
      return known
    }
  }
}

function proxiesOf(topology: Topology, clusterName: string): Map<string, SimProxy> {
  const planes = topology.scenario.clusters.flatMap((cluster) => planesOf(topology, cluster))
  const plane = planes.find(({ served }) => served.some(({ name }) => name === clusterName))
  const proxies = new Map<string, SimProxy>()
  for (const workload of topology.workloads) {
    if (workload.cluster !== clusterName || !hasProxy(workload)) continue
    for (const pod of topology.pods(workload))
      proxies.set(`${workload.namespace}/${pod.name}`, { topology, workload, pod, plane })
  }
  return proxies
}

const hasProxy = (w: SimWorkload): boolean => w.mode === 'sidecar' || w.gateway !== undefined || w.app === ZTUNNEL

function answersOf(proxy: SimProxy): RequestListener {
  let level = 'warning'
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname === '/config_dump' && request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(proxy.workload.app === ZTUNNEL ? ztunnelDump(proxy) : envoyDump(proxy)))
      return
    }
    if (pathname === '/logging' && request.method === 'POST') {
      const wanted = searchParams.get('level') ?? level
      const isKnown = LEVELS.includes(wanted)
      if (isKnown) level = wanted
      response.writeHead(isKnown ? 200 : 400, { 'content-type': 'text/plain' })
      response.end(isKnown ? `active loggers:\n  admin: ${level}\n` : 'usage: /logging?level=<level>\n')
      return
    }
    response.writeHead(404).end('invalid path\n')
  }
}
