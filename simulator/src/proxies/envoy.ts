/** What an Envoy says of its configuration, as `/config_dump` writes it: sections, in snake case. */

import { clustersOf, staticClusters } from './clusters.ts'
import { destinationsOf } from './destinations.ts'
import { listenersOf } from './listeners.ts'
import type { SimProxy } from './proxy.ts'
import { routesOf } from './routes.ts'

export function envoyDump(proxy: SimProxy): unknown {
  const destinations = destinationsOf(proxy)
  const version_info = '2026-01-01T00:00:00Z/1'
  return {
    configs: [
      { '@type': admin('BootstrapConfigDump'), bootstrap: bootstrapOf(proxy) },
      {
        '@type': admin('ClustersConfigDump'),
        version_info,
        static_clusters: staticClusters.map((cluster) => ({ cluster })),
        dynamic_active_clusters: clustersOf(proxy, destinations).map((cluster) => ({ version_info, cluster })),
      },
      {
        '@type': admin('ListenersConfigDump'),
        version_info,
        dynamic_listeners: listenersOf(proxy, destinations).map((listener) => ({
          name: listener.name,
          active_state: { version_info, listener },
        })),
      },
      {
        '@type': admin('RoutesConfigDump'),
        dynamic_route_configs: routesOf(proxy, destinations).map((route_config) => ({ version_info, route_config })),
      },
      {
        '@type': admin('SecretsConfigDump'),
        // As Envoy hides it.
        dynamic_active_secrets: [
          {
            name: 'default',
            version_info,
            secret: { name: 'default', tls_certificate: { private_key: { inline_bytes: 'W3JlZGFjdGVkXQ==' } } },
          },
        ],
      },
    ],
  }
}

const admin = (name: string): string => `type.googleapis.com/envoy.admin.v3.${name}`

function bootstrapOf({ pod, topology, workload }: SimProxy): unknown {
  const { cluster, gateway, namespace } = workload
  const role = gateway === undefined ? 'sidecar' : gateway === 'waypoint' ? 'waypoint' : 'router'
  return {
    node: {
      id: `${role}~${pod.ip}~${pod.name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${workload.app}.${namespace}`,
      metadata: {
        CLUSTER_ID: cluster,
        MESH_ID: topology.scenario.meshId,
        NAME: pod.name,
        NAMESPACE: namespace,
        NETWORK: topology.cluster(cluster)?.network ?? '',
        WORKLOAD_NAME: workload.name,
      },
    },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 15000 } } },
    static_resources: { clusters: staticClusters },
  }
}
