/** A small mesh for tests: clusters made of plain Kubernetes objects, traffic made of rows, everybody may see all. */
import type { ClusterName } from '@binocle/api/identity'
import { known } from '@binocle/api/known'
import type { ClusterStateName } from '@binocle/api/multicluster'
import type { Scope } from '../access/scope.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { authOf } from '../config/auth.ts'
import type { Config } from '../config/config.ts'
import { settingsOf } from '../config/settings.ts'
import type { Inventory, InventoryWriter } from '../inventory/inventory.ts'
import { inventoryOf } from '../inventory/testing.ts'
import type { Mesh } from '../model.ts'
import type { Peer, Reporter, TrafficRow, TrafficSnapshot } from '../telemetry/traffic.ts'

export interface TestObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown }
  readonly [key: string]: unknown
}

export type TestMesh = Mesh & { readonly inventory: Inventory & InventoryWriter }

/** Clusters by name, the first is home. Namespaces come by themselves unless an object states them. */
export function testMesh(
  clusters: Readonly<Record<ClusterName, readonly TestObject[]>>,
  rows: readonly TrafficRow[] = [],
  states: Readonly<Record<ClusterName, ClusterStateName>> = {},
): TestMesh {
  const inventory = inventoryOf(
    Object.entries(clusters).map(([cluster, objects]) => ({ cluster, lists: listsOf(withNamespaces(objects)) })),
  )
  const list = Object.keys(clusters).map(
    (name, index): Cluster => ({
      name,
      home: index === 0,
      accessible: true,
      apiEndpoint: `https://${name}.example`,
      secretName: '',
      state: states[name] ?? 'reachable',
      since: 0,
    }),
  )
  return {
    config: testConfig,
    inventory,
    clusters: {
      list: () => list,
      get: (name) => list.find((cluster) => cluster.name === name),
      onChange: () => () => {},
      retry: () => {},
    },
    traffic: trafficOf(rows),
    clock: () => 0,
  }
}

function trafficOf(rows: readonly TrafficRow[]): Mesh['traffic'] {
  const snapshot: TrafficSnapshot = {
    window: { end: 1000, durationS: 300 },
    families: { requests: rows, requestMessages: [], responseMessages: [], tcpSent: [], tcpReceived: [] },
  }
  const current = known(snapshot, 0)
  return { current: () => current, snapshot: async () => current, now: () => 1000, onRefresh: () => () => {} }
}

const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  Pod: 'pods',
  Service: 'services',
  ConfigMap: 'configmaps',
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  AuthorizationPolicy: 'authorizationpolicies',
  DestinationRule: 'destinationrules',
  Gateway: 'gateways',
  GatewayClass: 'gatewayclasses',
  GRPCRoute: 'grpcroutes',
  HTTPRoute: 'httproutes',
  Node: 'nodes',
  PeerAuthentication: 'peerauthentications',
  ReferenceGrant: 'referencegrants',
  ServiceExport: 'serviceexports',
  RequestAuthentication: 'requestauthentications',
  ServiceEntry: 'serviceentries',
  Sidecar: 'sidecars',
  Telemetry: 'telemetries',
  VirtualService: 'virtualservices',
  WasmPlugin: 'wasmplugins',
  WorkloadEntry: 'workloadentries',
  WorkloadGroup: 'workloadgroups',
}

function listsOf(objects: readonly TestObject[]): Record<string, { items: TestObject[] }> {
  const lists: Record<string, { items: TestObject[] }> = {}
  for (const object of objects) {
    const plural = plurals[object.kind]
    if (plural === undefined) throw new Error(`testing.ts knows no plural of ${object.kind}`)
    const key = `${object.apiVersion}/${plural}`
    lists[key] ??= { items: [] }
    lists[key].items.push(object)
  }
  return lists
}

function withNamespaces(objects: readonly TestObject[]): readonly TestObject[] {
  const stated = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name))
  const used = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  return [...objects, ...[...used].filter((name) => !stated.has(name)).map((name) => namespace(name))]
}

export const namespace = (name: string, labels: Record<string, string> = {}): TestObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

export const service = (
  at: string,
  name: string,
  more: { labels?: Record<string, string>; selector?: Record<string, string>; ports?: readonly object[] } = {},
): TestObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: at, labels: more.labels ?? { app: name } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.0.0.1',
    selector: more.selector ?? { app: name },
    ports: more.ports ?? [{ name: 'http', port: 80, protocol: 'TCP' }],
  },
})

export const deployment = (
  at: string,
  name: string,
  more: { labels?: Record<string, string>; image?: string; replicas?: number; ready?: number } = {},
): TestObject => {
  const labels = more.labels ?? { app: name }
  const replicas = more.replicas ?? 1
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: at, uid: `${at}/${name}` },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: more.image ?? `${name}:1` }] } },
    },
    status: { replicas, availableReplicas: more.ready ?? replicas, readyReplicas: more.ready ?? replicas },
  }
}

/** A pod with a sidecar, unless told otherwise. */
export const pod = (
  at: string,
  name: string,
  labels: Record<string, string>,
  more: { sidecar?: boolean; owner?: { kind: string; name: string }; annotations?: Record<string, string> } = {},
): TestObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: at,
    labels,
    annotations: {
      ...(more.sidecar === false ? {} : { 'sidecar.istio.io/status': '{"containers":["istio-proxy"]}' }),
      ...more.annotations,
    },
    ownerReferences:
      more.owner === undefined ? [] : [{ apiVersion: 'apps/v1', controller: true, uid: '1', ...more.owner }],
  },
  spec: { containers: [{ name: 'app', image: 'app:1' }], serviceAccountName: 'default' },
  status: { phase: 'Running' },
})

export const istio = (kind: string, at: string, name: string, spec: object): TestObject => ({
  apiVersion:
    kind.endsWith('Policy') || kind.endsWith('Authentication') ? 'security.istio.io/v1' : 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace: at },
  spec: { ...spec },
})

/** An istiod with its mesh configuration. */
export const controlPlane = (
  cluster: ClusterName,
  more: { id?: string; revision?: string; env?: Record<string, string>; mesh?: string } = {},
): TestObject[] => {
  const revision = more.revision ?? 'default'
  const suffix = revision === 'default' ? '' : `-${revision}`
  const env = { CLUSTER_ID: more.id ?? cluster, ...more.env }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: `istiod${suffix}`,
        namespace: 'istio-system',
        labels: { app: 'istiod', 'istio.io/rev': revision },
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'istiod' } },
        template: {
          metadata: { labels: { app: 'istiod' } },
          spec: {
            containers: [
              {
                name: 'discovery',
                image: 'pilot:1.30.1',
                env: Object.entries(env).map(([name, value]) => ({ name, value })),
              },
            ],
          },
        },
      },
      status: { replicas: 1, availableReplicas: 1 },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `istio${suffix}`, namespace: 'istio-system' },
      data: { mesh: more.mesh ?? 'trustDomain: cluster.local\n' },
    },
  ]
}

/** `cluster/namespace/workload`; the workload's app is its name up to the first dash. */
export function call(
  source: string,
  destination: string,
  rate: number,
  more: { code?: string; reporter?: Reporter; protocol?: string; grpcStatus?: string; service?: string } = {},
): TrafficRow {
  const to = peer(destination)
  const serviceName = more.service ?? to.canonicalService
  return {
    pair: {
      source: peer(source),
      destination: to,
      serviceNamespace: to.workloadNamespace,
      service: `${serviceName}.${to.workloadNamespace}.svc.cluster.local`,
      serviceName,
    },
    reporter: more.reporter ?? 'source',
    app: undefined,
    protocol: more.protocol ?? 'http',
    code: more.code ?? '200',
    grpcStatus: more.grpcStatus,
    flags: '-',
    rate,
  }
}

function peer(text: string): Peer {
  const [cluster, workloadNamespace, workload] = text.split('/')
  return { cluster, workloadNamespace, workload, canonicalService: workload?.split('-')[0], canonicalRevision: 'v1' }
}

export const everything: Scope = { key: 'all', seesCluster: () => 'yes', sees: () => 'yes' }

/** Sees only what is told, as `cluster` or `cluster/namespace`. */
export const onlySees = (...places: readonly string[]): Scope => ({
  key: places.join(),
  seesCluster: (cluster) => (places.some((place) => place.split('/')[0] === cluster) ? 'yes' : 'no'),
  sees: ({ cluster, namespace: at }) =>
    places.includes(cluster) || places.includes(`${cluster}/${at}`) ? 'yes' : 'no',
})

const testConfig: Config = {
  server: { address: '127.0.0.1', port: 0, webRoot: '', metricsPort: undefined },
  kubernetes: {
    homeCluster: '',
    kubeconfigs: [],
    execProvider: { enabled: false, allow: [] },
    excludeWorkloads: ['CronJob', 'DeploymentConfig', 'Job', 'ReplicationController'],
  },
  prometheus: {
    enabled: true,
    url: '',
    queryScope: {},
    timeoutMs: 1000,
    caFile: undefined,
    insecureSkipVerify: false,
  },
  istio: { appLabel: '', versionLabel: '', rootNamespace: 'istio-system', identityDomain: '' },
  health: { durationS: 300, refreshIntervalS: 30, timeoutS: 30, rates: [] },
  auth: authOf(settingsOf([]), '127.0.0.1'),
  deployment: { clusterWideAccess: true, viewOnlyMode: false },
  featureFlags: {},
  installationTag: '',
  logLevel: 'info',
}
