/** `/debug/syncz`: the proxies connected to one istiod pod, all of them in step. */

import { uid } from '../names.ts'
import { meshFacts } from '../objects/objects.ts'
import type { SimCluster, SimWorkload } from '../scenario.ts'
import { ISTIO_NAMESPACE, istiodName } from '../system.ts'
import type { Topology } from '../topology.ts'

export function syncz(topology: Topology, cluster: SimCluster, podIndex: number, nowMs: number): unknown[] {
  const { version } = meshFacts(topology.scenario, cluster)
  const served = topology.scenario.clusters.filter((c) => c.name === cluster.name || c.primary === cluster.name)
  const names = new Set(served.map((c) => c.name))
  const replicas = replicasOf(topology, cluster)
  return topology.workloads
    .filter((w) => names.has(w.cluster) && (w.mode === 'sidecar' || w.gateway !== undefined))
    .flatMap((w) =>
      topology
        .pods(w)
        .filter((_pod, i) => i % replicas === podIndex)
        .map((pod) => proxy(w, `${pod.name}.${w.namespace}`, version, nowMs)),
    )
}

function replicasOf(topology: Topology, cluster: SimCluster): number {
  const at = { cluster: cluster.name, namespace: ISTIO_NAMESPACE, workload: istiodName(cluster) }
  return Math.max(1, topology.workload(at)?.replicas ?? 1)
}

const TYPES = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoint: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
} as const

/** Nonces are told by the hour: what was sent was acknowledged. */
function proxy(w: SimWorkload, id: string, version: string, nowMs: number): Record<string, unknown> {
  const sentAt = new Date(Math.floor(nowMs / 3_600_000) * 3_600_000).toISOString()
  const nonces = Object.entries(TYPES).map(([name, url]) => {
    return { name, url, nonce: `${sentAt.slice(0, 19)}Z/${uid(id + name + sentAt)}` }
  })
  return {
    cluster_id: w.cluster,
    proxy: id,
    proxy_type: w.gateway === undefined ? 'sidecar' : 'router',
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
