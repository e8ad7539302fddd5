/** `/debug/syncz`: the proxies connected to one istiod pod, all of them in step. */
import { uid } from '../names.ts'
import type { SimWorkload } from '../scenario.ts'
import type { Plane } from './plane.ts'

/** The control plane's pods share the proxies in turn. */
export function syncz({ istiod, served, topology, workload }: Plane, podIndex: number, nowMs: number): unknown[] {
  const names = new Set(served.map(({ name }) => name))
  const replicas = Math.max(1, workload.replicas)
  return topology.workloads
    .filter((w) => names.has(w.cluster) && (w.mode === 'sidecar' || w.gateway !== undefined))
    .flatMap((w) =>
      topology
        .pods(w)
        .filter((_pod, i) => i % replicas === podIndex)
        .map((pod) => proxy(w, `${pod.name}.${w.namespace}`, istiod.version, nowMs)),
    )
}

const TYPES = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoint: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
} as const

/** Nonces are told by the hour, one for all types: what was sent was acknowledged. */
function proxy(w: SimWorkload, id: string, version: string, nowMs: number): Record<string, unknown> {
  const sentAt = new Date(Math.floor(nowMs / 3_600_000) * 3_600_000).toISOString()
  const nonce = `${sentAt.slice(0, 19)}Z/${uid(id + sentAt)}`
  const nonces = Object.entries(TYPES).map(([name, url]) => ({ name, url, nonce }))
  return {
    cluster_id: w.cluster,
    proxy: id,
    proxy_type: w.gateway === undefined ? 'sidecar' : w.gateway === 'waypoint' ? 'waypoint' : 'router',
    proxy_version: version,
    istio_version: version,
    ...Object.fromEntries(
      nonces.flatMap(({ name, nonce }) => [
        [`${name}_sent`, nonce],
        [`${name}_acked`, nonce],
      ]),
    ),
    resources: Object.fromEntries(
      nonces.map(({ url, nonce }) => [url, { sent: nonce, acked: nonce, sentTime: sentAt }]),
    ),
  }
}
