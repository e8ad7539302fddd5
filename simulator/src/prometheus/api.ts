/** Prometheus' HTTP API as a function: path and parameters in, status and JSON out. What it does not know is a 404. */
import { labelOf, labelsOf, type Series, type SeriesSource, valueAt } from '../metrics/series.ts'
import { type Expr, type Matcher, QueryError } from './ast.ts'
import { parseStepMs, parseTimeMs } from './durations.ts'
import { evaluate, type Moment, rangeOf } from './evaluate.ts'
import { parsePromql } from './parse.ts'
import { printed } from './printed.ts'
import { type Select, selectorOf } from './select.ts'
import { type Sample, signature } from './vector.ts'
import { VectorData } from './vectorData.ts'

export interface Answer {
  readonly status: number
  /** Sent as it is when a string, else as JSON. */
  readonly body: unknown
}

export type PrometheusApi = (path: string, params: URLSearchParams) => Answer

export function prometheusApi(source: SeriesSource, clock: () => number): PrometheusApi {
  const context: Context = { source, select: selectorOf(source), parse: remembered(parsePromql), clock }
  return (path, params) => {
    try {
      const values = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path)
      if (values) return success(labelValues(context, params, decodeURIComponent(values[1] ?? '')))
      const route = ROUTES[path]
      return route ? route(context, params) : { status: 404, body: '404 page not found\n' }
    } catch (error) {
      if (error instanceof QueryError) return failure(error)
      throw error
    }
  }
}

interface Context {
  readonly source: SeriesSource
  readonly select: Select
  readonly parse: (query: string) => Expr
  readonly clock: () => number
}

const ROUTES: Readonly<Record<string, (context: Context, params: URLSearchParams) => Answer>> = {
  '/-/healthy': () => ({ status: 200, body: 'Prometheus Server is Healthy.\n' }),
  '/-/ready': () => ({ status: 200, body: 'Prometheus Server is Ready.\n' }),
  '/api/v1/query': (context, params) => success(query(context, params)),
  '/api/v1/query_range': (context, params) => success(queryRange(context, params)),
  '/api/v1/series': (context, params) => success(series(context, params)),
  '/api/v1/labels': (context, params) => success(labelNames(context, params)),
  '/api/v1/metadata': (context, params) => success(metadata(context, params)),
  '/api/v1/status/buildinfo': () => success({ version: '2.42.0', revision: 'simulated', goVersion: 'none' }),
  '/api/v1/status/runtimeinfo': (context) =>
    success({
      startTime: new Date(context.source.times.fromMs).toISOString(),
      timeSeriesCount: context.source.names().length,
      storageRetention: '15d',
    }),
  '/api/v1/status/config': (context) =>
    success({ yaml: `global:\n  scrape_interval: ${context.source.times.stepMs / 1000}s\n` }),
  '/api/v1/status/flags': () => success({ 'storage.tsdb.retention.time': '15d', 'query.lookback-delta': '5m' }),
}

const success = (data: unknown): Answer => ({ status: 200, body: { status: 'success', data } })

/** An answer's body as JSON. */
export const jsonOf = (body: unknown): Buffer =>
  typeof body === 'object' && body !== null && 'data' in body && body.data instanceof VectorData
    ? body.data.bytes()
    : Buffer.from(JSON.stringify(body))

const failure = (error: QueryError): Answer => ({
  status: error.kind === 'bad_data' ? 400 : 422,
  body: { status: 'error', errorType: error.kind, error: error.message },
})

const invalid = (name: string, message: string) => new QueryError('bad_data', `invalid parameter "${name}": ${message}`)

function query(context: Context, params: URLSearchParams): unknown {
  const timeMs = timeOf(params, 'time', context.clock())
  const expr = exprOf(context, params)
  const at = { timeMs, times: context.source.times, select: context.select }
  if (expr.type === 'selector' && expr.rangeMs !== undefined) return { resultType: 'matrix', result: matrix(expr, at) }
  const value = evaluate(expr, at)
  const time = timeMs / 1000
  if (value.type === 'string') return { resultType: 'string', result: [time, value.value] }
  if (value.type === 'scalar') return { resultType: 'scalar', result: [time, printed(value.value)] }
  return new VectorData(value.samples, time)
}

function matrix(expr: Extract<Expr, { type: 'selector' }>, at: Moment): unknown {
  return rangeOf(expr, at).map(({ series: one, samples }) => ({
    metric: labelsOf(one.metric),
    values: Array.from({ length: samples.count }, (_, i) => {
      const ms = samples.firstMs + i * samples.stepMs
      return [ms / 1000, printed(valueAt(one, ms))]
    }),
  }))
}

const MAX_POINTS = 11_000

function queryRange(context: Context, params: URLSearchParams): unknown {
  const startMs = timeOf(params, 'start', undefined)
  const endMs = timeOf(params, 'end', undefined)
  const stepMs = parseStepMs(params.get('step') ?? '')
  if (endMs < startMs) throw invalid('end', 'end timestamp must not be before start time')
  if (stepMs === undefined) throw invalid('step', `cannot parse "${params.get('step') ?? ''}" to a valid duration`)
  if (stepMs <= 0)
    throw invalid('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer')
  if ((endMs - startMs) / stepMs > MAX_POINTS) {
    throw new QueryError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    )
  }
  const expr = exprOf(context, params)
  const rows = new Map<string, { readonly first: Sample; readonly values: [number, string][] }>()
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    const value = evaluate(expr, { timeMs, times: context.source.times, select: context.select })
    if (value.type === 'string') throw invalid('query', 'invalid expression type "string" for range query')
    const samples =
      value.type === 'scalar' ? [{ metric: { name: '', base: {}, le: '' }, value: value.value }] : value.samples
    for (const sample of samples) {
      const key = signature(sample.metric)
      const row = rows.get(key) ?? { first: sample, values: [] }
      row.values.push([timeMs / 1000, printed(sample.value)])
      rows.set(key, row)
    }
  }
  return {
    resultType: 'matrix',
    result: [...rows.values()].map(({ first, values }) => ({ metric: labelsOf(first.metric), values })),
  }
}

function series(context: Context, params: URLSearchParams): unknown {
  const selectors = matchersOf(context, params)
  if (selectors.length === 0) throw new QueryError('bad_data', 'no match[] parameter provided')
  return selected(context, params, selectors).map((one) => labelsOf(one.metric))
}

function selected(
  context: Context,
  params: URLSearchParams,
  selectors: readonly (readonly Matcher[])[],
  order?: 'any',
): readonly Series[] {
  const startMs = timeOf(params, 'start', context.source.times.fromMs)
  const endMs = timeOf(params, 'end', context.clock())
  if (endMs < context.source.times.fromMs || startMs > context.source.times.untilMs()) return []
  const [first] = selectors
  if (first && selectors.length === 1) return context.select(first, order)
  return [...new Set(selectors.flatMap((matchers) => context.select(matchers, order)))]
}

const EVERYTHING: readonly Matcher[] = [{ label: '__name__', op: '!=', value: '' }]

function labelNames(context: Context, params: URLSearchParams): string[] {
  const selectors = matchersOf(context, params)
  const all = selected(context, params, selectors.length === 0 ? [EVERYTHING] : selectors, 'any')
  const bases = new Set(all.map((one) => one.metric.base))
  return [
    ...new Set([
      ...(all.length > 0 ? ['__name__'] : []),
      ...(all.some((one) => one.metric.le !== '') ? ['le'] : []),
      ...[...bases].flatMap((base) => Object.keys(base)),
    ]),
  ].sort()
}

function labelValues(context: Context, params: URLSearchParams, label: string): string[] {
  const selectors = matchersOf(context, params)
  if (label === '__name__') {
    // Name by name: which metrics a big mesh has is asked for often, and need not gather its millions of series.
    const has = (name: string, matchers: readonly Matcher[]): boolean =>
      selected(context, params, [[...matchers, { label: '__name__', op: '=', value: name }]], 'any').length > 0
    const asked = selectors.length === 0 ? [EVERYTHING] : selectors
    return context.source
      .names()
      .filter((name) => asked.some((matchers) => has(name, matchers)))
      .sort()
  }
  const all = selected(context, params, selectors.length === 0 ? [EVERYTHING] : selectors, 'any')
  return [...new Set(all.map((one) => labelOf(one.metric, label)))].filter((value) => value !== '').sort()
}

function metadata(context: Context, params: URLSearchParams): unknown {
  const only = params.get('metric')
  const families = context.source.metadata().filter((family) => only === null || only === '' || family.name === only)
  return Object.fromEntries(families.map(({ name, type, help }) => [name, [{ type, help, unit: '' }]]))
}

function matchersOf(context: Context, params: URLSearchParams): (readonly Matcher[])[] {
  return params.getAll('match[]').map((text) => {
    const expr = parameter('match[]', () => context.parse(text))
    if (expr.type !== 'selector') throw invalid('match[]', 'not a series selector')
    return expr.matchers
  })
}

const exprOf = (context: Context, params: URLSearchParams): Expr =>
  parameter('query', () => context.parse(params.get('query') ?? ''))

/** Prometheus names the parameter that did not parse. */
function parameter<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof QueryError ? invalid(name, error.message) : error
  }
}

function timeOf(params: URLSearchParams, name: string, absent: number | undefined): number {
  const text = params.get(name) ?? ''
  if (text === '' && absent !== undefined) return absent
  const ms = parseTimeMs(text)
  if (ms === undefined) throw invalid(name, `cannot parse "${text}" to a valid timestamp`)
  return ms
}

/** Queries repeat: their last hundreds of expressions are kept. */
function remembered(parse: (query: string) => Expr): (query: string) => Expr {
  const known = new Map<string, Expr>()
  return (text) => {
    const expr = known.get(text) ?? parse(text)
    if (known.size >= 500) known.clear()
    known.set(text, expr)
    return expr
  }
}
