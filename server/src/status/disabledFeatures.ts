/** Which optional metric families Prometheus lacks: clients hide the charts that need them. */
import type { DisabledFeatures } from '@binocle/api/status'
import { checkedMetrics } from './aboutPrometheus.ts'

/** `metrics`: which of the checked ones exist; undefined = unknown. Nothing is disabled on doubt. */
export function disabledFeatures(metrics: ReadonlySet<string> | undefined): DisabledFeatures {
  const existing = checkedMetrics.filter((name) => metrics?.has(name))
  // An empty Prometheus proves nothing: it may have been started a moment ago.
  const inDoubt = metrics === undefined || existing.length === 0
  const lacks = (name: string): boolean => !inDoubt && !metrics.has(name)
  const family = (name: string) => {
    const sum = lacks(`${name}_sum`)
    const average = sum || lacks(`${name}_count`)
    return { sum, average, percentiles: average || lacks(`${name}_bucket`) }
  }
  const request = family('istio_request_bytes')
  const response = family('istio_response_bytes')
  const time = family('istio_request_duration_milliseconds')
  return {
    requestSize: request.sum,
    requestSizeAverage: request.average,
    requestSizePercentiles: request.percentiles,
    responseSize: response.sum,
    responseSizeAverage: response.average,
    responseSizePercentiles: response.percentiles,
    responseTime: time.sum,
    responseTimeAverage: time.average,
    responseTimePercentiles: time.percentiles,
  }
}
