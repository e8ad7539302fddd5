/** `histogram_quantile`: straight lines between the buckets of each histogram. */
import { labelOf, type Metric } from '../metrics/series.ts'
import { groupKeys, groupMetric, type Vector } from './vector.ts'

export function histogramQuantile(phi: number, vector: Vector): Vector {
  return {
    type: 'vector',
    samples: histogramsOf(vector).map((histogram) => ({
      metric: histogram.metric,
      value: quantileOf(phi, bucketsOf(histogram, vector.samples)),
    })),
  }
}

/** One histogram of a vector: its buckets in order of bound, and where each is. */
interface Histogram {
  readonly metric: Metric
  readonly bounds: readonly number[]
  readonly at: readonly number[]
}

const known = new WeakMap<object, readonly Histogram[]>()

function histogramsOf(vector: Vector): readonly Histogram[] {
  const histograms = (vector.shape && known.get(vector.shape)) ?? found(vector)
  if (vector.shape) known.set(vector.shape, histograms)
  return histograms
}

function found(vector: Vector): Histogram[] {
  const histograms = new Map<string, { readonly first: Metric; readonly buckets: { bound: number; at: number }[] }>()
  const keyOf = groupKeys(['le'], true)
  vector.samples.forEach(({ metric }, at) => {
    const bound = boundOf(labelOf(metric, 'le'))
    if (bound === undefined) return
    const key = keyOf(metric)
    const histogram = histograms.get(key) ?? { first: metric, buckets: [] }
    histogram.buckets.push({ bound, at })
    histograms.set(key, histogram)
  })
  return [...histograms.values()].map(({ first, buckets }) => {
    buckets.sort((a, b) => a.bound - b.bound)
    const bounds = buckets.map((bucket) => bucket.bound)
    return { metric: groupMetric(first, ['le'], true), bounds, at: buckets.map((bucket) => bucket.at) }
  })
}

function boundOf(le: string): number | undefined {
  if (le === '+Inf') return Number.POSITIVE_INFINITY
  const bound = Number(le)
  return le === '' || Number.isNaN(bound) ? undefined : bound
}

/** The first `length` of each. */
interface Buckets {
  length: number
  readonly bounds: number[]
  readonly counts: number[]
}

function quantileOf(phi: number, { length, bounds, counts }: Buckets): number {
  if (Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  if (length < 2 || bounds[length - 1] !== Number.POSITIVE_INFINITY) return Number.NaN
  const all = counts[length - 1] ?? Number.NaN
  if (all === 0 || Number.isNaN(all)) return Number.NaN
  const rank = phi * all
  let found = 0
  while (found < length - 1 && !((counts[found] ?? Number.NaN) >= rank)) found++
  if (found === length - 1) return bounds[length - 2] ?? Number.NaN
  const bound = bounds[found] ?? Number.NaN
  if (found === 0 && bound <= 0) return bound
  const [lower, below] = found === 0 ? [0, 0] : [bounds[found - 1] ?? 0, counts[found - 1] ?? 0]
  return lower + (bound - lower) * ((rank - below) / ((counts[found] ?? 0) - below))
}

/** Of one histogram after the other. */
const buckets: Buckets = { length: 0, bounds: [], counts: [] }

/** Equal bounds added up, and never falling (scrapes and float sums may tear a histogram a little). */
function bucketsOf({ bounds, at }: Histogram, samples: Vector['samples']): Buckets {
  let length = 0
  for (let i = 0; i < bounds.length; i++) {
    const bound = bounds[i] ?? Number.NaN
    const count = samples[at[i] ?? -1]?.value ?? Number.NaN
    if (length > 0 && buckets.bounds[length - 1] === bound) {
      buckets.counts[length - 1] = (buckets.counts[length - 1] ?? 0) + count
      continue
    }
    buckets.bounds[length] = bound
    buckets.counts[length++] = count
  }
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < length; i++) {
    most = Math.max(most, buckets.counts[i] ?? Number.NaN)
    buckets.counts[i] = most
  }
  buckets.length = length
  return buckets
}
