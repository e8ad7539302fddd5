/**
 * Meshes of any size, the same for the same seed. A namespace lives in two clusters (sameness is the rule, not the
 * exception); its workloads call each other in layers, a few calls go to other namespaces and some cross clusters.
 */
import { INGRESS, ingressGateway } from '../ingress.ts'
import { randomFrom } from '../names.ts'
import type { Scenario, SimCluster, SimNamespace, SimService, SimWorkload } from '../scenario.ts'
import { callsOf, isTcp } from './calls.ts'
import { generatedConfig } from './config.ts'
import type { App, Home } from './homes.ts'
import { type MeshSize, SIZES, type SizeName } from './sizes.ts'

export function generateScenario(size: MeshSize | SizeName, seed = 1): Scenario {
  const wanted = typeof size === 'string' ? SIZES[size] : size
  const random = randomFrom(seed)
  const clusters = Array.from({ length: wanted.clusters }, (_, i) => clusterOf(i))
  const homes = homesOf(wanted, clusters)
  const workloads = homes.flatMap(({ namespace, at, apps }) => apps.flatMap((app) => workloadsOf(namespace, at, app)))
  sizePods(workloads, wanted.pods)
  workloads.push(...clusters.map(ingressGateway))
  const services = homes.flatMap(({ namespace, at, apps }) =>
    at.flatMap((c) => apps.map((app) => serviceOf(namespace, c, app))),
  )
  services.push(...clusters.map(ingressServiceOf))
  return {
    name: `generated-${typeof size === 'string' ? size : 'custom'}`,
    seed,
    meshId: 'generated',
    trustDomain: 'cluster.local',
    clusters,
    namespaces: [
      ...clusters.flatMap((c): SimNamespace[] =>
        ['istio-system', INGRESS.namespace].map((name) => ({ cluster: c.name, name, labels: {} })),
      ),
      ...homes.flatMap(({ namespace, at }) => at.map((c) => namespaceOf(namespace, c))),
    ],
    workloads,
    services,
    calls: callsOf(homes, INGRESS, wanted.series, random),
    config: generatedConfig(homes, wanted.config),
    planted: [],
  }
}

const clusterOf = (i: number): SimCluster => ({
  name: `c${String(i + 1).padStart(2, '0')}`,
  network: `network-${i + 1}`,
  region: `region-${(i % 5) + 1}`,
  zones: ['a', 'b', 'c'].map((zone) => `region-${(i % 5) + 1}${zone}`),
  kubernetesVersion: 'v1.34.2',
  istiod: { revision: 'default', version: '1.30.1', clusterLocalHosts: [] },
  eastWestGateway: true,
})

const VERSIONS = ['v1', 'v2'] as const

/** Spreads the workloads evenly: each namespace in two clusters, each third app with a second version. */
function homesOf(size: MeshSize, clusters: readonly SimCluster[]): Home[] {
  const perNamespace = size.workloads / size.namespaces
  let owed = 0
  return Array.from({ length: size.namespaces }, (_, n) => {
    const at = [clusters[n % clusters.length], clusters[(n + 1) % clusters.length]].filter((c) => c !== undefined)
    owed += perNamespace
    const apps: App[] = []
    while (owed >= at.length) {
      const versions = apps.length % 3 === 2 && owed >= 2 * at.length ? VERSIONS : VERSIONS.slice(0, 1)
      owed -= at.length * versions.length
      apps.push({
        name: APP_NAMES[apps.length % APP_NAMES.length] + (apps.length < APP_NAMES.length ? '' : String(apps.length)),
        versions,
      })
    }
    return { namespace: `team-${String(n + 1).padStart(4, '0')}`, at, apps }
  })
}

const APP_NAMES = [
  'gateway',
  'web',
  'api',
  'orders',
  'users',
  'search',
  'billing',
  'stock',
  'mail',
  'audit',
  'cache',
  'db',
]

const workloadsOf = (namespace: string, at: readonly SimCluster[], app: App): SimWorkload[] =>
  at.flatMap((cluster) =>
    app.versions.map((version) => ({
      cluster: cluster.name,
      namespace,
      name: `${app.name}-${version}`,
      kind: 'Deployment',
      app: app.name,
      version,
      image: `registry.example/${namespace}/${app.name}:1.0.0`,
      replicas: 1,
      ready: 1,
      mode: 'sidecar',
      labels: {},
    })),
  )

/** Hands out the pods that are left after one each. */
function sizePods(workloads: SimWorkload[], pods: number): void {
  const each = Math.floor(pods / Math.max(1, workloads.length))
  const rest = pods - each * workloads.length
  workloads.forEach((workload, i) => {
    const replicas = Math.max(1, each + (i < rest ? 1 : 0))
    workloads[i] = { ...workload, replicas, ready: replicas }
  })
}

const namespaceOf = (name: string, cluster: SimCluster): SimNamespace => ({
  cluster: cluster.name,
  name,
  labels: { 'istio-injection': 'enabled', team: name },
})

const serviceOf = (namespace: string, cluster: SimCluster, app: App): SimService => ({
  cluster: cluster.name,
  namespace,
  name: app.name,
  selector: { app: app.name },
  ports: [isTcp(app) ? { name: 'tcp', port: 6379 } : { name: 'http', port: 8080 }],
  labels: { app: app.name },
})

const ingressServiceOf = (cluster: SimCluster): SimService => ({
  ...INGRESS,
  cluster: cluster.name,
  type: 'LoadBalancer',
  selector: { app: INGRESS.name },
  labels: { app: INGRESS.name, istio: 'ingressgateway' },
  ports: [{ name: 'http2', port: 80 }],
})
