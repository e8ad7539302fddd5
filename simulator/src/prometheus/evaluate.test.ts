/** PromQL by examples that can be checked by hand; `promql.test.ts` asks a real Prometheus as well, where there is one. */
import { describe, expect, it } from 'vitest'
import { constant, steady } from '../metrics/curve.ts'
import type { Series, SeriesSource } from '../metrics/series.ts'
import { jsonOf, prometheusApi } from './api.ts'

/** Samples every 15 s from second 0 to second 600. `calls_total` grows by 2 and 3 per second; `size` is 4 and 6. */
const SERIES: Readonly<Record<string, readonly Series[]>> = {
  calls_total: [
    grows('calls_total', { app: 'cart', code: '200' }, 2),
    grows('calls_total', { app: 'web', code: '503' }, 3),
  ],
  size: [stays('size', { app: 'cart', tier: 'gold' }, 4), stays('size', { app: 'web', tier: 'tin' }, 6)],
  took_bucket: [
    grows('took_bucket', {}, 1, '10'),
    grows('took_bucket', {}, 3, '20'),
    grows('took_bucket', {}, 4, '+Inf'),
  ],
}

function grows(name: string, base: Record<string, string>, perSecond: number, le = ''): Series {
  return { metric: { name, base, le }, curve: steady(0), factor: perSecond, offset: 1000 }
}

function stays(name: string, base: Record<string, string>, value: number): Series {
  return { metric: { name, base, le: '' }, curve: constant, factor: 0, offset: value }
}

const source: SeriesSource = {
  times: { fromMs: 0, stepMs: 15_000, untilMs: () => 600_000 },
  names: () => Object.keys(SERIES),
  series: (name) => SERIES[name] ?? [],
  metadata: () => [],
}
const api = prometheusApi(source, () => 600_000)

function ask(query: string, timeS = 600): unknown {
  const { body } = api('/api/v1/query', new URLSearchParams({ query, time: String(timeS) }))
  const { data, error } = JSON.parse(jsonOf(body).toString())
  if (error !== undefined) return error
  if (data.resultType === 'scalar') return data.result[1]
  return data.result.map((row: { metric: Record<string, string>; value: [number, string] }) => [
    row.metric,
    row.value[1],
  ])
}

describe('PromQL', () => {
  it.each([
    ['a rate drops the name', 'rate(calls_total{app="cart"}[1m])', [[{ app: 'cart', code: '200' }, '2']]],
    [
      'an increase over a window between samples is stretched',
      'increase(calls_total{app="cart"}[50s])',
      [[{ app: 'cart', code: '200' }, '100']],
    ],
    ['regular expressions match the whole value', 'size{app=~"ca"}', []],
    ['a missing label is an empty one', 'count(size{code=""})', [[{}, '2']]],
    [
      'sums by a label',
      'sum by (app) (rate(calls_total[1m]))',
      [
        [{ app: 'cart' }, '2'],
        [{ app: 'web' }, '3'],
      ],
    ],
    ['sums without a label', 'sum without (code, app) (rate(calls_total[1m]))', [[{}, '5']]],
    ['comparisons filter and keep the name', 'size > 5', [[{ __name__: 'size', app: 'web', tier: 'tin' }, '6']]],
    [
      'comparisons with bool tell',
      'size > bool 5',
      [
        [{ app: 'cart', tier: 'gold' }, '0'],
        [{ app: 'web', tier: 'tin' }, '1'],
      ],
    ],
    ['the scalar on the left filters too', '5 > size', [[{ __name__: 'size', app: 'cart', tier: 'gold' }, '4']]],
    [
      'vectors match on labels',
      'rate(calls_total[1m]) * on (app) size',
      [
        [{ app: 'cart' }, '8'],
        [{ app: 'web' }, '18'],
      ],
    ],
    [
      'group_left takes labels from the one',
      'rate(calls_total{app="web"}[1m]) * on (app) group_left (tier) size',
      [[{ app: 'web', code: '503', tier: 'tin' }, '18']],
    ],
    [
      'and keeps what both have',
      'size and on (app) calls_total{code="200"}',
      [[{ __name__: 'size', app: 'cart', tier: 'gold' }, '4']],
    ],
    [
      'unless keeps what the other lacks',
      'size unless on (app) calls_total{code="200"}',
      [[{ __name__: 'size', app: 'web', tier: 'tin' }, '6']],
    ],
    ['quantiles lie on the line between bounds', 'histogram_quantile(0.5, rate(took_bucket[1m]))', [[{}, '15']]],
    ['quantiles past the last bound are that bound', 'histogram_quantile(0.9, rate(took_bucket[1m]))', [[{}, '20']]],
    [
      'rounding takes a step',
      'round(rate(calls_total{app="web"}[1m]) / 7, 0.1)',
      [[{ app: 'web', code: '503' }, '0.4']],
    ],
    ['topk keeps whole samples', 'topk(1, size)', [[{ __name__: 'size', app: 'web', tier: 'tin' }, '6']]],
    ['an absent vector is one', 'absent(size{app="mail"})', [[{ app: 'mail' }, '1']]],
    [
      'offset looks back',
      'calls_total{app="cart"} offset 5m',
      [[{ __name__: 'calls_total', app: 'cart', code: '200' }, '1600']],
    ],
    ['powers bind before products', '1 + 2 * 3 ^ 2', '19'],
  ])('%s', (_why, query, expected) => {
    expect(ask(query)).toEqual(expected)
  })

  it('lets a sample stand for five minutes', () => {
    expect(ask('count(size)', 900)).toEqual([[{}, '2']])
    expect(ask('count(size)', 901)).toEqual([])
  })

  it('needs two samples for a rate', () => {
    expect(ask('rate(calls_total[10s])')).toEqual([])
  })

  it.each([
    ['sum(size', /parse error: unexpected end of input/],
    ['size[5m:1m]', /SubqueryExpr is not supported here/],
    ['rate(size)', /expected type range vector in call to function "rate", got instant vector/],
    ['size * on (nosuch) calls_total', /found duplicate series for the match group/],
  ])('refuses %s', (query, message) => {
    expect(ask(query)).toMatch(message)
  })
})
