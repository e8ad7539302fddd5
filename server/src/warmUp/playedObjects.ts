/**
 * The Kubernetes objects of a mesh that nobody runs, as an API server would serve them: one namespace in each of two
 * clusters. Just enough for the functions behind a list or a graph to be called with objects such as real ones.
 */
import type { Kind } from '../inventory/inventory.ts'
import { apiVersionOf, resources } from '../inventory/kinds.ts'

export interface PlayedObject {
  readonly kind: Kind
  readonly json: unknown
}

export const playedClusters = ['east', 'west'] as const
export const playedNamespace = 'shop'
export const playedApps = ['web', 'cart'] as const
export const playedVersions = ['v1', 'v2'] as const

/** What runs, and how Istio is configured for it, in one cluster. */
export function playedObjects(cluster: string): readonly PlayedObject[] {
  return [
    ...controlPlane(cluster),
    made('namespaces', '', playedNamespace, { labels: { 'istio-injection': 'enabled' } }),
    ...playedApps.flatMap((app) => [service(app), ...playedVersions.flatMap((version) => workload(app, version))]),
    ...playedApps.flatMap(routing),
    config('gateways.networking.istio.io', 'door', {
      selector: { app: 'web' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['shop.example.com'] }],
    }),
    config('serviceentries.networking.istio.io', 'bank', {
      hosts: ['bank.example.com'],
      location: 'MESH_EXTERNAL',
      ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
      resolution: 'DNS',
    }),
    config('peerauthentications.security.istio.io', 'default', { mtls: { mode: 'STRICT' } }),
    config('authorizationpolicies.security.istio.io', 'cart', {
      selector: { matchLabels: { app: 'cart' } },
      rules: [{ from: [{ source: { namespaces: [playedNamespace] } }] }],
    }),
    config('sidecars.networking.istio.io', 'default', { egress: [{ hosts: ['./*', 'istio-system/*'] }] }),
  ]
}

function made(kind: Kind, namespace: string, name: string, metadata: object, parts: object = {}): PlayedObject {
  const { group, kubernetesKind, versions } = resources[kind]
  return {
    kind,
    json: {
      apiVersion: apiVersionOf(group, versions[0] ?? 'v1'),
      kind: kubernetesKind,
      metadata: {
        name,
        namespace,
        uid: `${kind}/${namespace}/${name}`,
        resourceVersion: '1',
        creationTimestamp: '2020-01-01T00:00:00Z',
        ...metadata,
      },
      ...parts,
    },
  }
}

function controlPlane(cluster: string): PlayedObject[] {
  const labels = { app: 'istiod', 'istio.io/rev': 'default' }
  const containers = [{ name: 'discovery', image: 'pilot:1.27.0', env: [{ name: 'CLUSTER_ID', value: cluster }] }]
  return [
    made('namespaces', '', 'istio-system', { labels: { 'topology.istio.io/network': cluster } }),
    made('configmaps', 'istio-system', 'istio', {}, { data: { mesh: 'trustDomain: cluster.local\n' } }),
    made('deployments.apps', 'istio-system', 'istiod', { labels }, controlled(labels, containers)),
  ]
}

const controlled = (labels: object, containers: readonly object[]): object => ({
  spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
})

const service = (app: string): PlayedObject =>
  made(
    'services',
    playedNamespace,
    app,
    { labels: { app } },
    {
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.0.0.1',
        selector: { app },
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      },
    },
  )

/** A Deployment, its ReplicaSet, and a pod with a sidecar. */
function workload(app: string, version: string): PlayedObject[] {
  const name = `${app}-${version}`
  const replicas = `${name}-5d4f8c7b9`
  const labels = { app, version }
  const ofReplicas = { ...labels, 'pod-template-hash': '5d4f8c7b9' }
  const containers = [{ name: app, image: `${app}:${version}`, ports: [{ name: 'http', containerPort: 8080 }] }]
  const ownedBy = (kind: string, owner: string): object => ({
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name: owner, uid: owner, controller: true }],
  })
  return [
    made('deployments.apps', playedNamespace, name, { labels }, controlled(labels, containers)),
    made(
      'replicasets.apps',
      playedNamespace,
      replicas,
      { labels: ofReplicas, ...ownedBy('Deployment', name) },
      controlled(ofReplicas, containers),
    ),
    made(
      'pods',
      playedNamespace,
      `${replicas}-x7k2p`,
      {
        labels: ofReplicas,
        annotations: { 'sidecar.istio.io/status': '{"containers":["istio-proxy"],"revision":"default"}' },
        ...ownedBy('ReplicaSet', replicas),
      },
      {
        spec: {
          containers: [...containers, { name: 'istio-proxy', image: 'proxyv2:1.27.0' }],
          serviceAccountName: app,
        },
        status: { phase: 'Running', podIP: '10.1.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
      },
    ),
  ]
}

function routing(app: string): PlayedObject[] {
  const route = playedVersions.map((subset) => ({ destination: { host: app, subset }, weight: 50 }))
  return [
    config('virtualservices.networking.istio.io', app, { hosts: [app], http: [{ route, timeout: '5s' }] }),
    config('destinationrules.networking.istio.io', app, {
      host: `${app}.${playedNamespace}.svc.cluster.local`,
      trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } },
      subsets: playedVersions.map((version) => ({ name: version, labels: { version } })),
    }),
  ]
}

const config = (kind: Kind, name: string, spec: object): PlayedObject => made(kind, playedNamespace, name, {}, { spec })
