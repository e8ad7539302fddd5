/**
 * Namespaces, lists and details of services, workloads and apps, in Kiali's wire form. `T | null` is a place where Kiali
 * sends null for "never filled"; `?` a key it leaves out.
 */
import type { AppHealth, HealthStatus, ServiceHealth, WorkloadHealth } from './health.ts'

type StringMap = Record<string, string>

/** Group, version and kind, with the capital keys of the wire. The core group is ''. */
export interface Gvk {
  Group: string
  Version: string
  Kind: string
}

/** Names an object of Istio's configuration. `cluster` is '' in the references of lists. */
export interface ObjectKey {
  objectGVK: Gvk
  name: string
  namespace: string
  cluster: string
}

export interface ValidationCheck {
  /** `KIAnnnn`. */
  code: string
  message: string
  severity: 'error' | 'unknown' | 'warning'
  path: string
}

export interface ObjectValidation {
  name: string
  namespace: string
  cluster: string
  objectGVK: Gvk
  /** No check of severity error. */
  valid: boolean
  checks: ValidationCheck[]
  references: ObjectKey[] | null
}

/** By type (`networking.istio.io/v1, Kind=Gateway`, or bare `workload`, `service`), then by `<name>.<namespace>`. */
export type Validations = Record<string, Record<string, ObjectValidation>>

/** GET /api/istio/validations (a list), GET /api/namespaces/{namespace}/validations */
export interface ValidationSummary {
  errors: number
  warnings: number
  /** Objects that have been validated, workloads apart. */
  objectCount: number
  namespace: string
  cluster: string
}

/** GET /api/namespaces (a list), GET /api/namespaces/{namespace}/info */
export interface NamespaceDocument {
  name: string
  cluster: string
  isAmbient: boolean
  isControlPlane: boolean
  labels: StringMap | null
  annotations: StringMap | null
  revision?: string
}

export interface ResourcePermissions {
  create: boolean
  update: boolean
  delete: boolean
}

export interface AdditionalDetail {
  title: string
  value: string
  icon: string
}

/** Dashboards that fit the metrics of a workload or app. */
export interface Runtime {
  name: string
  dashboardRefs: { template: string; title: string }[]
}

/** A waypoint that captures something, or a workload captured by a waypoint. */
export interface WorkloadRef {
  cluster: string
  labels: StringMap | null
  labelType: '' | 'namespace' | 'service' | 'workload'
  name: string
  namespace: string
  /** What the waypoint is for: `service`, `workload`, `all`, `none`. */
  type: string
}

/** A service that a waypoint serves. */
export interface ServiceRef {
  cluster: string
  labelType: 'namespace' | 'service' | 'workload'
  name: string
  namespace: string
}

export interface MtlsStatus {
  autoMTLSEnabled: boolean
  cluster?: string
  minTLS: '' | 'TLSV1_2' | 'TLSV1_3'
  namespace?: string
  status:
    | 'MTLS_DISABLED'
    | 'MTLS_ENABLED'
    | 'MTLS_NOT_ENABLED'
    | 'MTLS_PARTIALLY_ENABLED'
    | 'MTLS_VALIDATION_ERROR'
    | 'UNSET'
    | 'UNSET_INHERITED_DISABLED'
    | 'UNSET_INHERITED_STRICT'
}

/** An object of Istio or the Gateway API as plain Kubernetes JSON; `status` is `{}` when unset. */
export interface ConfigDocument {
  kind: string
  apiVersion: string
  metadata: Record<string, unknown>
  spec: Record<string, unknown>
  /** `{}` when unset; a ReferenceGrant has none. */
  status?: Record<string, unknown>
}

/** GET /api/clusters/services */
export interface ServiceList {
  cluster: string
  services: ServiceOverview[]
  /** Only of type `service`. */
  validations: Validations
}

export interface ServiceOverview {
  name: string
  namespace: string
  cluster: string
  istioSidecar: boolean
  isAmbient: boolean
  appLabel: boolean
  additionalDetailSample: AdditionalDetail | null
  annotations: StringMap | null
  healthAnnotations: StringMap | null
  /** By port name; only of sub-services. */
  ports: Record<string, number> | null
  labels: StringMap | null
  selector: StringMap | null
  istioReferences: ObjectKey[] | null
  kialiWizard: string
  serviceRegistry: '' | 'External' | 'Kubernetes'
  health: ServiceHealth
}

export interface Port {
  name: string
  protocol: string
  port: number
}

/** The Service, or the host of a ServiceEntry (`External`). */
export interface ServiceDocument {
  name: string
  namespace: string
  cluster: string
  type: string
  createdAt: string
  resourceVersion: string
  externalName: string
  ip: string
  ips?: string[]
  ipFamilies?: string[]
  ports: Port[] | null
  labels: StringMap | null
  selectors: StringMap | null
  annotations: StringMap | null
  healthAnnotations: StringMap
  additionalDetails: AdditionalDetail[] | null
}

export interface Endpoint {
  addresses: { kind: string; name: string; ip: string }[]
  ports: Port[]
}

/** GET /api/namespaces/{namespace}/services/{service} */
export interface ServiceDetails {
  service: ServiceDocument
  istioSidecar: boolean
  isAmbient: boolean
  endpoints: Endpoint[]
  workloads: WorkloadOverview[] | null
  health: ServiceHealth
  namespaceMTLS: MtlsStatus
  istioPermissions: ResourcePermissions
  virtualServices: ConfigDocument[] | null
  destinationRules: ConfigDocument[] | null
  serviceEntries: ConfigDocument[] | null
  k8sHTTPRoutes: ConfigDocument[] | null
  k8sGRPCRoutes: ConfigDocument[] | null
  k8sInferencePools: ConfigDocument[] | null
  k8sReferenceGrants: null
  subServices: ServiceOverview[]
  validations: Validations
  waypointWorkloads: WorkloadRef[] | null
}

/** GET /api/clusters/workloads */
export interface WorkloadList {
  cluster: string
  workloads: WorkloadOverview[]
  /** Only of type `workload`. */
  validations: Validations
}

export interface WorkloadOverview {
  name: string
  namespace: string
  cluster: string
  gvk: Gvk
  createdAt: string
  resourceVersion: string
  /** Absent in lists. */
  istioInjectionAnnotation?: boolean
  istioSidecar: boolean
  isAmbient: boolean
  isGateway: boolean
  isWaypoint: boolean
  isZtunnel: boolean
  additionalDetailSample: AdditionalDetail | null
  /** Of the pod template. */
  labels: StringMap
  appLabel: boolean
  versionLabel: boolean
  /** 0 in the details. */
  podCount: number
  annotations: StringMap
  healthAnnotations: StringMap
  istioReferences: ObjectKey[] | null
  dashboardAnnotations: StringMap | null
  serviceAccountNames: string[]
  templateAnnotations?: StringMap
  templateLabels?: StringMap
  health: WorkloadHealth
  waypointWorkloads: WorkloadRef[] | null
  ValidationKey: string
  ValidationVersion: string
}

/** GET /api/namespaces/{namespace}/workloads/{workload} */
export interface WorkloadDetails extends WorkloadOverview {
  desiredReplicas: number
  currentReplicas: number
  availableReplicas: number
  pods: PodDocument[]
  services: ServiceOverview[] | null
  runtimes: Runtime[]
  additionalDetails: AdditionalDetail[]
  validations: Validations
  /** Of a waypoint: the services that use it. */
  waypointServices: ServiceRef[] | null
  /** Of a WorkloadGroup. */
  workloadEntries: WorkloadEntryDocument[] | null
}

export interface WorkloadEntryDocument {
  name: string
  labels: StringMap
  createdAt: string
  status: string
  statusReason: string
  appLabel: boolean
  versionLabel: boolean
  annotations: StringMap | null
  serviceAccountName: string
}

export interface ContainerDocument {
  name: string
  image: string
  isProxy: boolean
  isReady: boolean
  isAmbient: boolean
}

/** Whether istiod's last push reached a proxy: `Synced`, `Stale`, `NOT_SENT` and so on. */
export interface ProxyStatus {
  CDS: string
  EDS: string
  LDS: string
  RDS: string
}

export interface PodDocument {
  name: string
  labels: StringMap | null
  createdAt: string
  createdBy: { name: string; kind: string }[] | null
  containers: ContainerDocument[] | null
  istioContainers: ContainerDocument[] | null
  istioInitContainers: ContainerDocument[] | null
  status: string
  statusMessage: string
  statusReason: string
  appLabel: boolean
  versionLabel: boolean
  annotations: StringMap | null
  protocol: string
  proxyStatus: ProxyStatus | null
  serviceAccountName: string
}

/** GET /api/clusters/apps */
export interface AppList {
  applications: AppOverview[]
  cluster: string
}

export interface AppOverview {
  name: string
  namespace: string
  cluster: string
  istioSidecar: boolean
  isAmbient: boolean
  isGateway: boolean
  /** Union over services and workloads; distinct values sorted and joined with ','. */
  labels: StringMap
  istioReferences: ObjectKey[]
  health: AppHealth
}

/** GET /api/namespaces/{namespace}/apps/{app} */
export interface AppDetails {
  namespace: NamespaceDocument
  name: string
  cluster: string
  isAmbient: boolean
  workloads: AppWorkload[]
  serviceNames: string[]
  runtimes: Runtime[]
  health: AppHealth
}

export interface AppWorkload {
  workloadName: string
  gvk: Gvk
  istioSidecar: boolean
  isAmbient: boolean
  labels: StringMap
  namespace: string
  serviceAccountNames: string[]
  waypointWorkloads: WorkloadRef[] | null
}

/** GET /api/clusters/health; only the requested types are there. */
export interface ClustersHealth {
  namespaceAppHealth?: Record<string, Record<string, AppHealth>>
  namespaceServiceHealth?: Record<string, Record<string, ServiceHealth>>
  namespaceWorkloadHealth?: Record<string, Record<string, WorkloadHealth>>
  namespaceHealth?: Record<string, NamespaceHealth>
}

export interface NamespaceHealth {
  statusApp?: HealthBucket
  statusService?: HealthBucket
  statusWorkload?: HealthBucket
  worstStatus: HealthStatus
}

/** Names of objects by health. */
export interface HealthBucket {
  inError: string[]
  inNotReady: string[]
  inSuccess: string[]
  inWarning: string[]
  notAvailable: string[]
}
