/** The demo's workloads and services: one row for each, with what differs between east and west. */
import type { SimService, SimWorkload } from '../scenario.ts'

export function demoWorkloads(): SimWorkload[] {
  return [
    ...(['east', 'west'] as const).map((cluster) => ingress(cluster)),
    ...WORKLOADS.flatMap((row) => [...placed(row, 'east'), ...placed(row, 'west')]),
  ]
}

export function demoServices(): SimService[] {
  return (['east', 'west'] as const).flatMap((cluster) => [
    ingressService(cluster),
    ...SERVICES.filter((row) => row.only === undefined || row.only === cluster).map((row) => ({
      cluster,
      namespace: row.namespace,
      name: row.name,
      selector: { app: row.name },
      ports: [...row.ports, ...(cluster === 'west' ? (row.westPorts ?? []) : [])],
      labels: { app: row.name, ...(row.tier === undefined ? {} : { tier: row.tier[cluster] }) },
    })),
  ])
}

type ClusterOfDemo = 'east' | 'west'

interface WorkloadRow {
  readonly namespace: string
  readonly app: string
  readonly version: string
  readonly image: string
  readonly replicas: number
  readonly kind?: 'StatefulSet'
  readonly port?: number
  readonly only?: ClusterOfDemo
  /** What is different in west. */
  readonly west?: { readonly image?: string; readonly replicas?: number }
  /** Ready replicas in east; absent: all. */
  readonly eastReady?: number
}

const WORKLOADS: readonly WorkloadRow[] = [
  {
    namespace: 'shop',
    app: 'web',
    version: 'v1',
    image: 'shop/web:2.4.1',
    replicas: 2,
    west: { image: 'shop/web:2.3.9' },
  },
  { namespace: 'shop', app: 'catalog', version: 'v1', image: 'shop/catalog:1.8.0', replicas: 2 },
  { namespace: 'shop', app: 'catalog', version: 'v2', image: 'shop/catalog:2.0.0-rc2', replicas: 1 },
  { namespace: 'shop', app: 'cart', version: 'v1', image: 'shop/cart:1.4.2', replicas: 3, west: { replicas: 2 } },
  { namespace: 'shop', app: 'recommend', version: 'v3', image: 'shop/recommend:3.1.0', replicas: 3, eastReady: 1 },
  {
    namespace: 'shop',
    app: 'session-cache',
    version: 'v7',
    image: 'redis:7.4',
    replicas: 1,
    kind: 'StatefulSet',
    port: 6379,
  },
  { namespace: 'shop', app: 'shipping', version: 'v1', image: 'shop/shipping:1.2.3', replicas: 1 },
  { namespace: 'payments', app: 'checkout', version: 'v1', image: 'shop/checkout:5.6.0', replicas: 2 },
  { namespace: 'payments', app: 'checkout', version: 'v2', image: 'shop/checkout:6.0.1', replicas: 1, only: 'east' },
  { namespace: 'payments', app: 'payment', version: 'v1', image: 'shop/payment:3.3.7', replicas: 2 },
  { namespace: 'payments', app: 'pricing', version: 'v1', image: 'shop/pricing:1.0.9', replicas: 2, port: 9000 },
  { namespace: 'payments', app: 'ledger', version: 'v1', image: 'shop/ledger:2.2.0', replicas: 2, only: 'east' },
  {
    namespace: 'payments',
    app: 'orders-db',
    version: 'v16',
    image: 'postgres:16.4',
    replicas: 1,
    kind: 'StatefulSet',
    port: 5432,
  },
  { namespace: 'cinema', app: 'programme', version: 'v1', image: 'cinema/programme:1.20.1', replicas: 1 },
  { namespace: 'cinema', app: 'films', version: 'v1', image: 'cinema/films:1.20.1', replicas: 1 },
  { namespace: 'cinema', app: 'critics', version: 'v1', image: 'cinema/critics-v1:1.20.1', replicas: 1 },
  { namespace: 'cinema', app: 'critics', version: 'v2', image: 'cinema/critics-v2:1.20.1', replicas: 1 },
  { namespace: 'cinema', app: 'critics', version: 'v3', image: 'cinema/critics-v3:1.20.1', replicas: 1 },
  { namespace: 'cinema', app: 'scores', version: 'v1', image: 'cinema/scores:1.20.1', replicas: 1 },
]

interface ServiceRow {
  readonly namespace: string
  readonly name: string
  readonly ports: SimService['ports']
  readonly westPorts?: SimService['ports']
  readonly only?: ClusterOfDemo
  readonly tier?: Readonly<Record<ClusterOfDemo, string>>
}

const HTTP = [{ name: 'http', port: 8080 }] as const

const SERVICES: readonly ServiceRow[] = [
  { namespace: 'shop', name: 'web', ports: HTTP },
  { namespace: 'shop', name: 'catalog', ports: HTTP, westPorts: [{ name: 'http-admin', port: 8081 }] },
  { namespace: 'shop', name: 'cart', ports: HTTP },
  { namespace: 'shop', name: 'recommend', ports: HTTP },
  { namespace: 'shop', name: 'session-cache', ports: [{ name: 'tcp-redis', port: 6379 }] },
  { namespace: 'shop', name: 'shipping', ports: HTTP },
  { namespace: 'payments', name: 'checkout', ports: HTTP },
  { namespace: 'payments', name: 'payment', ports: HTTP },
  {
    namespace: 'payments',
    name: 'pricing',
    ports: [{ name: 'grpc', port: 9000 }],
    tier: { east: 'gold', west: 'silver' },
  },
  { namespace: 'payments', name: 'ledger', ports: HTTP, only: 'east' },
  { namespace: 'payments', name: 'orders-db', ports: [{ name: 'tcp-postgres', port: 5432 }] },
  { namespace: 'cinema', name: 'programme', ports: HTTP },
  { namespace: 'cinema', name: 'films', ports: HTTP },
  { namespace: 'cinema', name: 'critics', ports: HTTP },
  { namespace: 'cinema', name: 'scores', ports: HTTP },
]

function placed(row: WorkloadRow, cluster: ClusterOfDemo): SimWorkload[] {
  if (row.only !== undefined && row.only !== cluster) return []
  const differs = cluster === 'west' ? row.west : undefined
  const replicas = differs?.replicas ?? row.replicas
  return [
    {
      cluster,
      namespace: row.namespace,
      name: row.kind === 'StatefulSet' ? row.app : `${row.app}-${row.version}`,
      kind: row.kind ?? 'Deployment',
      app: row.app,
      version: row.version,
      image: `registry.example/${differs?.image ?? row.image}`,
      replicas,
      ready: cluster === 'east' ? (row.eastReady ?? replicas) : replicas,
      mode: 'sidecar',
      labels: {},
      ...(row.port === undefined ? {} : { port: row.port }),
    },
  ]
}

const INGRESS = 'istio-ingressgateway'

const ingress = (cluster: ClusterOfDemo): SimWorkload => ({
  cluster,
  namespace: 'istio-ingress',
  name: INGRESS,
  kind: 'Deployment',
  app: INGRESS,
  version: '',
  image: 'docker.io/istio/proxyv2:1.30.1',
  replicas: 2,
  ready: 2,
  mode: 'none',
  gateway: 'ingress',
  labels: { istio: 'ingressgateway', 'istio.io/rev': 'default', 'istio.io/dataplane-mode': 'none' },
})

const ingressService = (cluster: ClusterOfDemo): SimService => ({
  cluster,
  namespace: 'istio-ingress',
  name: INGRESS,
  type: 'LoadBalancer',
  selector: { app: INGRESS, istio: 'ingressgateway' },
  labels: { app: INGRESS, istio: 'ingressgateway' },
  ports: [
    { name: 'status-port', port: 15021 },
    { name: 'http2', port: 80 },
    { name: 'https', port: 443 },
  ],
})
