/**
 * Meshes of any size, the same for the same seed. A namespace lives in two clusters (sameness is the rule, not the
 * exception); its workloads call each other in layers, a few calls go to other namespaces and some cross clusters.
 */
import { randomFrom } from '../names.ts'
import type { Scenario, SimCall, SimCluster, SimNamespace, SimService, SimWorkload } from '../scenario.ts'
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
  const services = homes.flatMap(({ namespace, at, apps }) =>
    at.flatMap((c) => apps.map((app) => serviceOf(namespace, c, app))),
  )
  return {
    name: `generated-${typeof size === 'string' ? size : 'custom'}`,
    seed,
    meshId: 'generated',
    trustDomain: 'cluster.local',
    clusters,
    namespaces: [
      ...clusters.map((c): SimNamespace => ({ cluster: c.name, name: 'istio-system', labels: {} })),
      ...homes.flatMap(({ namespace, at }) => at.map((c) => namespaceOf(namespace, c))),
    ],
    workloads,
    services,
    calls: callsOf(homes, wanted.series, random),
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
  ports: [{ name: 'http', port: 8080 }],
  labels: { app: app.name },
})

/** Two series a response: one from each reporter. Every workload is called at least once as long as series last. */
function callsOf(homes: readonly Home[], series: number, random: () => number): SimCall[] {
  const calls: SimCall[] = []
  let left = series
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  for (let round = 0; left > 0 && homes.length > 0 && round < MOST_ROUNDS; round++) {
    for (const home of homes) {
      for (const [i, app] of home.apps.entries()) {
        if (left <= 0) return calls
        for (const cluster of home.at) {
          const caller = home.apps[round === 0 ? Math.max(0, i - 1) : Math.floor(random() * home.apps.length)]
          const far = random() < 0.1 ? pick(homes) : undefined
          const crossing = random() < 0.15 ? pick(home.at) : undefined
          const source =
            far?.apps[0] && far.at[0]
              ? { home: far, app: far.apps[0], cluster: far.at[0] }
              : { home, app: caller ?? app, cluster }
          const answering = crossing ?? (source.home === home ? cluster : (home.at[0] ?? cluster))
          for (const version of app.versions) {
            const call = callOf(source, home, app, version, answering, random)
            calls.push(call)
            left -= call.responses.length * 2
          }
        }
      }
    }
  }
  return calls
}

const MOST_ROUNDS = 100

function callOf(
  source: { readonly home: Home; readonly app: App; readonly cluster: SimCluster },
  home: Home,
  app: App,
  version: string,
  answering: SimCluster,
  random: () => number,
): SimCall {
  const failing = random() < 0.1 ? Math.round(random() * 50) / 1000 : 0
  const grpc = random() < 0.15
  return {
    source: {
      cluster: source.cluster.name,
      namespace: source.home.namespace,
      workload: `${source.app.name}-${source.app.versions[0] ?? 'v1'}`,
    },
    service: { namespace: home.namespace, name: app.name },
    destination: { cluster: answering.name, namespace: home.namespace, workload: `${app.name}-${version}` },
    protocol: grpc ? 'grpc' : 'http',
    rate: Math.round((0.2 + random() ** 3 * 40) * 100) / 100,
    responses: [
      { code: grpc ? '0' : '200', share: 1 - failing, flags: '-' },
      ...(failing === 0 ? [] : [{ code: grpc ? '14' : '503', share: failing, flags: '-' }]),
    ],
    latencyMs: LATENCIES[Math.floor(random() * LATENCIES.length)] ?? { p50: 5, p99: 50 },
    mtls: true,
  }
}

/** Few kinds, so that the shares of their buckets are computed once. */
const LATENCIES = [
  { p50: 3, p99: 20 },
  { p50: 12, p99: 90 },
  { p50: 45, p99: 400 },
  { p50: 120, p99: 900 },
]
