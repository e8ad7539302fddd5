/**
 * One declarative scenario from which every facet of the simulated mesh follows: Kubernetes objects, istiod, metrics,
 * later traces. Plain data, so that tests can ask whether what the console says equals what was simulated.
 */

export interface Scenario {
  readonly name: string
  readonly seed: number
  readonly meshId: string
  readonly trustDomain: string
  readonly clusters: readonly SimCluster[]
  readonly namespaces: readonly SimNamespace[]
  readonly workloads: readonly SimWorkload[]
  readonly services: readonly SimService[]
  readonly calls: readonly SimCall[]
  /** Istio and Gateway API objects, as served; `cluster` says where each lives. */
  readonly config: readonly { readonly cluster: string; readonly object: KubernetesJson }[]
  /** What is wrong on purpose, so that tests can ask whether it is named, and nothing else. */
  readonly planted: readonly Planted[]
  /** What differs on purpose between the clusters that have the same object. */
  readonly differences?: readonly PlantedDifference[]
  /** How much rates swell and ebb, as a share of the rate (0 = constant). Absent: 0.2. */
  readonly breath?: number
}

export interface SimCluster {
  readonly name: string
  /** '': nothing states a network, all such clusters share one. */
  readonly network: string
  readonly region: string
  readonly zones: readonly string[]
  readonly kubernetesVersion: string
  /** Absent: served from elsewhere, or by nobody. */
  readonly istiod?: SimIstiod
  /** Beside `istiod`: further revisions, and control planes that serve other clusters from here. */
  readonly furtherIstiods?: readonly SimIstiod[]
  /** Who controls a cluster without istiod, as Istio's annotation says it: ids with commas between, or `*`. */
  readonly primary?: string
  readonly eastWestGateway: boolean
  /** Where Istio is installed; absent: `istio-system`. */
  readonly systemNamespace?: string
  /** ztunnel and the CNI plug-in run on its nodes. */
  readonly ambient?: true
  /** Istio is not installed here at all. */
  readonly outside?: true
}

export interface SimIstiod {
  readonly revision: string
  readonly version: string
  readonly clusterLocalHosts: readonly string[]
  /** Absent: the cluster's system namespace. */
  readonly namespace?: string
  /** CLUSTER_ID: whose configuration it reads; absent: the cluster it runs in. */
  readonly clusterId?: string
  /** Revision tags that point to it. */
  readonly tags?: readonly string[]
  /** Absent: what the scenario says. Several meshes can be shown side by side. */
  readonly meshId?: string
}

export interface SimNamespace {
  readonly cluster: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

export interface SimWorkload {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly kind: 'DaemonSet' | 'Deployment' | 'StatefulSet'
  readonly app: string
  readonly version: string
  readonly image: string
  readonly replicas: number
  /** Fewer than `replicas`: the others crash-loop. */
  readonly ready: number
  readonly mode: 'ambient' | 'none' | 'sidecar'
  readonly labels: Readonly<Record<string, string>>
  /** A gateway is a lone proxy, not an application with a sidecar. */
  readonly gateway?: 'eastwest' | 'ingress' | 'waypoint'
  /** The container's port; absent: 8080. */
  readonly port?: number
}

export interface SimService {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly selector: Readonly<Record<string, string>>
  readonly ports: readonly { readonly name: string; readonly port: number; readonly appProtocol?: string }[]
  readonly labels: Readonly<Record<string, string>>
  /** Absent: ClusterIP. */
  readonly type?: 'ClusterIP' | 'LoadBalancer'
}

/** A stream of calls from one workload to one service, answered by one workload, possibly in another cluster. */
export interface SimCall {
  /** Undefined: from outside the mesh, the source's labels are all `unknown`. */
  readonly source?: { readonly cluster: string; readonly namespace: string; readonly workload: string }
  readonly service: { readonly namespace: string; readonly name: string }
  /** Undefined: nobody answered (no healthy upstream). */
  readonly destination?: { readonly cluster: string; readonly namespace: string; readonly workload: string }
  readonly protocol: 'grpc' | 'http' | 'tcp'
  /** Requests per second; TCP: bytes per second sent by the source. */
  readonly rate: number
  /** Share of the requests by response code (gRPC: status), summing to 1, with Envoy's response flag of each. */
  readonly responses: readonly { readonly code: string; readonly share: number; readonly flags: string }[]
  readonly latencyMs: { readonly p50: number; readonly p99: number }
  readonly mtls: boolean
}

export interface Planted {
  readonly kind: 'app' | 'service' | 'workload'
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  /** What a page should say, in words. */
  readonly fault: string
  /** Not planted itself: it suffers from one that is. */
  readonly consequence?: true
}

/** `what` in the words of the difference list; `presence`: one of the clusters lacks the object. */
export interface PlantedDifference {
  readonly kind: 'app' | 'service' | 'workload'
  readonly namespace: string
  readonly name: string
  readonly what: 'config' | 'image' | 'labels' | 'ports' | 'presence' | 'replicas' | 'versions' | 'workloads'
}

export interface KubernetesJson {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown }
  readonly [key: string]: unknown
}
