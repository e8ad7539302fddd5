/** What injection adds to a pod: the proxy as a native sidecar, its init container, labels and the status annotation. */
import type { SimCluster, SimWorkload } from '../scenario.ts'
import { systemNamespaceOf } from '../system.ts'
import { canonicalRevision } from '../topology.ts'

export interface MeshFacts {
  readonly meshId: string
  readonly trustDomain: string
  readonly cluster: SimCluster
  /** Istio's version and revision as the serving control plane has them. */
  readonly version: string
  readonly revision: string
  /** The istiods that run in the cluster. */
  readonly istiods: readonly IstiodFacts[]
}

export interface IstiodFacts {
  readonly namespace: string
  readonly name: string
  readonly revision: string
  /** CLUSTER_ID. */
  readonly id: string
  /** It serves clusters that have none. */
  readonly servesOthers: boolean
  /** It reads another cluster's configuration. */
  readonly external: boolean
}

/** Labels of an injected pod, or of a gateway's. */
export const meshLabels = (w: SimWorkload, facts: MeshFacts): Readonly<Record<string, string>> => ({
  'security.istio.io/tlsMode': 'istio',
  'service.istio.io/canonical-name': w.app,
  'service.istio.io/canonical-revision': canonicalRevision(w),
  ...(facts.cluster.network === '' ? {} : { 'topology.istio.io/network': facts.cluster.network }),
})

export const scrapeAnnotations = {
  'prometheus.io/path': '/stats/prometheus',
  'prometheus.io/port': '15020',
  'prometheus.io/scrape': 'true',
} as const

/** Annotations of an injected pod. `sidecar.istio.io/status` is how consoles know that a pod is in the mesh. */
export const injectionAnnotations = (facts: MeshFacts): Readonly<Record<string, string>> => ({
  'istio.io/rev': facts.revision,
  'kubectl.kubernetes.io/default-container': 'app',
  'kubectl.kubernetes.io/default-logs-container': 'app',
  ...scrapeAnnotations,
  'sidecar.istio.io/status': JSON.stringify({
    initContainers: ['istio-init', 'istio-proxy'],
    containers: null,
    volumes: VOLUMES.map((volume) => volume.name),
    imagePullSecrets: null,
    revision: facts.revision,
  }),
})

export const proxyImage = (facts: MeshFacts): string => `docker.io/istio/proxyv2:${facts.version}`

/** Init containers of an injected pod: the traffic redirect, then the proxy that restarts always. */
export const injectedInitContainers = (w: SimWorkload, facts: MeshFacts) => [
  {
    name: 'istio-init',
    image: proxyImage(facts),
    args: ['istio-iptables', '-p', '15001', '-z', '15006', '-u', '1337', '-m', 'REDIRECT', '-i', '*', '-b', '*'],
    resources: RESOURCES,
  },
  { ...proxyContainer(w, facts, 'sidecar'), restartPolicy: 'Always' },
]

/** The proxy's container: a sidecar's, or the only one of a gateway. */
export const proxyContainer = (w: SimWorkload, facts: MeshFacts, role: 'router' | 'sidecar' | 'waypoint') => ({
  name: 'istio-proxy',
  image: proxyImage(facts),
  args: ['proxy', role, '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
  env: [
    { name: 'CA_ADDR', value: `istiod.${systemNamespaceOf(facts.cluster)}.svc:15012` },
    { name: 'ISTIO_META_CLUSTER_ID', value: facts.cluster.name },
    ...(facts.cluster.network === '' ? [] : [{ name: 'ISTIO_META_NETWORK', value: facts.cluster.network }]),
    { name: 'ISTIO_META_MESH_ID', value: facts.meshId },
    { name: 'ISTIO_META_WORKLOAD_NAME', value: w.name },
    { name: 'TRUST_DOMAIN', value: facts.trustDomain },
    ...(w.gateway === 'eastwest' ? [{ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: facts.cluster.network }] : []),
  ],
  ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
  readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021, scheme: 'HTTP' }, periodSeconds: 15 },
  resources: RESOURCES,
})

const RESOURCES = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { cpu: '2', memory: '1Gi' },
} as const

export const VOLUMES = [
  { name: 'workload-socket', emptyDir: {} },
  { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
  { name: 'istio-data', emptyDir: {} },
  { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
] as const
