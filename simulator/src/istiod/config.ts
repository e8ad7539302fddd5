/** `/debug/configz` and `/debug/mesh`: the Istio objects of the control plane's own cluster, and its mesh config. */
import type { SimCluster } from '../scenario.ts'
import { ISTIO_NAMESPACE, istiodName } from '../system.ts'
import type { Topology } from '../topology.ts'

export const configz = (topology: Topology, cluster: SimCluster): unknown[] =>
  topology.scenario.config.filter((config) => config.cluster === cluster.name).map((config) => config.object)

export function meshConfigJson(topology: Topology, cluster: SimCluster): unknown {
  const hosts = cluster.istiod?.clusterLocalHosts ?? []
  return {
    proxyListenPort: 15001,
    proxyInboundListenPort: 15006,
    accessLogFile: '/dev/stdout',
    defaultConfig: {
      discoveryAddress: `${istiodName(cluster)}.${ISTIO_NAMESPACE}.svc:15012`,
      meshId: topology.scenario.meshId,
      proxyAdminPort: 15000,
      statusPort: 15020,
    },
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
    enableAutoMtls: true,
    trustDomain: topology.scenario.trustDomain,
    rootNamespace: ISTIO_NAMESPACE,
    ...(hosts.length === 0 ? {} : { serviceSettings: [{ settings: { clusterLocal: true }, hosts }] }),
    enablePrometheusMerge: true,
    defaultProviders: { metrics: ['prometheus'] },
  }
}
