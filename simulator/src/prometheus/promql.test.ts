/**
 * Our answers against a real Prometheus, over series with all that is awkward: counter resets, gauges that go up and
 * down, missing labels, quotes in values, histograms. Queries are drawn from a grammar of what consoles send.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Curve } from '../metrics/curve.ts'
import type { Series, SeriesSource } from '../metrics/series.ts'
import { answer, ask, askRaw, field, normal, sorted } from '../real/compare.ts'
import { missingPrometheus, type RealPrometheus, startPrometheus } from '../real/prometheus.ts'
import { prometheusApi } from './api.ts'

const STEP_MS = 15_000
const FROM_MS = Date.UTC(2026, 0, 10, 12)
const TO_MS = FROM_MS + 40 * 60_000
const missing = await missingPrometheus()

describe.skipIf(missing)(`PromQL as a real Prometheus answers it${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const source = awkwardSeries()
  const ours = prometheusApi(source, () => TO_MS)
  let real: RealPrometheus
  beforeAll(async () => {
    real = await startPrometheus({ series: source, fromMs: FROM_MS, toMs: TO_MS })
  })
  afterAll(() => real.close())

  it('answers instant queries alike', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(queries(), fc.integer({ min: -3, max: 43 * 60 }), async (query, atS) => {
        const params = new URLSearchParams({ query, time: String(FROM_MS / 1000 + atS) })
        expect(normal(answer(ours, 'query', params)), query).toEqual(normal(await ask(real, 'query', params)))
      }),
      { numRuns: 400, seed: 7 },
    )
  })

  it.each([
    'http_total',
    'took_bucket',
    'sum by (zone) (rate(http_total[5m]))',
    'sum by (code, zone) (http_total) > 0',
    'sum by (app) (took_bucket) / sum by (app) (http_total)',
    '{app="a"}',
  ])('lists the rows of %j in the same order', async (query) => {
    const params = new URLSearchParams({ query, time: String(TO_MS / 1000) })
    const order = (data: unknown) => listOf(field(data, 'result')).map((row) => field(row, 'metric'))
    expect(order(answer(ours, 'query', params))).toEqual(order(await ask(real, 'query', params)))
  })

  it('answers range queries alike', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        queries(),
        fc.integer({ min: 0, max: 1200 }),
        fc.constantFrom(7, 15, 60),
        async (query, fromS, step) => {
          const start = FROM_MS / 1000 + fromS
          const params = new URLSearchParams({
            query,
            start: String(start),
            end: String(start + 600),
            step: String(step),
          })
          expect(normal(answer(ours, 'query_range', params)), query).toEqual(
            normal(await ask(real, 'query_range', params)),
          )
        },
      ),
      { numRuns: 100, seed: 11 },
    )
  })

  it.each([
    'sum(rate(http_total[1m',
    'rate(http_total)',
    'sum(http_total) by (code) offset 1m',
    'http_total{code=~"("}',
    '{code=""}',
    '',
    'nosuch(http_total)',
    '1 > 2',
    'http_total and 1',
    'round(http_total, 1, 2)',
  ])('refuses %j with the same kind of error', async (query) => {
    const params = new URLSearchParams({ query, time: String(TO_MS / 1000) })
    const [mine, theirs] = [ours('/api/v1/query', params), await askRaw(real, 'query', params)]
    expect(mine.status).toBe(theirs.status)
    expect(mine.body).toMatchObject({ status: 'error', errorType: field(theirs.body, 'errorType') })
  })

  it.each(['http_total + on(app) http_total', 'http_total / on(app) group_left mem'])(
    'refuses %j while evaluating, alike',
    async (query) => {
      const params = new URLSearchParams({ query, time: String(TO_MS / 1000) })
      const [mine, theirs] = [ours('/api/v1/query', params), await askRaw(real, 'query', params)]
      expect([mine.status, field(mine.body, 'errorType')]).toEqual([theirs.status, field(theirs.body, 'errorType')])
    },
  )

  it.each([
    ['labels', {}],
    ['labels', { 'match[]': 'mem' }],
    ['label/app/values', {}],
    ['label/code/values', { 'match[]': 'http_total{app="a"}' }],
    ['label/__name__/values', {}],
    ['series', { 'match[]': 'http_total{code=~"5.."}' }],
  ])('answers %s %j alike', async (path, extra) => {
    const window = { start: String(FROM_MS / 1000), end: String(TO_MS / 1000) }
    const params = new URLSearchParams({ ...extra, ...window })
    expect(sorted(field(ours(`/api/v1/${path}`, params).body, 'data'))).toEqual(
      sorted(field((await askRaw(real, path, params)).body, 'data')),
    )
  })
})

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Twelve counters of requests (two reset), gauges, and two histograms. */
function awkwardSeries(): SeriesSource {
  const minutes = (timeS: number) => (timeS - FROM_MS / 1000) / 60
  const rising: Curve = { at: (timeS) => 100 + minutes(timeS) * 7.25, monotone: true }
  const restarted: Curve = {
    at: (timeS) => (minutes(timeS) < 17 ? 40 + minutes(timeS) * 3 : (minutes(timeS) - 17) * 3),
    monotone: false,
  }
  const fresh: Curve = { at: (timeS) => minutes(timeS) * 0.5, monotone: true }
  const swaying: Curve = { at: (timeS) => 10 * Math.sin(minutes(timeS) / 3), monotone: false }
  const series: Series[] = []
  const add = (name: string, base: Record<string, string>, curve: Curve, factor: number, le = '') =>
    series.push({ metric: { name, base, le }, curve, factor, offset: 0 })
  for (const [i, app] of ['a', 'b', 'c "quoted" \\ back'].entries()) {
    add('http_total', { app, code: '200', zone: 'x' }, rising, i + 1)
    add('http_total', { app, code: '503', zone: 'y' }, i === 1 ? restarted : fresh, i + 1)
    add('http_total', { app, code: '404' }, restarted, 0.5 + i)
    add('mem', { app, zone: i === 0 ? 'x' : 'y' }, swaying, i + 1)
    for (const [j, le] of ['0.5', '1', '10', '+Inf'].entries()) {
      add('took_bucket', { app, zone: 'x' }, rising, (j + 1) * (i + 1), le)
      add('took_bucket', { app, zone: 'y' }, fresh, j === 3 ? 4 : j + 1, le)
    }
  }
  const names = [...new Set(series.map((one) => one.metric.name))].sort()
  const byName = new Map(names.map((name) => [name, series.filter((one) => one.metric.name === name)]))
  return {
    times: { fromMs: FROM_MS, stepMs: STEP_MS, untilMs: () => TO_MS },
    names: () => names,
    series: (name) => byName.get(name) ?? [],
    metadata: () => [],
  }
}

function queries(): fc.Arbitrary<string> {
  const matcher = fc.constantFrom(
    'app="a"',
    'app!="a"',
    'code=~"5..|404"',
    'code!~"2.*"',
    'zone=""',
    'zone!=""',
    'app=~"c.*"',
    'nosuch=""',
  )
  const matchers = fc.uniqueArray(matcher, { maxLength: 2 }).map((list) => `{${list.join(',')}}`)
  const offset = fc.constantFrom('', '', '', ' offset 2m')
  const range = fc.constantFrom('30s', '1m', '5m', '600s', '37s')
  const counter = fc.tuple(matchers, range, offset, fc.constantFrom('rate', 'rate', 'increase', 'irate'))
  const rated = counter.map(([m, r, o, f]) => `${f}(http_total${m}[${r}]${o})`)
  const gauge = fc
    .tuple(matchers, range, fc.constantFrom('avg', 'min', 'max', 'sum', 'count', 'last'))
    .map(([m, r, f]) => `${f}_over_time(mem${m}[${r}])`)
  const instant = fc.tuple(fc.constantFrom('http_total', 'mem'), matchers, offset).map(([n, m, o]) => `${n}${m}${o}`)
  const vector = fc.oneof({ weight: 3, arbitrary: rated }, instant, gauge, fc.constant('delta(mem[5m])'))
  const labels = fc.constantFrom('()', '(app)', '(app, zone)', '(code)', '(zone, nosuch)')
  const aggregated = fc
    .tuple(fc.constantFrom('sum', 'avg', 'max', 'min', 'count'), fc.constantFrom('by', 'without'), labels, vector)
    .map(([op, how, by, v]) => `${op} ${how} ${by} (${v})`)
  const quantile = fc
    .tuple(fc.constantFrom('0.5', '0.95', '0.99', '1.5'), fc.constantFrom('(le)', '(le, app)', '(le, zone)'), range)
    .map(([q, by, r]) => `histogram_quantile(${q}, sum by ${by} (rate(took_bucket[${r}])))`)
  const simple = fc.oneof(vector, aggregated, aggregated, quantile)
  const dressed = fc.oneof(
    fc
      .tuple(simple, fc.constantFrom('> 0', '>= 2', '* 2', '/ 0', '- 1', '!= 0', '> bool 1', '% 3'))
      .map(([v, op]) => `(${v}) ${op}`),
    fc.tuple(simple, fc.constantFrom('0.001', '0.5', '10')).map(([v, to]) => `round(${v}, ${to})`),
    fc.tuple(simple, fc.constantFrom('abs', 'ceil', 'floor', 'sort', 'scalar', 'absent')).map(([v, f]) => `${f}(${v})`),
    simple.map((v) => `-(${v})`),
    simple.map((v) => `clamp_min(${v}, 1.5)`),
    simple.map((v) => `label_replace(${v}, "to", "$1-x", "app", "(.).*")`),
    simple.map((v) => `topk(100, ${v})`),
  )
  const joined = fc.oneof(
    fc.tuple(rated, fc.constantFrom('and', 'or', 'unless'), rated).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(rated, fc.constantFrom('and', 'unless', 'or'), rated).map(([a, op, b]) => `${a} ${op} on (app) ${b}`),
    fc
      .tuple(range, fc.constantFrom('/', '+', '>', '- ignoring (zone)', '* on (app)'))
      .map(
        ([r, op]) =>
          `sum by (app) (rate(http_total[${r}])) ${op} sum by (app) (increase(http_total{code="200"}[${r}]))`,
      ),
    fc
      .tuple(range, fc.constantFrom('group_left', 'group_left (zone)'))
      .map(([r, g]) => `rate(http_total[${r}]) / on (app) ${g} max by (app, zone) (mem)`),
    fc.constantFrom(
      '1 + 2 * 3 ^ 2',
      'time()',
      'vector(3)',
      'scalar(sum(mem)) + 1',
      '2 > bool 1',
      '"text"',
      'NaN',
      '1 / 0',
    ),
  )
  return fc.oneof({ weight: 2, arbitrary: simple }, { weight: 2, arbitrary: dressed }, joined)
}
