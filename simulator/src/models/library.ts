/**
 * What runs in the meshes of all models: a public library with a front desk and a lending office, in every cluster that
 * has applications. Calls stay in their cluster but for one: each cluster's lending office asks the next one's members.
 */
import { INGRESS, ingressGateway } from '../ingress.ts'
import type { Scenario, SimCall, SimCluster, SimIstiod, SimNamespace, SimService, SimWorkload } from '../scenario.ts'
import { idOfIstiod, istiodsOf } from '../system.ts'
import { ambientParts } from './ambientParts.ts'
import { libraryConfig } from './libraryConfig.ts'

export interface LibraryOptions {
  readonly name: string
  readonly clusters: readonly SimCluster[]
  /** Clusters with applications; absent: all. */
  readonly inhabited?: readonly string[]
  readonly mode?: 'ambient' | 'sidecar'
  /** Absent: `library-mesh`. '' = none is stated. */
  readonly meshId?: string
  /** Labels by which namespaces ask for their revision, by namespace; absent: the default injection. */
  readonly injection?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Whether the clusters of one mesh call each other; absent: true. */
  readonly crossing?: boolean
  readonly extraConfig?: Scenario['config']
}

export function library(options: LibraryOptions): Scenario {
  const mode = options.mode ?? 'sidecar'
  const inhabited = options.clusters.filter(({ name }) => options.inhabited?.includes(name) ?? true)
  const ambient = mode === 'ambient' ? ambientParts(inhabited) : { workloads: [], services: [], config: [] }
  return {
    name: options.name,
    seed: 1,
    meshId: options.meshId ?? 'library-mesh',
    trustDomain: 'cluster.local',
    clusters: options.clusters,
    namespaces: inhabited.flatMap((cluster) => namespacesIn(cluster, mode, options.injection ?? {})),
    workloads: [...inhabited.flatMap((cluster) => workloadsIn(cluster, mode)), ...ambient.workloads],
    services: [...inhabited.flatMap((cluster) => servicesIn(cluster, mode)), ...ambient.services],
    calls: inhabited.flatMap((cluster, i) => {
      const next = options.crossing === false ? undefined : inhabited[(i + 1) % inhabited.length]
      return callsIn(cluster.name, next === cluster ? undefined : next?.name)
    }),
    config: [
      ...configClusters(options.clusters, inhabited).flatMap((cluster) => libraryConfig(cluster)),
      ...ambient.config,
      ...(options.extraConfig ?? []),
    ],
    planted: [],
  }
}

/** A cluster on this machine's map; what is not said is the plainest. */
export const clusterOf = (name: string, rest: Partial<SimCluster> = {}): SimCluster => ({
  name,
  network: `network-${name}`,
  region: `region-${name}`,
  zones: [`region-${name}-a`, `region-${name}-b`],
  kubernetesVersion: 'v1.34.2',
  eastWestGateway: false,
  ...rest,
})

export const istiod = (rest: Partial<SimIstiod> = {}): SimIstiod => ({
  revision: 'default',
  version: '1.30.1',
  clusterLocalHosts: [],
  ...rest,
})

/** Istio's objects count where an istiod reads them. */
function configClusters(clusters: readonly SimCluster[], inhabited: readonly SimCluster[]): SimCluster[] {
  const ids = new Set(clusters.flatMap((cluster) => istiodsOf(cluster).map((one) => idOfIstiod(cluster, one))))
  return inhabited.filter(({ name }) => ids.has(name))
}

function namespacesIn(
  cluster: SimCluster,
  mode: 'ambient' | 'sidecar',
  injection: NonNullable<LibraryOptions['injection']>,
): SimNamespace[] {
  const usual: Record<string, string> =
    mode === 'ambient' ? { 'istio.io/dataplane-mode': 'ambient' } : { 'istio-injection': 'enabled' }
  const of = (name: string, labels: Readonly<Record<string, string>>) => ({ cluster: cluster.name, name, labels })
  if (cluster.outside) return [of('front', {}), of('loans', {})]
  return [
    of('istio-ingress', {}),
    of('front', {
      ...(injection.front ?? usual),
      ...(mode === 'ambient' ? { 'istio.io/use-waypoint': 'waypoint' } : {}),
    }),
    of('loans', injection.loans ?? usual),
  ]
}

interface Row {
  readonly namespace: string
  readonly app: string
  readonly version: string
  readonly port?: number
  readonly kind?: 'StatefulSet'
  readonly portName: string
}

const ROWS: readonly Row[] = [
  { namespace: 'front', app: 'desk', version: 'v1', portName: 'http' },
  { namespace: 'front', app: 'catalog', version: 'v1', portName: 'http' },
  { namespace: 'front', app: 'catalog', version: 'v2', portName: 'http' },
  { namespace: 'loans', app: 'loans', version: 'v1', portName: 'http' },
  { namespace: 'loans', app: 'members', version: 'v1', port: 9000, portName: 'grpc' },
  { namespace: 'loans', app: 'shelf-db', version: 'v16', port: 5432, kind: 'StatefulSet', portName: 'tcp-postgres' },
]

/** Known to other clusters of an ambient mesh, where services are local unless they say so. */
const GLOBAL = new Set(['catalog', 'members'])

function workloadsIn(cluster: SimCluster, mode: 'ambient' | 'sidecar'): SimWorkload[] {
  const apps = ROWS.map(
    (row): SimWorkload => ({
      cluster: cluster.name,
      namespace: row.namespace,
      name: row.kind === 'StatefulSet' ? row.app : `${row.app}-${row.version}`,
      kind: row.kind ?? 'Deployment',
      app: row.app,
      version: row.version,
      image: `registry.example/library/${row.app}:1.${row.version.slice(1)}.0`,
      replicas: row.kind === 'StatefulSet' ? 1 : 2,
      ready: row.kind === 'StatefulSet' ? 1 : 2,
      mode: cluster.outside ? 'none' : mode,
      labels: {},
      ...(row.port === undefined ? {} : { port: row.port }),
    }),
  )
  return cluster.outside ? apps : [ingressGateway(cluster), ...apps]
}

function servicesIn(cluster: SimCluster, mode: 'ambient' | 'sidecar'): SimService[] {
  const names = new Map(ROWS.map((row) => [row.app, row]))
  const services = [...names.values()].map(
    (row): SimService => ({
      cluster: cluster.name,
      namespace: row.namespace,
      name: row.app,
      selector: { app: row.app },
      ports: [{ name: row.portName, port: row.port ?? 8080 }],
      labels: { app: row.app, ...(mode === 'ambient' && GLOBAL.has(row.app) ? { 'istio.io/global': 'true' } : {}) },
    }),
  )
  return cluster.outside ? services : [ingressService(cluster), ...services]
}

const ingressService = (cluster: SimCluster): SimService => ({
  ...INGRESS,
  cluster: cluster.name,
  type: 'LoadBalancer',
  selector: { app: INGRESS.name, istio: 'ingressgateway' },
  labels: { app: INGRESS.name, istio: 'ingressgateway' },
  ports: [{ name: 'http2', port: 80 }],
})

const OK = [{ code: '200', share: 1, flags: '-' }] as const

/** `next`: the cluster whose members are asked too. */
function callsIn(cluster: string, next: string | undefined): SimCall[] {
  const at = (namespace: string, workload: string, where = cluster) => ({ cluster: where, namespace, workload })
  const http = { protocol: 'http', responses: OK, latencyMs: { p50: 8, p99: 60 }, mtls: true } as const
  const desk = at('front', 'desk-v1')
  const loans = at('loans', 'loans-v1')
  const gateway = at(INGRESS.namespace, INGRESS.name)
  const of = (namespace: string, name: string) => ({ namespace, name })
  return [
    { ...http, service: of(INGRESS.namespace, INGRESS.name), destination: gateway, rate: 12, mtls: false },
    { ...http, source: gateway, service: of('front', 'desk'), destination: desk, rate: 12 },
    { ...http, source: desk, service: of('front', 'catalog'), destination: at('front', 'catalog-v1'), rate: 9 },
    { ...http, source: desk, service: of('front', 'catalog'), destination: at('front', 'catalog-v2'), rate: 3 },
    { ...http, source: desk, service: of('loans', 'loans'), destination: loans, rate: 4 },
    ...[cluster, ...(next === undefined ? [] : [next])].map(
      (where): SimCall => ({
        ...http,
        protocol: 'grpc',
        responses: [{ code: '0', share: 1, flags: '-' }],
        source: loans,
        service: of('loans', 'members'),
        destination: at('loans', 'members-v1', where),
        rate: where === cluster ? 3 : 1,
      }),
    ),
    {
      ...http,
      protocol: 'tcp',
      source: loans,
      service: of('loans', 'shelf-db'),
      destination: at('loans', 'shelf-db'),
      rate: 24_000,
    },
  ]
}
