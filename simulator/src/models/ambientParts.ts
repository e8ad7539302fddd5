/** What an ambient cluster has beside ztunnel: a waypoint for the front desk, and an HBONE gateway to other networks. */
import type { KubernetesJson, Scenario, SimCluster, SimService, SimWorkload } from '../scenario.ts'
import { systemNamespaceOf } from '../system.ts'
import { istio } from './libraryConfig.ts'

export interface AmbientParts {
  readonly workloads: readonly SimWorkload[]
  readonly services: readonly SimService[]
  readonly config: Scenario['config']
}

export const ambientParts = (clusters: readonly SimCluster[]): AmbientParts => ({
  workloads: clusters.map(waypoint),
  services: clusters.map(waypointService),
  config: clusters.flatMap((cluster) => gateways(cluster).map((object) => ({ cluster: cluster.name, object }))),
})

const NAMED = { namespace: 'front', name: 'waypoint' } as const

const LABELS = {
  'gateway.istio.io/managed': 'istio.io-mesh-controller',
  'gateway.networking.k8s.io/gateway-name': NAMED.name,
  'gateway.networking.k8s.io/gateway-class-name': 'istio-waypoint',
  'istio.io/waypoint-for': 'service',
} as const

const waypoint = (cluster: SimCluster): SimWorkload => ({
  ...NAMED,
  cluster: cluster.name,
  kind: 'Deployment',
  app: NAMED.name,
  version: '',
  image: 'docker.io/istio/proxyv2:1.30.1',
  replicas: 1,
  ready: 1,
  mode: 'none',
  gateway: 'waypoint',
  labels: { ...LABELS, 'istio.io/dataplane-mode': 'none' },
})

const waypointService = (cluster: SimCluster): SimService => ({
  ...NAMED,
  cluster: cluster.name,
  selector: { 'gateway.networking.k8s.io/gateway-name': NAMED.name },
  labels: LABELS,
  ports: [
    { name: 'status-port', port: 15021 },
    { name: 'mesh', port: 15008 },
  ],
})

function gateways(cluster: SimCluster): KubernetesJson[] {
  const listener = { name: 'mesh', port: 15008, protocol: 'HBONE' }
  const waypointGateway = istio(
    'gateway.networking.k8s.io/v1',
    'Gateway',
    NAMED.namespace,
    NAMED.name,
    {
      gatewayClassName: 'istio-waypoint',
      listeners: [{ ...listener, allowedRoutes: { namespaces: { from: 'Same' } } }],
    },
    { 'istio.io/waypoint-for': 'service' },
  )
  if (!cluster.eastWestGateway) return [waypointGateway]
  return [
    waypointGateway,
    istio(
      'gateway.networking.k8s.io/v1',
      'Gateway',
      systemNamespaceOf(cluster),
      'istio-eastwestgateway',
      {
        gatewayClassName: 'istio-east-west',
        listeners: [
          {
            ...listener,
            tls: { mode: 'Terminate', options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } },
          },
        ],
      },
      { 'topology.istio.io/network': cluster.network },
    ),
  ]
}
