/** `histogram_quantile`: straight lines between the buckets of each histogram. */
import { labelOf } from '../metrics/series.ts'
import { groupKey, groupMetric, type Sample, type Vector } from './vector.ts'

export function histogramQuantile(phi: number, vector: Vector): Vector {
  const histograms = new Map<string, { readonly first: Sample; readonly buckets: Bucket[] }>()
  for (const sample of vector.samples) {
    const bound = boundOf(labelOf(sample.metric, 'le'))
    if (bound === undefined) continue
    const key = groupKey(sample.metric, ['le'], true)
    const histogram = histograms.get(key) ?? { first: sample, buckets: [] }
    histogram.buckets.push({ bound, count: sample.value })
    histograms.set(key, histogram)
  }
  return {
    type: 'vector',
    samples: [...histograms.values()].map(({ first, buckets }) => ({
      metric: groupMetric(first.metric, ['le'], true),
      value: quantileOf(phi, buckets),
    })),
  }
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

function quantileOf(phi: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  const buckets = cumulative(unsorted)
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

/** In order of bound, equal bounds added up, and never falling (scrapes and float sums may tear a histogram a little). */
function cumulative(unsorted: readonly Bucket[]): Bucket[] {
  const merged: Bucket[] = []
  for (const bucket of [...unsorted].sort((a, b) => a.bound - b.bound)) {
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
