/** `/debug/configz` and `/debug/mesh`: the Istio objects of the cluster that an istiod reads, and its mesh config. */
import { nameOfIstiod } from '../system.ts'
import type { Plane } from './plane.ts'

export const configz = ({ id, topology }: Plane): unknown[] =>
  topology.scenario.config.filter((config) => config.cluster === id).map((config) => config.object)

export function meshConfigJson({ istiod, namespace, topology }: Plane): unknown {
  const hosts = istiod.clusterLocalHosts
  return {
    proxyListenPort: 15001,
    proxyInboundListenPort: 15006,
    accessLogFile: '/dev/stdout',
    defaultConfig: {
      discoveryAddress: `${nameOfIstiod(istiod)}.${namespace}.svc:15012`,
      meshId: istiod.meshId ?? topology.scenario.meshId,
      proxyAdminPort: 15000,
      statusPort: 15020,
    },
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
    enableAutoMtls: true,
    trustDomain: topology.scenario.trustDomain,
    rootNamespace: namespace,
    ...(hosts.length === 0 ? {} : { serviceSettings: [{ settings: { clusterLocal: true }, hosts }] }),
    enablePrometheusMerge: true,
    defaultProviders: { metrics: ['prometheus'] },
  }
}
