/** Arithmetic, comparisons and set operators between scalars and vectors, with Prometheus' vector matching. */
import { labelOf, labelsOf, type Metric } from '../metrics/series.ts'
import { type Binary, type Matching, QueryError } from './ast.ts'
import { COMPARISONS } from './types.ts'
import { groupKeys, metricOf, type Sample, signature, unnamed, type Value, type Vector } from './vector.ts'

export function binary(expr: Binary, left: Value, right: Value): Value {
  if (left.type === 'string' || right.type === 'string') throw new QueryError('execution', 'strings have no operators')
  if (left.type === 'scalar' && right.type === 'scalar') {
    return { type: 'scalar', value: computed(expr.op, left.value, right.value) }
  }
  if (left.type === 'scalar') return right.type === 'vector' ? withScalar(expr, right, left.value, true) : right
  if (right.type === 'scalar') return withScalar(expr, left, right.value, false)
  if (expr.op === 'and' || expr.op === 'or' || expr.op === 'unless') return setOperation(expr, left, right)
  return matched(expr, left, right)
}

/** Comparisons give 1 or 0. */
function computed(op: string, a: number, b: number): number {
  const compute = OPERATORS[op]
  if (!compute) throw new QueryError('execution', `operator "${op}" is not supported here`)
  return compute(a, b)
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '>': (a, b) => Number(a > b),
  '<': (a, b) => Number(a < b),
  '>=': (a, b) => Number(a >= b),
  '<=': (a, b) => Number(a <= b),
}

/** A comparison without `bool` filters: it keeps the sample as it is, name included. */
const filters = (expr: Binary) => COMPARISONS.includes(expr.op) && !expr.bool

function withScalar(expr: Binary, vector: Vector, scalar: number, swapped: boolean): Vector {
  const result = (value: number) => (swapped ? computed(expr.op, scalar, value) : computed(expr.op, value, scalar))
  return {
    type: 'vector',
    samples: filters(expr)
      ? vector.samples.filter((sample) => result(sample.value) === 1)
      : vector.samples.map(({ metric, value }) => ({ metric: unnamed(metric), value: result(value) })),
  }
}

function setOperation(expr: Binary, left: Vector, right: Vector): Vector {
  const keyOf = groupKeys(expr.matching.labels, !expr.matching.on)
  const key = (sample: Sample) => keyOf(sample.metric)
  const there = new Set((expr.op === 'or' ? left : right).samples.map(key))
  if (expr.op === 'or') {
    return { type: 'vector', samples: [...left.samples, ...right.samples.filter((sample) => !there.has(key(sample)))] }
  }
  return { type: 'vector', samples: left.samples.filter((sample) => there.has(key(sample)) === (expr.op === 'and')) }
}

function matched(expr: Binary, left: Vector, right: Vector): Vector {
  const { matching } = expr
  const [many, one] = matching.many === 'right' ? [right, left] : [left, right]
  const keyOf = groupKeys(matching.labels, !matching.on)
  const ones = new Map<string, Sample>()
  for (const sample of one.samples) {
    const key = keyOf(sample.metric)
    if (ones.has(key)) throw new QueryError('execution', duplicate(matching))
    ones.set(key, sample)
  }
  const taken = new Set<string>()
  const samples: Sample[] = []
  for (const sample of many.samples) {
    const key = keyOf(sample.metric)
    const partner = ones.get(key)
    if (!partner) continue
    const [a, b] = matching.many === 'right' ? [partner, sample] : [sample, partner]
    const value = computed(expr.op, a.value, b.value)
    if (filters(expr) && value !== 1) continue
    const metric = resultMetric(expr, sample.metric, partner.metric)
    const identity = matching.many === 'none' ? key : signature(metric)
    if (taken.has(identity)) throw new QueryError('execution', manyToMany(matching))
    taken.add(identity)
    samples.push({ metric, value: filters(expr) ? a.value : value })
  }
  return { type: 'vector', samples }
}

function resultMetric(expr: Binary, many: Metric, one: Metric): Metric {
  const { matching } = expr
  const labels = labelsOf(filters(expr) ? many : unnamed(many))
  if (matching.many !== 'none') {
    const included = matching.include.map((label) => [label, labelOf(one, label)])
    return metricOf({ ...labels, ...Object.fromEntries(included) })
  }
  const stated = new Set(matching.labels)
  return metricOf(Object.fromEntries(Object.entries(labels).filter(([label]) => stated.has(label) === matching.on)))
}

const duplicate = (matching: Matching) =>
  `found duplicate series for the match group on the ${matching.many === 'right' ? 'left' : 'right'} hand-side of the operation;many-to-many matching not allowed: matching labels must be unique on one side`

const manyToMany = (matching: Matching) =>
  matching.many === 'none'
    ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
    : 'multiple matches for labels: grouping labels must ensure unique matches'
