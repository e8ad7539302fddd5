/** The workloads and services that a cluster has because Istio is installed in it: istiod and the east-west gateway. */
import type { SimCluster, SimService, SimWorkload } from './scenario.ts'

export const ISTIO_NAMESPACE = 'istio-system'

/** `istiod`, or `istiod-<revision>` for one that is not the default. */
export const istiodName = (cluster: SimCluster): string =>
  !cluster.istiod || cluster.istiod.revision === 'default' ? 'istiod' : `istiod-${cluster.istiod.revision}`

export function controlPlaneWorkloads(cluster: SimCluster): SimWorkload[] {
  const version = cluster.istiod?.version ?? '1.30.1'
  const istiod: SimWorkload[] = cluster.istiod
    ? [
        {
          ...common(cluster),
          name: istiodName(cluster),
          app: 'istiod',
          image: `docker.io/istio/pilot:${version}`,
          replicas: 2,
          ready: 2,
          labels: { istio: 'pilot', 'istio.io/rev': cluster.istiod.revision, 'istio.io/dataplane-mode': 'none' },
          port: 15014,
        },
      ]
    : []
  const gateway: SimWorkload[] = cluster.eastWestGateway
    ? [
        {
          ...common(cluster),
          name: EAST_WEST,
          app: EAST_WEST,
          image: `docker.io/istio/proxyv2:${version}`,
          replicas: 1,
          ready: 1,
          gateway: 'eastwest',
          labels: {
            istio: 'eastwestgateway',
            'istio.io/rev': cluster.istiod?.revision ?? 'default',
            'istio.io/dataplane-mode': 'none',
            'topology.istio.io/network': cluster.network,
          },
        },
      ]
    : []
  return [...istiod, ...gateway]
}

export function controlPlaneService(cluster: SimCluster): SimService[] {
  if (!cluster.istiod) return []
  return [
    {
      cluster: cluster.name,
      namespace: ISTIO_NAMESPACE,
      name: istiodName(cluster),
      selector: { app: 'istiod', 'istio.io/rev': cluster.istiod.revision },
      labels: { app: 'istiod', istio: 'pilot', 'istio.io/rev': cluster.istiod.revision },
      ports: [
        { name: 'grpc-xds', port: 15010 },
        { name: 'https-dns', port: 15012 },
        { name: 'https-webhook', port: 443 },
        { name: 'http-monitoring', port: 15014 },
      ],
    },
  ]
}

export function eastWestService(cluster: SimCluster): SimService[] {
  if (!cluster.eastWestGateway) return []
  return [
    {
      cluster: cluster.name,
      namespace: ISTIO_NAMESPACE,
      name: EAST_WEST,
      type: 'LoadBalancer',
      selector: { app: EAST_WEST, istio: 'eastwestgateway' },
      labels: { app: EAST_WEST, istio: 'eastwestgateway', 'topology.istio.io/network': cluster.network },
      ports: [
        { name: 'status-port', port: 15021 },
        { name: 'tls', port: 15443 },
        { name: 'tls-istiod', port: 15012 },
        { name: 'tls-webhook', port: 15017 },
      ],
    },
  ]
}

const EAST_WEST = 'istio-eastwestgateway'

const common = (cluster: SimCluster) =>
  ({ cluster: cluster.name, namespace: ISTIO_NAMESPACE, kind: 'Deployment', version: '', mode: 'none' }) as const
