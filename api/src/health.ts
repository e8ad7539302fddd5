/** Health as Kiali's API carries it, and the order of badness. */

export type HealthStatus = 'Failure' | 'Degraded' | 'Not Ready' | 'Healthy' | 'NA'

/** Requests per second by protocol (`http`, `grpc`) and response code. */
export type Rates = Record<string, Record<string, number>>

export interface RequestHealth {
  healthAnnotations: Record<string, string> | null
  inbound: Rates | null
  outbound: Rates | null
}

export interface CalculatedStatus {
  /** Percent, 0 to 100; -1 when there is no traffic. */
  errorRatio?: number
  status: HealthStatus
  /** Requests per second. */
  totalRequestRate?: number
}

export interface WorkloadStatus {
  name: string
  desiredReplicas: number
  currentReplicas: number
  availableReplicas: number
  /** -1: not applicable. */
  syncedProxies: number
}

export interface AppHealth {
  requests: RequestHealth
  status?: CalculatedStatus
  workloadStatuses: WorkloadStatus[]
}

export interface ServiceHealth {
  requests: RequestHealth
  status?: CalculatedStatus
}

export interface WorkloadHealth {
  requests: RequestHealth
  status?: CalculatedStatus
  workloadStatus: WorkloadStatus | null
}

const badness: readonly HealthStatus[] = ['NA', 'Healthy', 'Not Ready', 'Degraded', 'Failure']

/** Higher is worse. */
export const severity = (status: HealthStatus): number => badness.indexOf(status)

export function worstOf(statuses: Iterable<HealthStatus>): HealthStatus {
  let worst: HealthStatus = 'NA'
  for (const status of statuses) if (severity(status) > severity(worst)) worst = status
  return worst
}
