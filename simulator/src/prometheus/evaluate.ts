/** The value of an expression at one moment. */
import { labelsOf, type Metric, type SampleTimes, type Series, valueAt } from '../metrics/series.ts'
import { aggregate } from './aggregate.ts'
import { type Call, type Expr, QueryError, type Selector } from './ast.ts'
import { binary } from './binary.ts'
import { anchored } from './parse.ts'
import { histogramQuantile } from './quantile.ts'
import type { Select } from './select.ts'
import { metricOf, type Sample, unnamed, type Value, type Vector } from './vector.ts'
import { RANGE_FUNCTIONS, type Samples, samplesBetween } from './window.ts'

export interface Moment {
  readonly timeMs: number
  readonly times: SampleTimes
  readonly select: Select
}

/** Throws a `QueryError` of kind `execution`. */
export function evaluate(expr: Expr, at: Moment): Value {
  if (expr.type === 'number') return { type: 'scalar', value: expr.value }
  if (expr.type === 'string') return expr
  if (expr.type === 'selector') return instant(expr, at)
  if (expr.type === 'negation') return negated(evaluate(expr.expr, at))
  if (expr.type === 'call') return called(expr, at)
  if (expr.type === 'binary') return binary(expr, evaluate(expr.left, at), evaluate(expr.right, at))
  const param = expr.param && evaluate(expr.param, at)
  return aggregate(expr, vectorOf(expr.expr, at), param?.type === 'scalar' ? param.value : undefined)
}

/** A range selector by itself: each series with its samples. */
export function rangeOf(expr: Selector, at: Moment): { readonly series: Series; readonly samples: Samples }[] {
  const toMs = at.timeMs - expr.offsetMs
  const samples = samplesBetween(at.times, toMs - (expr.rangeMs ?? 0), toMs)
  return samples.count === 0 ? [] : at.select(expr.matchers).map((series) => ({ series, samples }))
}

/** How long an old sample stands for "now". */
const LOOKBACK_MS = 300_000

function instant(expr: Selector, at: Moment): Vector {
  const time = at.timeMs - expr.offsetMs
  const samples = samplesBetween(at.times, time - LOOKBACK_MS, time)
  if (samples.count === 0) return EMPTY
  const series = at.select(expr.matchers)
  return {
    type: 'vector',
    samples: series.map((one) => ({ metric: one.metric, value: valueAt(one, samples.lastMs) })),
    shape: series,
  }
}

const EMPTY: Vector = { type: 'vector', samples: [] }

function negated(value: Value): Value {
  if (value.type === 'scalar') return { type: 'scalar', value: -value.value }
  if (value.type === 'string') throw new QueryError('execution', 'a string has no sign')
  return mapped(value, (number) => -number)
}

const mapped = (vector: Vector, change: (value: number) => number): Vector => ({
  type: 'vector',
  samples: vector.samples.map(({ metric, value }) => ({ metric: unnamed(metric), value: change(value) })),
  ...(vector.shape ? { shape: vector.shape } : {}),
})

function called(call: Call, at: Moment): Value {
  if (RANGE_FUNCTIONS[call.name]) return overRange(call, at)
  const implementation = FUNCTIONS[call.name]
  if (!implementation) throw new QueryError('execution', `function "${call.name}" is not supported here`)
  return implementation(call, at)
}

function overRange(call: Call, at: Moment): Vector {
  const [selector] = call.args
  const compute = RANGE_FUNCTIONS[call.name]
  if (selector?.type !== 'selector' || selector.rangeMs === undefined || !compute) {
    throw new QueryError('execution', `${call.name} needs a range vector selector`)
  }
  const toMs = at.timeMs - selector.offsetMs
  const window = { fromMs: toMs - selector.rangeMs, toMs }
  const samples = samplesBetween(at.times, window.fromMs, window.toMs)
  if (samples.count === 0) return EMPTY
  const series = at.select(selector.matchers)
  const metrics = call.name === 'last_over_time' ? series.map(({ metric }) => metric) : withoutNames(series)
  const results: Sample[] = []
  for (const [i, metric] of metrics.entries()) {
    const one = series[i]
    const value = one && compute(one, samples, window)
    if (value === undefined) return EMPTY
    results.push({ metric, value })
  }
  return { type: 'vector', samples: results, shape: series }
}

const nameless = new WeakMap<readonly Series[], readonly Metric[]>()

/** Kept: a mesh-wide rate would otherwise make ten thousands of them each time. */
function withoutNames(series: readonly Series[]): readonly Metric[] {
  const known = nameless.get(series)
  if (known) return known
  const metrics = series.map(({ metric }) => withoutName(metric))
  nameless.set(series, metrics)
  return metrics
}

const namelessOne = new WeakMap<Metric, Metric>()

/** Several selections hold the same series. */
function withoutName(metric: Metric): Metric {
  const known = namelessOne.get(metric)
  if (known) return known
  const bare = unnamed(metric)
  namelessOne.set(metric, bare)
  return bare
}

const vectorOf = (expr: Expr | undefined, at: Moment): Vector => {
  const value = expr && evaluate(expr, at)
  return value?.type === 'vector' ? value : EMPTY
}

const scalarOf = (expr: Expr | undefined, at: Moment, absent = Number.NaN): number => {
  const value = expr && evaluate(expr, at)
  return value?.type === 'scalar' ? value.value : absent
}

const textOf = (expr: Expr | undefined): string => (expr?.type === 'string' ? expr.value : '')

const mathematical =
  (change: (value: number) => number) =>
  (call: Call, at: Moment): Value =>
    mapped(vectorOf(call.args[0], at), change)

const FUNCTIONS: Readonly<Record<string, (call: Call, at: Moment) => Value>> = {
  abs: mathematical(Math.abs),
  ceil: mathematical(Math.ceil),
  exp: mathematical(Math.exp),
  floor: mathematical(Math.floor),
  ln: mathematical(Math.log),
  sqrt: mathematical(Math.sqrt),
  clamp_max: (call, at) => {
    const most = scalarOf(call.args[1], at)
    return mapped(vectorOf(call.args[0], at), (value) => Math.min(value, most))
  },
  clamp_min: (call, at) => {
    const least = scalarOf(call.args[1], at)
    return mapped(vectorOf(call.args[0], at), (value) => Math.max(value, least))
  },
  round: (call, at) => {
    const inverse = 1 / scalarOf(call.args[1], at, 1)
    return mapped(vectorOf(call.args[0], at), (value) => Math.floor(value * inverse + 0.5) / inverse)
  },
  histogram_quantile: (call, at) => histogramQuantile(scalarOf(call.args[0], at), vectorOf(call.args[1], at)),
  time: (_call, at) => ({ type: 'scalar', value: at.timeMs / 1000 }),
  timestamp: (call, at) => {
    const last = samplesBetween(at.times, at.timeMs - LOOKBACK_MS, at.timeMs).lastMs / 1000
    return mapped(vectorOf(call.args[0], at), () => (call.args[0]?.type === 'selector' ? last : at.timeMs / 1000))
  },
  scalar: (call, at) => {
    const { samples } = vectorOf(call.args[0], at)
    return { type: 'scalar', value: samples.length === 1 ? (samples[0]?.value ?? Number.NaN) : Number.NaN }
  },
  vector: (call, at) => ({
    type: 'vector',
    samples: [{ metric: metricOf({}), value: scalarOf(call.args[0], at) }],
  }),
  sort: (call, at) => sorted(vectorOf(call.args[0], at), 1),
  sort_desc: (call, at) => sorted(vectorOf(call.args[0], at), -1),
  absent: (call, at) => {
    const [argument] = call.args
    if (vectorOf(argument, at).samples.length > 0) return EMPTY
    return { type: 'vector', samples: [{ metric: metricOf(impliedLabels(argument)), value: 1 }] }
  },
  label_replace: labelReplace,
}

const sorted = (vector: Vector, sign: number): Vector => ({
  type: 'vector',
  samples: [...vector.samples].sort((a, b) => sign * (a.value - b.value)),
})

/** `absent` carries the labels that an equality matcher alone demanded. */
function impliedLabels(expr: Expr | undefined): Record<string, string> {
  if (expr?.type !== 'selector') return {}
  const counts = new Map<string, number>()
  for (const { label } of expr.matchers) counts.set(label, (counts.get(label) ?? 0) + 1)
  return Object.fromEntries(
    expr.matchers
      .filter(({ label, op }) => op === '=' && label !== '__name__' && counts.get(label) === 1)
      .map(({ label, value }) => [label, value]),
  )
}

function labelReplace(call: Call, at: Moment): Value {
  const [vector, destination, replacement, source, pattern] = call.args
  const matcher = anchored(textOf(pattern))
  const target = textOf(destination)
  // Go writes groups as $1 or ${1} or ${name}; JavaScript as $1 or $<name>.
  const template = textOf(replacement)
    .replace(/\$\{(\d+)\}/g, '$$$1')
    .replace(/\$\{(\w+)\}/g, '$$<$1>')
  return {
    type: 'vector',
    samples: vectorOf(vector, at).samples.map((sample) => {
      const labels = labelsOf(sample.metric)
      const value = labels[textOf(source)] ?? ''
      if (!matcher.test(value)) return sample
      return { metric: metricOf({ ...labels, [target]: value.replace(matcher, template) }), value: sample.value }
    }),
  }
}
