/** Functions over a range of samples, with Prometheus' rules: counter resets, and extrapolation to the window's ends. */
import { type SampleTimes, type Series, valueAt } from '../metrics/series.ts'

/** Samples of a range, on the grid: `count` of them from `firstMs` to `lastMs`. */
export interface Samples {
  readonly firstMs: number
  readonly lastMs: number
  readonly count: number
  readonly stepMs: number
}

/** The samples with `fromMs <= t <= toMs` (both ends included, as Prometheus 2 does). */
export function samplesBetween(times: SampleTimes, fromMs: number, toMs: number): Samples {
  const { stepMs } = times
  const end = Math.min(toMs, times.untilMs())
  const first = times.fromMs + Math.max(0, Math.ceil((fromMs - times.fromMs) / stepMs)) * stepMs
  const last = times.fromMs + Math.floor((end - times.fromMs) / stepMs) * stepMs
  return { firstMs: first, lastMs: last, count: Math.max(0, Math.round((last - first) / stepMs) + 1), stepMs }
}

/** The window that a range function looks at, Unix ms. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** Undefined: too few samples. */
export type RangeFunction = (series: Series, samples: Samples, window: Window) => number | undefined

export const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  rate: (series, samples, window) => extrapolated(series, samples, window, true, true),
  increase: (series, samples, window) => extrapolated(series, samples, window, true, false),
  delta: (series, samples, window) => extrapolated(series, samples, window, false, false),
  irate: (series, samples) => {
    if (samples.count < 2) return undefined
    const last = valueAt(series, samples.lastMs)
    const before = valueAt(series, samples.lastMs - samples.stepMs)
    return (last < before ? last : last - before) / (samples.stepMs / 1000)
  },
  avg_over_time: (series, samples) => sum(series, samples) / samples.count,
  count_over_time: (_series, samples) => samples.count,
  last_over_time: (series, samples) => valueAt(series, samples.lastMs),
  max_over_time: (series, samples) => Math.max(...values(series, samples)),
  min_over_time: (series, samples) => Math.min(...values(series, samples)),
  sum_over_time: (series, samples) => sum(series, samples),
}

/**
 * The increase between the first and last sample, stretched to the window's ends: wholly when a sample stands within
 * 1.1 intervals of the end, else by half an interval; a counter is never stretched to before it was zero.
 */
function extrapolated(
  series: Series,
  { firstMs, lastMs, count }: Samples,
  { fromMs, toMs }: Window,
  counter: boolean,
  perSecond: boolean,
): number | undefined {
  if (count < 2) return undefined
  const first = valueAt(series, firstMs)
  const increase = counter ? counted(series, firstMs, lastMs, count) : valueAt(series, lastMs) - first
  const sampledS = (lastMs - firstMs) / 1000
  const intervalS = sampledS / (count - 1)
  const endS = (toMs - lastMs) / 1000
  let startS = (firstMs - fromMs) / 1000
  if (counter && increase > 0 && first >= 0) startS = Math.min(startS, sampledS * (first / increase))
  const reach = intervalS * 1.1
  const stretchedS = sampledS + (startS < reach ? startS : intervalS / 2) + (endS < reach ? endS : intervalS / 2)
  const whole = increase * (stretchedS / sampledS)
  return perSecond ? whole / ((toMs - fromMs) / 1000) : whole
}

/** The increase of a counter; after a reset it counts from 0. */
function counted(series: Series, firstMs: number, lastMs: number, count: number): number {
  const increase = valueAt(series, lastMs) - valueAt(series, firstMs)
  if (series.curve.monotone && series.factor >= 0) return increase
  const stepMs = (lastMs - firstMs) / (count - 1)
  let lost = 0
  let before = valueAt(series, firstMs)
  for (let i = 1; i < count; i++) {
    const value = valueAt(series, firstMs + i * stepMs)
    if (value < before) lost += before
    before = value
  }
  return increase + lost
}

const values = (series: Series, samples: Samples): number[] =>
  Array.from({ length: samples.count }, (_, i) => valueAt(series, samples.firstMs + i * samples.stepMs))

const sum = (series: Series, samples: Samples): number => values(series, samples).reduce((a, b) => a + b, 0)
