/** Time series as the query API and the exposition read them: a metric and a value in closed form, sampled on a grid. */
import type { Curve } from './curve.ts'

export type Labels = Readonly<Record<string, string>>

/** A metric's identity. `base` is shared by all series of one flow of traffic; `le` is '' but for buckets. */
export interface Metric {
  /** '' when an operation dropped it. */
  readonly name: string
  readonly base: Labels
  readonly le: string
}

/** `value(t) = offset + factor * curve.at(t)`. */
export interface Series {
  readonly metric: Metric
  readonly curve: Curve
  readonly factor: number
  readonly offset: number
}

/** When samples exist: every `stepMs` from `fromMs` to the last one not after `untilMs()`. Unix milliseconds. */
export interface SampleTimes {
  readonly fromMs: number
  readonly stepMs: number
  untilMs(): number
}

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'unknown'

/** A family as `/api/v1/metadata` names it: without `_bucket`, `_sum`, `_count`. */
export interface FamilyMetadata {
  readonly name: string
  readonly type: MetricType
  readonly help: string
}

export interface SeriesSource {
  readonly times: SampleTimes
  /** Metric names in order. */
  names(): readonly string[]
  /** The series of one metric; the same array as long as nothing changed. */
  series(name: string): readonly Series[]
  metadata(): readonly FamilyMetadata[]
}

export const valueAt = (series: Series, timeMs: number): number =>
  series.offset + series.factor * curveAt(series.curve, timeMs)

/** Series that follow each other share their curve, as the buckets of a histogram do, and are asked for two moments. */
const last: { curve: Curve | undefined; timeMs: number; value: number }[] = [
  { curve: undefined, timeMs: 0, value: 0 },
  { curve: undefined, timeMs: 0, value: 0 },
]
let oldest = 0

function curveAt(curve: Curve, timeMs: number): number {
  for (const known of last) if (known.curve === curve && known.timeMs === timeMs) return known.value
  const value = curve.at(timeMs / 1000)
  last[oldest] = { curve, timeMs, value }
  oldest = 1 - oldest
  return value
}

export function labelOf(metric: Metric, label: string): string {
  if (label === 'le') return metric.le || (metric.base.le ?? '')
  if (label === '__name__') return metric.name
  return metric.base[label] ?? ''
}

/** All labels with a value, the name among them when there is one. */
export const labelsOf = (metric: Metric): Record<string, string> => ({
  ...(metric.name === '' ? {} : { __name__: metric.name }),
  ...metric.base,
  ...(metric.le === '' ? {} : { le: metric.le }),
})
