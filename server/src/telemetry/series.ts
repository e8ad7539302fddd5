/** Values over time: one query over a range, shared by all who want the same at the same moment. */
import { BinocleError } from '../errors.ts'
import type { RangePrometheus } from './prometheus.ts'
import { type Expr, render } from './promql.ts'
import type { TimeRange, TimeSeries } from './timeSeries.ts'

export type { TimeRange, TimeSeries } from './timeSeries.ts'

/** Rejects with BIN-PROMETHEUS-*. */
export type SeriesSource = (expr: Expr, range: TimeRange) => Promise<readonly TimeSeries[]>

/** `prometheus` undefined: none is configured. */
export function createSeriesSource(
  prometheus: Pick<RangePrometheus, 'range'> | undefined,
  queryScope: Readonly<Record<string, string>>,
): SeriesSource {
  const flying = new Map<string, Promise<readonly TimeSeries[]>>()
  return (expr, range) => {
    if (prometheus === undefined) {
      const remedy = 'Set external_services.prometheus.url, or start with --prometheus URL.'
      return Promise.reject(new BinocleError('BIN-PROMETHEUS-DISABLED', 'No Prometheus is configured.', { remedy }))
    }
    const query = render(expr, queryScope)
    const key = `${range.startS} ${range.endS} ${range.stepS} ${query}`
    const known = flying.get(key)
    if (known !== undefined) return known
    const flight = prometheus
      .range(query, range)
      .then((found) => found.sort(byLabels))
      .finally(() => flying.delete(key))
    flying.set(key, flight)
    return flight
  }
}

/** As Prometheus orders them; what answers in its place may not. */
function byLabels(a: TimeSeries, b: TimeSeries): number {
  const [left, right] = [a, b].map(({ labels }) => Object.entries(labels).sort(byText).flat())
  for (const [i, part] of (left ?? []).entries()) {
    const other = right?.[i]
    if (part !== other) return other === undefined || part > other ? 1 : -1
  }
  return -1
}

const byText = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1)
