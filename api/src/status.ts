/** What runs where, in Kiali's wire form. */

/** GET /api/status and GET /api */
export interface StatusInfo {
  status: {
    'Disabled features': string
    'Kiali commit hash': string
    'Kiali container version': string
    'Kiali state': 'running'
    /** Clients require `v?major.minor.patch`. */
    'Kiali version': string
  }
  externalServices: ExternalService[]
  warningMessages: string[]
  istioEnvironment: { istioAPIEnabled: boolean }
}

/** A service that does not answer is left out, or has no version. */
export interface ExternalService {
  name: string
  version?: string
  url?: string
  tempoConfig: Record<string, never>
}

/** GET /api/config/disabled: metric families that Prometheus does not have. */
export interface DisabledFeatures {
  requestSize: boolean
  requestSizeAverage: boolean
  requestSizePercentiles: boolean
  responseSize: boolean
  responseSizeAverage: boolean
  responseSizePercentiles: boolean
  responseTime: boolean
  responseTimeAverage: boolean
  responseTimePercentiles: boolean
}

/** GET /api/istio/status: one of Istio's components, a gateway, or a service that the console uses. */
export interface ComponentStatus {
  cluster: string
  name: string
  status: 'Healthy' | 'NotFound' | 'NotReady' | 'Unhealthy' | 'Unreachable'
  /** Others only warn. */
  isCore: boolean
  meshId?: string
}
