/** GET /api/config: what a client needs to know once after login, in Kiali's wire form. Flags are `true` or absent. */
import type { AuthStrategy } from './auth.ts'

export interface ServerConfig {
  authStrategy: AuthStrategy
  ambientEnabled?: true
  chatAI: { enabled: boolean; defaultProvider: string; providers: never[]; store: { enabled: boolean } }
  clusters: Record<string, KubeCluster>
  clusterWideAccess?: true
  /** By cluster, the namespace of its control plane. */
  controlPlanes?: Record<string, string>
  deployment: { viewOnlyMode?: true }
  gatewayAPIClasses?: { name: string; className: string }[]
  gatewayAPIEnabled?: true
  healthConfig: {
    compute: { duration: string; refreshInterval: string; timeout: string }
    rate?: WireHealthRate[]
  }
  ignoreHomeCluster?: true
  installationTag?: string
  istioAnnotations: {
    ambientAnnotation: string
    ambientAnnotationEnabled: string
    istioInjectionAnnotation: string
  }
  istioAPIInstalled?: true
  istioGatewayInstalled?: true
  istioIdentityDomain: string
  istioLabels: { appLabelName: string; versionLabelName: string }
  istioStatusEnabled?: true
  kialiFeatureFlags: FeatureFlags
  logLevel: string
  /** Seconds. */
  prometheus: {
    enabled: boolean
    disabledReason?: string
    globalScrapeInterval?: number
    storageTsdbRetention?: number
  }
  runMode: 'app'
}

export interface KubeCluster {
  accessible: boolean
  apiEndpoint: string
  isKialiHome: boolean
  kialiInstances: KialiInstance[] | null
  name: string
  secretName: string
}

export interface KialiInstance {
  namespace: string
  operatorResource: string
  serviceName: string
  url: string
  version: string
}

export interface WireHealthRate {
  namespace?: string
  kind?: string
  name?: string
  tolerance: { code: string; degraded: number; failure: number; protocol: string; direction: string }[]
}

export interface FindOption {
  autoSelect?: true
  description?: string
  expression?: string
}

export interface Aggregation {
  displayName?: string
  label?: string
  singleSelection?: true
}

export interface FeatureFlags {
  authz: { requireNamespaceGet?: true }
  clustering: { enable_exec_provider: boolean }
  customWorkloadTypes?: { group: string; version: string; kind: string }[]
  disabledFeatures?: string[]
  istioAnnotationAction: boolean
  istioInjectionAction: boolean
  istioUpgradeAction: boolean
  uiDefaults: {
    graph: {
      findOptions?: FindOption[]
      hideOptions?: FindOption[]
      settings: { animation?: string }
      traffic: { ambient?: string; grpc?: string; http?: string; tcp?: string }
    }
    i18n: { language?: string; showSelector: boolean }
    list: {
      includeHealth: boolean
      includeIstioResources: boolean
      includeValidations: boolean
      showIncludeToggles: boolean
    }
    mesh: { findOptions?: FindOption[]; hideOptions?: FindOption[] }
    metricsPerRefresh?: string
    metricsInbound: { aggregations?: Aggregation[] }
    metricsOutbound: { aggregations?: Aggregation[] }
    namespaces?: string[]
    refreshInterval?: string
    tracing: { limit?: number }
  }
  validations: { ignore?: string[]; SkipWildcardGatewayHosts: boolean }
}
