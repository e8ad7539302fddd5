/** Control planes and the mesh's infrastructure, in Kiali's wire form. */
import type { NamespaceDocument } from './catalog.ts'
import type { KubeCluster } from './config.ts'
import type { ComponentStatus, ExternalService } from './status.ts'

/** GET /api/mesh/controlplanes is a list of these: one per istiod Deployment. */
export interface ControlPlaneDocument {
  /** Where istiod runs. */
  cluster: KubeCluster
  config: {
    certificates?: Certificate[]
    /** Standard over shared over defaults. */
    effectiveConfig: ConfigSource
    network?: string
    sharedConfig?: ConfigSource
    standardConfig?: ConfigSource
  }
  /** It reads the configuration of another cluster than the one it runs in. */
  externalControlPlane: boolean
  /** CLUSTER_ID: the cluster whose configuration it reads. */
  id: string
  istiodName: string
  istiodNamespace: string
  managedClusters: KubeCluster[] | null
  managesExternal: boolean
  managedNamespaces: NamespaceDocument[] | null
  monitoringPort: number
  /** Kubernetes form, of the first container. */
  resources: unknown
  revision: string
  rootNamespace: string
  status: ComponentStatus['status']
  tag?: { cluster: string; name: string; revision: string }
  /** Limits: memory in units of 10^6 bytes, CPU in cores; 0 = none. */
  thresholds?: { memory: number; cpu: number }
  version?: ExternalService
}

export interface ConfigSource {
  cluster?: string
  /** Istio's MeshConfig and MeshNetworks as JSON. */
  configMap: { mesh: Record<string, unknown>; meshNetworks: Record<string, unknown> }
  name?: string
  namespace?: string
}

/** Times are RFC 3339. */
export interface Certificate {
  dnsNames: string[] | null
  configMapName: string
  issuer: string
  notBefore: string
  notAfter: string
  error: string
  accessible: boolean
  cluster: string
}

/** GET /api/mesh/graph */
export interface MeshGraph {
  elements: { nodes: { data: MeshNode }[]; edges: { data: MeshEdge }[] }
  /** Mesh ids of the control planes that the viewer sees; null without any. */
  meshNames: string[] | null
  /** Unix seconds. */
  timestamp: number
}

export type InfraType =
  | 'cluster'
  | 'dataplane'
  | 'gateway'
  | 'istiod'
  | 'kiali'
  | 'metricStore'
  | 'namespace'
  | 'waypoint'
  | 'ztunnel'

export interface MeshNode {
  id: string
  /** The box around it. */
  parent?: string
  cluster: string
  infraName: string
  infraType: InfraType
  namespace: string
  nodeType: 'box' | 'infra'
  /** A component's status; null of namespace boxes. */
  healthData: ComponentStatus['status'] | null
  /** By `infraType`; see the document of that kind. */
  infraData?: unknown
  isAmbient?: true
  isBox?: 'cluster' | 'namespace'
  isExternal?: true
  isInaccessible?: true
  version?: string
}

export interface MeshEdge {
  id: string
  source: string
  target: string
}
