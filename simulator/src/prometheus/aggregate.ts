/** `sum by (...)` and its kin. */
import { labelOf, type Metric } from '../metrics/series.ts'
import { type Aggregate, QueryError } from './ast.ts'
import { groupKeys, groupMetric, type Sample, type Vector } from './vector.ts'

/** `param` is `topk`'s k, `quantile`'s phi. */
export function aggregate(expr: Aggregate, vector: Vector, param: number | undefined): Vector {
  const grouping = groupingOf(expr, vector)
  if (expr.op === 'topk' || expr.op === 'bottomk') return strongest(expr, vector, grouping, param ?? 1)
  const fold = FOLDS[expr.op]
  if (!fold) throw new QueryError('execution', `aggregation "${expr.op}" is not supported here`)
  const groups: number[][] = grouping.metrics.map(() => [])
  if (expr.op === 'sum') return summed(vector, grouping)
  vector.samples.forEach((sample, i) => {
    groups[grouping.of[i] ?? 0]?.push(sample.value)
  })
  return {
    type: 'vector',
    samples: grouping.metrics.map((metric, i) => ({ metric, value: fold(groups[i] ?? [], param ?? 0) })),
  }
}

/** For each sample the number of its group, and each group's metric. */
interface Grouping {
  readonly of: Int32Array
  readonly metrics: readonly Metric[]
}

/** Groupings of shapes: a console's whole-mesh queries have the same ones again and again. */
const known = new WeakMap<object, Map<string, Grouping>>()

function groupingOf(expr: Aggregate, vector: Vector): Grouping {
  if (!vector.shape) return computed(expr, vector.samples)
  const byLabels = known.get(vector.shape) ?? new Map<string, Grouping>()
  known.set(vector.shape, byLabels)
  const named = vector.samples[0]?.metric.name !== ''
  const key = `${expr.without} ${named} ${expr.grouping.join()}`
  const grouping = byLabels.get(key) ?? computed(expr, vector.samples)
  byLabels.set(key, grouping)
  return grouping
}

function computed({ grouping, without }: Aggregate, samples: readonly Sample[]): Grouping {
  const of = new Int32Array(samples.length)
  const keyOf = groupKeys(grouping, without)
  const shared = sharedBases(grouping, without)
  const numbers = new Map<string, number>()
  const metrics: Metric[] = []
  samples.forEach(({ metric }, i) => {
    const key = keyOf(metric)
    let number = numbers.get(key)
    if (number === undefined) {
      number = metrics.length
      numbers.set(key, number)
      metrics.push(shared(metric))
    }
    of[i] = number
  })
  return { of, metrics }
}

/** Makes the metrics of groups; the buckets of one histogram get the same base, so that they find each other fast. */
function sharedBases(grouping: readonly string[], without: boolean): (metric: Metric) => Metric {
  if (grouping.includes('le') === without) return (metric) => groupMetric(metric, grouping, without)
  const rest = grouping.filter((label) => label !== 'le')
  const keyOf = groupKeys(without ? ['le', ...rest] : rest, without)
  const known = new Map<string, Metric>()
  return (metric) => {
    const key = keyOf(metric)
    const group = known.get(key) ?? groupMetric({ ...metric, le: '' }, rest, without)
    known.set(key, group)
    return { ...group, le: labelOf(metric, 'le') }
  }
}

function summed(vector: Vector, grouping: Grouping): Vector {
  const sums = new Float64Array(grouping.metrics.length)
  vector.samples.forEach((sample, i) => {
    const group = grouping.of[i] ?? 0
    sums[group] = (sums[group] ?? 0) + sample.value
  })
  return {
    type: 'vector',
    samples: grouping.metrics.map((metric, i) => ({ metric, value: sums[i] ?? 0 })),
    shape: grouping.metrics,
  }
}

const FOLDS: Readonly<Record<string, (values: readonly number[], param: number) => number>> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  avg: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  count: (values) => values.length,
  group: () => 1,
  max: (values) => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a), Number.NaN),
  min: (values) => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a), Number.NaN),
  stddev: (values) => Math.sqrt(variance(values)),
  stdvar: (values) => variance(values),
  quantile: (values, phi) => quantile(phi, values),
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}

function quantile(phi: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(phi)) return Number.NaN
  if (phi < 0) return Number.NEGATIVE_INFINITY
  if (phi > 1) return Number.POSITIVE_INFINITY
  const sorted = [...values].sort((a, b) => a - b)
  const rank = phi * (sorted.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(sorted.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return (sorted[lower] ?? 0) * (1 - weight) + (sorted[upper] ?? 0) * weight
}

/** Keeps whole samples, the k largest or smallest of each group, strongest first. */
function strongest(expr: Aggregate, vector: Vector, grouping: Grouping, k: number): Vector {
  const groups: Sample[][] = grouping.metrics.map(() => [])
  vector.samples.forEach((sample, i) => {
    groups[grouping.of[i] ?? 0]?.push(sample)
  })
  const sign = expr.op === 'topk' ? -1 : 1
  return {
    type: 'vector',
    samples: groups.flatMap((group) => group.sort((a, b) => sign * (a.value - b.value)).slice(0, Math.max(0, k))),
  }
}
