/**
 * What Binocle adds to Kiali's API: the clusters and their state, logical objects and what differs between their
 * members, the problems of the mesh in words, and the event stream. All below `/api/multicluster/`.
 */
import type { HealthStatus } from './health.ts'
import type { ClusterName, LogicalKind } from './identity.ts'
import type { Problem } from './problem.ts'

/** First match wins, in this order; see `server/src/clusters/state.ts`. */
export type ClusterStateName = 'unauthorized' | 'unreachable' | 'syncing' | 'degraded' | 'reachable' | 'telemetry-only'

/** One chip of the cluster strip. Times are Unix milliseconds. */
export interface ClusterStatus {
  name: ClusterName
  /** Kiali's clients know one home cluster; nothing of ours depends on it. */
  home: boolean
  state: ClusterStateName
  /** Nobody can say now what the viewer may see there: nothing of it is shown. Not that it does not answer, nor that it is forbidden. */
  access?: 'unknown'
  /** Why the state is not `reachable`. */
  cause?: Problem
  /** Since when the state holds. */
  since: number
  lastProbe?: number
  /** The last moment at which every watched kind was in step. */
  lastSync?: number
  /** The newest sample of a metric that names this cluster. */
  lastMetrics?: number
  kubernetesVersion?: string
  apiEndpoint?: string
  network?: string
  /** Which part it plays; absent while that cannot be told, or when it is not part of a mesh. */
  role?: 'primary' | 'remote' | 'external' | 'config' | 'management' | 'unmanaged'
  /** Deployed in the cluster. */
  controlPlanes: ClusterControlPlane[]
  namespaces: number
  workloads: number
  /** Objects of all watched kinds; for who sees all namespaces of the cluster. */
  objects?: number
  /** Kinds that are not known as they should be: forbidden, failed, or old. */
  gaps?: { kind: string; state: 'failed' | 'forbidden' | 'stale'; cause: Problem }[]
  /** From its nodes' labels; absent without nodes or without the right to read them. */
  locality?: { regions: string[]; zones: string[] }
  /** Control planes of other clusters that manage it. */
  managedBy?: ControlPlaneName[]
  meshId?: string
  trustDomain?: string
  trustDomainAliases?: string[]
  /** Roots of trust that its workloads are given; more than one while a root is rotated. */
  rootCertificates?: RootCertificate[]
  /** Which data planes there are. */
  dataPlanes?: ('ambient' | 'sidecar')[]
  /** Where its network is entered from other networks; empty = nowhere. */
  networkGateways?: NetworkGateway[]
  /** What is wrong with its place in the mesh, each with a remedy. */
  findings?: Problem[]
}

export interface ControlPlaneName {
  cluster: ClusterName
  namespace: string
  name: string
  revision: string
}

/** An istiod Deployment. */
export interface ClusterControlPlane {
  name: string
  namespace: string
  revision: string
  /** What istiod says of itself; what its image says while it does not answer. */
  version?: string
  status: string
  /** The revision tags that point to it. */
  tags?: string[]
  /** Its CLUSTER_ID: the cluster whose configuration it reads. */
  id?: string
  manages?: ClusterName[]
  rootNamespace?: string
  replicas?: { desired: number; available: number }
  /** Its running pods, and what each of them said when it was asked. */
  pods?: IstiodPod[]
}

/** Facts that a pod did not tell (yet) are absent; `cause` says why. */
export interface IstiodPod {
  name: string
  ready?: boolean
  version?: string
  /** Proxies connected to this very pod. */
  proxies?: number
  /** Services it knows, and of them those with an address in a cluster: one that it does not read is missing. */
  registry?: { services: number; byCluster: Record<ClusterName, number> }
  /** Istio objects it acts on. */
  configObjects?: number
  /** What it thinks of the clusters that it reads. */
  remotes?: { cluster: ClusterName; syncStatus: 'closed' | 'synced' | 'syncing' | 'timeout'; secret?: string }[]
  cause?: Problem
  /** When it last answered. */
  asOf?: number
}

export interface RootCertificate {
  /** SHA-256 of the certificate, as hex pairs with colons: equal roots have equal fingerprints. */
  fingerprint: string
  issuer: string
  notBefore: number
  notAfter: number
}

/** A Service or a Gateway through which other networks come in. */
export interface NetworkGateway {
  kind: 'Gateway' | 'Service' | 'meshNetworks'
  namespace: string
  name: string
  network: string
  /** Empty: not reachable from outside (yet). */
  addresses: string[]
  /** Port for sidecars (mTLS passthrough). */
  port?: number
  /** Port for ambient. */
  hbonePort?: number
}

/** GET /api/multicluster/clusters */
export interface ClustersAnswer {
  clusters: ClusterStatus[]
  /** The state of the metrics store; `problem` when it does not answer or knows no Istio metric. */
  prometheus: { state: 'reachable' | 'unreachable' | 'empty' | 'disabled'; problem?: Problem }
}

/** One physical part of a logical object, as a list shows it. */
export interface Member {
  cluster: ClusterName
  health: HealthStatus
  /** The cluster does not answer: facts are the last known ones. */
  stale?: true
  /** Requests per second in, over the window; undefined when telemetry is unknown. */
  requestRate?: number
  /** Percent. */
  errorPercent?: number
  /** Versions of the workloads behind it. */
  versions: string[]
  /** Workloads: `Deployment` and so on. Services: `ClusterIP`, `External` and so on. Apps: empty. */
  type: string
  ready?: number
  desired?: number
  mode: 'sidecar' | 'ambient' | 'none'
  labels: Record<string, string>
}

/** One row of a logical list: what namespace sameness makes of the same namespace/name in several clusters. */
export interface LogicalObject {
  kind: LogicalKind
  namespace: string
  name: string
  /** Worst of the members whose state is known. */
  health: HealthStatus
  /** Members whose cluster cannot be asked now. */
  unknownMembers: number
  members: Member[]
  /** Names of the attributes in which the members differ. */
  differs: string[]
  /** Why members are not one object, e.g. a cluster-local service: then each row has one member. */
  apart?: Apart
}

export interface Apart {
  /**
   * `cluster-local`: the mesh configuration keeps its callers in their cluster. `ambient-scope`: so does ambient, for what
   * is not global. `partition`: so does routing. `not-exported`: no ServiceExport shows it to other clusters. `kind`:
   * workloads of different kinds. `mesh`: clusters of different meshes.
   */
  reason: 'ambient-scope' | 'cluster-local' | 'kind' | 'mesh' | 'not-exported' | 'partition'
  /** What says so: a host pattern, a setting, an object. '' = it stands where the viewer may not look. */
  decidedBy: string
}

/** GET /api/multicluster/{services|workloads|apps}?namespaces=&clusters= */
export interface LogicalList {
  objects: LogicalObject[]
  /** Clusters whose facts are stale or missing in this answer. */
  unreachable: Problem[]
  /** Set when rates and request health are unknown. */
  telemetry?: Problem
}

/** One attribute in which the members of a logical object differ; `undefined` values are absent from the map. */
export interface Difference {
  /** e.g. `ports`, `labels.team`, `versions`, `replicas`, `image`. */
  attribute: string
  values: Record<ClusterName, string>
}

/**
 * What a detail route without `clusterName` adds to Kiali's document of the first cluster that has the object.
 * `Document` is that route's document.
 */
export interface AcrossClusters<Document> {
  clusters: Record<ClusterName, Document>
  differences: Difference[]
  /** Clusters that could not say whether they have the object. */
  unreachable: Problem[]
  traffic: TrafficCell[]
  apart?: LogicalObject['apart']
}

/** One cell of the matrix source cluster x destination cluster of a logical object. */
export interface TrafficCell {
  source: ClusterName
  destination: ClusterName
  /** Requests per second. */
  rps: number
  errorPercent: number
}

/** One row of the namespaces page: the same namespace in every cluster that has it. */
export interface LogicalNamespace {
  name: string
  members: {
    cluster: ClusterName
    stale?: true
    health: HealthStatus
    mode: 'sidecar' | 'ambient' | 'none'
    revision?: string
    isControlPlane: boolean
    labels: Record<string, string>
    apps: number
    services: number
    workloads: number
    /** Requests per second into the namespace. */
    requestRate?: number
    errorPercent?: number
  }[]
  health: HealthStatus
  differs: string[]
}

/** GET /api/multicluster/namespaces?clusters= */
export interface NamespacesAnswer {
  namespaces: LogicalNamespace[]
  unreachable: Problem[]
  telemetry?: Problem
}

/** One answer to "what is wrong now?", worst first, with a link to its evidence. */
export interface MeshProblem {
  severity: HealthStatus
  /** One sentence in words, e.g. `ratings in bookinfo fails 12.4 % of its requests in west`. */
  text: string
  /** Where the evidence is, as a path of the page, e.g. `/services/bookinfo/ratings?clusterName=west`. */
  href: string
  cluster?: ClusterName
  namespace?: string
  kind?: LogicalKind | 'cluster' | 'telemetry'
  name?: string
  since?: number
}

/** GET /api/multicluster/overview */
export interface Overview {
  problems: MeshProblem[]
  counts: {
    clusters: number
    namespaces: number
    apps: Counts
    services: Counts
    workloads: Counts
  }
  /** Requests per second in the whole mesh and between clusters. */
  traffic?: { rps: number; errorPercent: number; crossClusterRps: number; matrix: TrafficCell[] }
  telemetry?: Problem
}

/** Logical objects, and how many there are of each health. */
export interface Counts {
  objects: number
  instances: number
  byHealth: Partial<Record<HealthStatus, number>>
}

/** GET /api/multicluster/events, an SSE stream; the SSE event name is `type`, the data this as JSON. */
export type MeshEvent =
  /** Sent first: what the stream speaks of. */
  | { type: 'hello'; generation: number }
  /**
   * Kubernetes facts changed in these (cluster, namespace) pairs; sent at most once a second. Without any: what the viewer may
   * see changed. `generation` counts what this stream told.
   */
  | { type: 'inventory'; generation: number; changed: { cluster: ClusterName; namespaces: string[] }[] }
  /** A cluster's state changed. */
  | { type: 'cluster'; cluster: ClusterStatus }
  /** A cluster is no longer part of the mesh. */
  | { type: 'cluster-gone'; name: ClusterName }
  /** A new traffic snapshot is there. */
  | { type: 'traffic'; timestamp: number }

/** GET /api/multicluster/diagnostics: how the console itself follows the clusters. Without clusters the viewer may not see whole. */
export interface DiagnosticsAnswer {
  clusters: ClusterDiagnostics[]
  /** Why clusters may be missing: a source of clusters that cannot be read. And protections that the configuration switches off. */
  sources: Problem[]
}

export interface ClusterDiagnostics {
  name: ClusterName
  /** Who declares it, in words: `kubeconfig /etc/kube/config`, `Secret istio-system/west`. */
  origin: string
  /** What is odd about its declaration. */
  notes: Problem[]
  kinds: KindDiagnostics[]
}

/** One kind of one cluster. Kinds that the cluster does not serve are left out. */
export interface KindDiagnostics {
  kind: string
  /** API version that is watched. */
  version: string
  state: 'absent' | 'failed' | 'forbidden' | 'live' | 'stale' | 'syncing'
  cause?: Problem
  /** How it is followed; `polled`: we may list and not watch. */
  mode: 'paged' | 'polled' | 'streaming'
  /** Verbs that we were denied. */
  denied: ('list' | 'watch')[]
  objects: number
  /** Since the connection began. */
  events: number
  bytes: number
  /** Objects that did not fit their type, and were left out. */
  rejected: number
  relists: number
  restarts: number
  /** Since it was surely in step; absent when it never was. */
  ageMs?: number
  /** Unix ms; absent before the first byte. */
  lastByteAt?: number
  /** Namespaces that are followed one by one, where we may not read the whole cluster. */
  namespaces?: string[]
}
