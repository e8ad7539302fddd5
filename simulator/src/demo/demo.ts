/**
 * The demo: an online shop over two clusters, east and west, both primaries, each with its own network. People come in
 * through an ingress gateway in each cluster; most calls stay inside, some cross. Two things are wrong on purpose.
 */
import type { Scenario } from '../scenario.ts'
import { demoCalls } from './calls.ts'
import { demoConfig } from './config.ts'
import { demoServices, demoWorkloads } from './shop.ts'

export const DEMO_CLUSTERS = ['east', 'west'] as const

/** The same for the same seed. */
export function demoScenario(seed = 1): Scenario {
  return {
    name: 'demo',
    seed,
    meshId: 'demo-mesh',
    trustDomain: 'cluster.local',
    clusters: [
      cluster('east', 'eu-central-1', ['eu-central-1a', 'eu-central-1b']),
      cluster('west', 'us-west-2', ['us-west-2a', 'us-west-2b']),
    ],
    namespaces: DEMO_CLUSTERS.flatMap((name) => [
      namespaceIn(name, 'istio-system'),
      namespaceIn(name, 'istio-ingress'),
      namespaceIn(name, 'shop', 'storefront'),
      namespaceIn(name, 'payments', 'money'),
      namespaceIn(name, 'cinema', 'media'),
    ]),
    workloads: demoWorkloads(),
    services: demoServices(),
    calls: demoCalls(),
    config: demoConfig(),
    planted: [
      ...(['service', 'app', 'workload'] as const).map((kind) => ({
        kind,
        cluster: 'west',
        namespace: 'payments',
        name: kind === 'workload' ? 'payment-v1' : 'payment',
        fault: 'answers 12 % of its requests with 503',
      })),
      ...(['app', 'workload'] as const).map((kind) => ({
        kind,
        cluster: 'east',
        namespace: 'shop',
        name: kind === 'workload' ? 'recommend-v3' : 'recommend',
        fault: 'two of three pods crash-loop',
      })),
      ...(['app', 'workload'] as const).map((kind) => ({
        kind,
        cluster: 'west',
        namespace: 'payments',
        name: kind === 'workload' ? 'checkout-v1' : 'checkout',
        fault: 'calls payment, which fails',
        consequence: true as const,
      })),
    ],
    differences: [
      { kind: 'service', namespace: 'shop', name: 'catalog', what: 'ports' },
      { kind: 'service', namespace: 'payments', name: 'pricing', what: 'labels' },
      { kind: 'workload', namespace: 'shop', name: 'web-v1', what: 'image' },
      { kind: 'workload', namespace: 'shop', name: 'cart-v1', what: 'replicas' },
      // checkout's second version is out in east only, and its DestinationRule says so.
      { kind: 'workload', namespace: 'payments', name: 'checkout-v2', what: 'presence' },
      { kind: 'service', namespace: 'payments', name: 'checkout', what: 'versions' },
      { kind: 'service', namespace: 'payments', name: 'checkout', what: 'config' },
      { kind: 'app', namespace: 'payments', name: 'checkout', what: 'versions' },
      { kind: 'app', namespace: 'payments', name: 'checkout', what: 'workloads' },
      // The ledger lives in east only.
      ...(['service', 'app', 'workload'] as const).map((kind) => ({
        kind,
        namespace: 'payments',
        name: kind === 'workload' ? 'ledger-v1' : 'ledger',
        what: 'presence' as const,
      })),
    ],
  }
}

const cluster = (name: string, region: string, zones: readonly string[]) => ({
  name,
  network: `network-${name}`,
  region,
  zones,
  kubernetesVersion: 'v1.34.2',
  istiod: { revision: 'default', version: '1.30.1', clusterLocalHosts: ['session-cache.shop.svc.cluster.local'] },
  eastWestGateway: true,
})

/** Namespaces that belong to a team are injected. */
const namespaceIn = (cluster: string, name: string, team?: string) => ({
  cluster,
  name,
  labels: team === undefined ? {} : { 'istio-injection': 'enabled', team },
})
