/** The workloads and services that a cluster has because Istio is installed in it: istiods, gateways, ztunnel. */
import type { Scenario, SimCluster, SimIstiod, SimService, SimWorkload } from './scenario.ts'

export const ISTIO_NAMESPACE = 'istio-system'

export const systemNamespaceOf = (cluster: SimCluster): string => cluster.systemNamespace ?? ISTIO_NAMESPACE

/** All that run in the cluster, its own first. */
export const istiodsOf = (cluster: SimCluster): readonly SimIstiod[] => [
  ...(cluster.istiod ? [cluster.istiod] : []),
  ...(cluster.furtherIstiods ?? []),
]

/** `istiod`, or `istiod-<revision>` for one that is not the default. */
export const istiodName = (cluster: SimCluster): string => (cluster.istiod ? nameOfIstiod(cluster.istiod) : 'istiod')

export const nameOfIstiod = ({ revision }: SimIstiod): string =>
  revision === 'default' ? 'istiod' : `istiod-${revision}`

export const namespaceOfIstiod = (cluster: SimCluster, istiod: SimIstiod): string =>
  istiod.namespace ?? systemNamespaceOf(cluster)

/** The id under which an istiod knows itself: the name of the cluster whose configuration it reads. */
export const idOfIstiod = (cluster: SimCluster, istiod: SimIstiod): string => istiod.clusterId ?? cluster.name

/** EXTERNAL_ISTIOD: it serves a cluster that has none. */
export function servesOthers(scenario: Scenario, cluster: SimCluster, istiod: SimIstiod): boolean {
  const id = idOfIstiod(cluster, istiod)
  return scenario.clusters.some(
    (other) =>
      other.istiod === undefined &&
      (other.name === id || other.primary === '*' || (other.primary ?? '').split(',').includes(id)),
  )
}

/** Where the proxies of a cluster get their configuration: its own istiod, else the first that serves it. */
export function servingIstiod(
  scenario: Scenario,
  cluster: SimCluster,
): { readonly cluster: SimCluster; readonly istiod: SimIstiod } | undefined {
  if (cluster.istiod) return { cluster, istiod: cluster.istiod }
  const wanted = [cluster.name, ...(cluster.primary ?? '').split(',')]
  const running = scenario.clusters.flatMap((other) =>
    istiodsOf(other).map((istiod) => ({ cluster: other, istiod, id: idOfIstiod(other, istiod) })),
  )
  for (const id of wanted) {
    const found = running.find((one) => one.id === id)
    if (found) return { cluster: found.cluster, istiod: found.istiod }
  }
  return cluster.primary === '*' ? running[0] : undefined
}

export function controlPlaneWorkloads(cluster: SimCluster): SimWorkload[] {
  if (cluster.outside) return []
  const version = cluster.istiod?.version ?? cluster.furtherIstiods?.[0]?.version ?? '1.30.1'
  const istiods = istiodsOf(cluster).map(
    (istiod): SimWorkload => ({
      ...common(cluster),
      namespace: namespaceOfIstiod(cluster, istiod),
      name: nameOfIstiod(istiod),
      app: 'istiod',
      image: `docker.io/istio/pilot:${istiod.version}`,
      replicas: 2,
      ready: 2,
      labels: { istio: 'pilot', 'istio.io/rev': istiod.revision, 'istio.io/dataplane-mode': 'none' },
      port: 15014,
    }),
  )
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
  return [...istiods, ...gateway, ...(cluster.ambient ? nodeAgents(cluster, version) : [])]
}

/** One of each on every node; a simulated cluster has about one node for each zone. */
const nodeAgents = (cluster: SimCluster, version: string): SimWorkload[] =>
  ([ZTUNNEL, 'istio-cni-node'] as const).map((name) => ({
    ...common(cluster),
    name,
    kind: 'DaemonSet',
    app: name,
    image: `docker.io/istio/${name === ZTUNNEL ? 'ztunnel' : 'install-cni'}:${version}`,
    replicas: cluster.zones.length,
    ready: cluster.zones.length,
    labels: { 'istio.io/dataplane-mode': 'none', 'sidecar.istio.io/inject': 'false' },
  }))

export function controlPlaneService(cluster: SimCluster): SimService[] {
  return istiodsOf(cluster).map((istiod) => ({
    cluster: cluster.name,
    namespace: namespaceOfIstiod(cluster, istiod),
    name: nameOfIstiod(istiod),
    selector: { app: 'istiod', 'istio.io/rev': istiod.revision },
    labels: { app: 'istiod', istio: 'pilot', 'istio.io/rev': istiod.revision },
    ports: [
      { name: 'grpc-xds', port: 15010 },
      { name: 'https-dns', port: 15012 },
      { name: 'https-webhook', port: 443 },
      { name: 'http-monitoring', port: 15014 },
    ],
  }))
}

export function eastWestService(cluster: SimCluster): SimService[] {
  if (!cluster.eastWestGateway) return []
  return [
    {
      cluster: cluster.name,
      namespace: systemNamespaceOf(cluster),
      name: EAST_WEST,
      type: 'LoadBalancer',
      selector: { app: EAST_WEST, istio: 'eastwestgateway' },
      labels: { app: EAST_WEST, istio: 'eastwestgateway', 'topology.istio.io/network': cluster.network },
      ports: [
        { name: 'status-port', port: 15021 },
        ...(cluster.ambient
          ? [{ name: 'hbone', port: 15008 }]
          : [
              { name: 'tls', port: 15443 },
              { name: 'tls-istiod', port: 15012 },
              { name: 'tls-webhook', port: 15017 },
            ]),
      ],
    },
  ]
}

const EAST_WEST = 'istio-eastwestgateway'

export const ZTUNNEL = 'ztunnel'

const common = (cluster: SimCluster) =>
  ({
    cluster: cluster.name,
    namespace: systemNamespaceOf(cluster),
    kind: 'Deployment',
    version: '',
    mode: 'none',
  }) as const
