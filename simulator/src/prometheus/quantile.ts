/** `histogram_quantile`: straight lines between the buckets of each histogram. */
import { labelOf, type Metric } from '../metrics/series.ts'
import { groupKeys, groupMetric, type Vector } from './vector.ts'

export function histogramQuantile(phi: number, vector: Vector): Vector {
  return {
    type: 'vector',
    samples: histogramsOf(vector).map(({ metric, bounds, at }) => ({
      metric,
      value: quantileOf(
        phi,
        bounds.map((bound, i) => ({ bound, count: vector.samples[at[i] ?? -1]?.value ?? Number.NaN })),
      ),
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

interface Bucket {
  readonly bound: number
  readonly count: number
}

function boundOf(le: string): number | undefined {
  if (le === '+Inf') return Number.POSITIVE_INFINITY
  const bound = Number(le)
  return le === '' || Number.isNaN(bound) ? undefined : bound
}

function quantileOf(phi: number, sorted: readonly Bucket[]): number {
  if (Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  const buckets = cumulative(sorted)
  const last = buckets.at(-1)
  if (!last || last.bound !== Number.POSITIVE_INFINITY || buckets.length < 2) return Number.NaN
  if (last.count === 0 || Number.isNaN(last.count)) return Number.NaN
  const rank = phi * last.count
  const found = buckets.slice(0, -1).findIndex((bucket) => bucket.count >= rank)
  if (found < 0) return buckets.at(-2)?.bound ?? Number.NaN
  const bucket = buckets[found] ?? last
  if (found === 0 && bucket.bound <= 0) return bucket.bound
  const below = buckets[found - 1] ?? { bound: 0, count: 0 }
  return below.bound + (bucket.bound - below.bound) * ((rank - below.count) / (bucket.count - below.count))
}

/** Equal bounds added up, and never falling (scrapes and float sums may tear a histogram a little). */
function cumulative(sorted: readonly Bucket[]): Bucket[] {
  const merged: Bucket[] = []
  for (const bucket of sorted) {
    const before = merged.at(-1)
    if (before && before.bound === bucket.bound) merged.splice(-1, 1, { ...before, count: before.count + bucket.count })
    else merged.push(bucket)
  }
  let most = Number.NEGATIVE_INFINITY
  return merged.map(({ bound, count }) => {
    most = Math.max(most, count)
    return { bound, count: most }
  })
}
