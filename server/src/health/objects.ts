/** The health documents of services, workloads and apps, put together from rates, replicas and tolerances. */
import type { AppHealth, Rates, ServiceHealth, WorkloadHealth, WorkloadStatus } from '@binocle/api/health'
import type { NamespaceRef } from '@binocle/api/identity'
import type { HealthRate } from '../config/config.ts'
import type { Labels } from '../inventory/objects.ts'
import type { Requests } from './rates.ts'
import { calculatedStatus } from './status.ts'
import { rateAnnotation, tolerancesFor } from './tolerances.ts'

/** Something whose health is asked for. */
export interface Named {
  readonly name: string
  readonly annotations: Labels
}

export function serviceHealth(
  at: NamespaceRef,
  service: Named,
  inbound: Rates,
  rates: readonly HealthRate[],
): ServiceHealth {
  const { name, annotations } = service
  const tolerances = tolerancesFor({ kind: 'service', namespace: at.namespace, name, annotations }, rates)
  return {
    requests: { healthAnnotations: healthAnnotations(annotations), inbound, outbound: {} },
    status: calculatedStatus(inbound, {}, tolerances),
  }
}

export function workloadHealth(
  at: NamespaceRef,
  workload: Named,
  { inbound, outbound }: Requests,
  replicas: WorkloadStatus,
  rates: readonly HealthRate[],
): WorkloadHealth {
  const { name, annotations } = workload
  const tolerances = tolerancesFor({ kind: 'workload', namespace: at.namespace, name, annotations }, rates)
  return {
    requests: { healthAnnotations: healthAnnotations(annotations), inbound, outbound },
    status: calculatedStatus(inbound, outbound, tolerances, [replicas]),
    workloadStatus: replicas,
  }
}

export function appHealth(
  at: NamespaceRef,
  name: string,
  { inbound, outbound }: Requests,
  replicas: WorkloadStatus[],
  rates: readonly HealthRate[],
): AppHealth {
  const tolerances = tolerancesFor({ kind: 'app', namespace: at.namespace, name }, rates)
  return {
    requests: { healthAnnotations: {}, inbound, outbound },
    status: calculatedStatus(inbound, outbound, tolerances, replicas),
    workloadStatuses: replicas,
  }
}

/** Those of an object's annotations that speak of health. */
export function healthAnnotations(annotations: Labels): Record<string, string> {
  const rate = annotations[rateAnnotation]
  return rate === undefined ? {} : { [rateAnnotation]: rate }
}

const noRequests = () => ({ healthAnnotations: {}, inbound: {}, outbound: {} })

/** "Not asked for", as Kiali's lists carry it. */
export const noServiceHealth = (): ServiceHealth => ({ requests: noRequests() })
export const noWorkloadHealth = (): WorkloadHealth => ({ requests: noRequests(), workloadStatus: null })
export const noAppHealth = (): AppHealth => ({ requests: noRequests(), workloadStatuses: [] })
