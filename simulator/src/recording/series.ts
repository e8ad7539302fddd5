/** Recorded series: `value(t) = s + r * (t - t0)`, a sample every `step` seconds from `t0` to `end`. */
import { isFields, listAt, numberAt } from '../kube/json.ts'
import { steady } from '../metrics/curve.ts'
import type { FamilyMetadata, Labels, MetricType, Series, SeriesSource } from '../metrics/series.ts'

/** Times in Unix seconds. */
export interface RecordedSeries {
  readonly source: SeriesSource
  readonly t0: number
  readonly end: number
}

/** When a recording plays. Objects keep their times in any case. */
export interface Placement {
  /** Added to the times of all samples, in seconds. */
  readonly shiftS?: number
  /** Instead of a shift: the recording ends now by this clock (Unix ms), and its series go on from there as they went. */
  readonly live?: () => number
}

export function recordedSeries(metrics: unknown, { shiftS = 0, live }: Placement): RecordedSeries {
  const recordedEnd = numberAt(metrics, 'end')
  const shift = live ? Math.floor(live() / 1000) - recordedEnd : shiftS
  const t0 = numberAt(metrics, 't0') + shift
  const end = recordedEnd + shift
  const curve = steady(t0)
  const byName = new Map<string, Series[]>()
  const bases = new Map<string, Labels>()
  for (const one of listAt(metrics, 'series')) {
    const { __name__: name = '', le = '', ...own } = labelsOf(isFields(one) ? one.l : undefined)
    // Buckets, sums and counts of one flow share their labels, here as in a scenario.
    const key = JSON.stringify(own)
    const base = bases.get(key) ?? own
    bases.set(key, base)
    const series = { metric: { name, base, le }, curve, factor: numberAt(one, 'r'), offset: numberAt(one, 's') }
    const group = byName.get(name)
    if (group) group.push(series)
    else byName.set(name, [series])
  }
  const names = [...byName.keys()].sort()
  return {
    t0,
    end,
    source: {
      times: { fromMs: t0 * 1000, stepMs: numberAt(metrics, 'step') * 1000, untilMs: live ?? (() => end * 1000) },
      names: () => names,
      series: (name) => byName.get(name) ?? [],
      metadata: () => metadataOf(names),
    },
  }
}

const labelsOf = (value: unknown): Labels =>
  isFields(value) ? Object.fromEntries(Object.entries(value).map(([label, text]) => [label, String(text)])) : {}

/** Types were not recorded; names tell them. */
function metadataOf(names: readonly string[]): FamilyMetadata[] {
  const histograms = new Set(names.filter((name) => name.endsWith('_bucket')).map((name) => name.slice(0, -7)))
  const plain = names.filter((name) => !histograms.has(name.replace(/_(bucket|count|sum)$/, '')))
  return [
    ...[...histograms].map((name) => ({ name, type: 'histogram' as const, help: '' })),
    ...plain.map((name) => ({ name, type: typeOf(name), help: '' })),
  ]
}

const typeOf = (name: string): MetricType => (/_(total|count|pushes)$/.test(name) ? 'counter' : 'gauge')
