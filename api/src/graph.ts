/** The traffic graph document, in Kiali's wire form. Rates and percentages travel as text. */
import type { AppHealth, HealthStatus, ServiceHealth, WorkloadHealth } from './health.ts'
import type { Problem } from './problem.ts'

export type GraphType = 'app' | 'service' | 'versionedApp' | 'workload'
export type BoxType = 'app' | 'cluster' | 'namespace'
export type NodeType = 'aggregate' | 'app' | 'box' | 'service' | 'unknown' | 'workload'

export interface Graph {
  /** Unix seconds, end of the window. */
  timestamp: number
  /** Seconds. */
  duration: number
  graphType: GraphType
  elements: { nodes: { data: GraphNode }[]; edges: { data: GraphEdge }[] }
  /** Ours: why there is no traffic although nothing failed, e.g. Prometheus knows no Istio metric. */
  telemetry?: Problem
}

export interface GraphNode {
  id: string
  parent?: string
  nodeType: NodeType
  cluster: string
  namespace: string
  workload?: string
  app?: string
  version?: string
  service?: string
  aggregate?: string
  destServices?: { cluster: string; namespace: string; name: string }[]
  labels?: Record<string, string>
  traffic?: { protocol: string; rates: Record<string, string> }[]
  healthData: AppHealth | ServiceHealth | WorkloadHealth | null
  hasCB?: true
  hasFaultInjection?: true
  hasIngressWaypoint?: true
  hasMirroring?: true
  hasRequestRouting?: true
  hasRequestTimeout?: true
  hasTCPTrafficShifting?: true
  hasTrafficShifting?: true
  hasVS?: { hostnames?: string[] }
  hasWorkloadEntry?: { name: string }[]
  isAmbient?: true
  isBox?: BoxType
  isDead?: true
  isExtension?: { name?: string; url?: string }
  isGateway?: {
    ingressInfo: { hostnames?: string[] }
    egressInfo: { hostnames?: string[] }
    gatewayAPIInfo: { hostnames?: string[] }
  }
  isIdle?: true
  isInaccessible?: true
  isInjected?: true
  isK8sGatewayAPI?: true
  isOutOfMesh?: true
  isOutside?: true
  isRoot?: true
  isServiceEntry?: { hosts: string[]; location: string; namespace: string }
  isWaypoint?: true
}

export interface GraphEdge {
  id: string
  source: string
  target: string
  destPrincipal?: string
  healthStatus?: HealthStatus
  isMTLS?: string
  responseTime?: string
  sourcePrincipal?: string
  throughput?: string
  traffic: {
    protocol?: string
    rates?: Record<string, string>
    responses?: Record<string, { flags?: Record<string, string>; hosts?: Record<string, string> }>
  }
  waypoint?: { direction: 'from' | 'to'; fromEdge?: GraphEdge }
}
