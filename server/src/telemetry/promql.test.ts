import { parser } from '@prometheus-io/lezer-promql'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Expr, oneOf, render } from './promql.ts'
import { anyIstioMetric, extraQuery, familyNames, familyQuery, lastMetricsQuery } from './queryPlan.ts'
import type { ExtraTable } from './traffic.ts'

/** Node names of the official grammar, in order; mistakes are ⚠. */
function parsed(query: string): { name: string; text: string }[] {
  const nodes: { name: string; text: string }[] = []
  parser.parse(query).iterate({
    enter: (node) => {
      nodes.push({ name: node.name, text: query.slice(node.from, node.to) })
    },
  })
  return nodes
}

const namesOf = (query: string) => parsed(query).map(({ name }) => name)
const texts = (query: string, name: string) =>
  parsed(query)
    .filter((node) => node.name === name)
    .map(({ text }) => text)

const matching = (value: string): Expr => ({
  kind: 'series',
  of: { metric: 'up', matchers: [{ label: 'job', op: '=', value }] },
})

describe('queries', () => {
  it.each([
    'plain',
    'quote " end',
    "quote ' end",
    'back\\slash',
    'line\nbreak',
    '"} or vector(1) #',
    '\u2028',
    '\0',
    '`',
  ])('keep the value %j inside its matcher', (value) => {
    const query = render(matching(value))
    expect(namesOf(query)).not.toContain('⚠')
    expect(texts(query, 'StringLiteral')).toHaveLength(1)
    expect(texts(query, 'VectorSelector')).toEqual([query])
  })

  it('keep any value inside its matcher', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const query = render(matching(value))
        return (
          !namesOf(query).includes('⚠') && texts(query, 'VectorSelector').length === 1 && query.split('\n').length === 1
        )
      }),
    )
  })

  it('take the text of a name for a text, not for a regular expression', () => {
    const names = ['a.b', 'a|b', '(x)', '[y]*', '^$', '\\d+', 'z{2}']
    const regex = new RegExp(`^(?:${oneOf(names)})$`)
    expect(names.filter((name) => regex.test(name))).toEqual(names)
    expect(['aXb', 'a', 'x', 'y', '1', 'zz'].filter((name) => regex.test(name))).toEqual([])
  })

  it.each(['a"b', 'x) by (y', '', '1a', 'ä'])('refuse the label name %j', (label) => {
    expect(() => render({ kind: 'series', of: { metric: 'up', matchers: [{ label, op: '=', value: '' }] } })).toThrow(
      RangeError,
    )
  })

  const extras: ExtraTable[] = [
    { kind: 'idle', family: 'tcpSent' },
    { kind: 'responseTime', statistic: '95', reporters: ['waypoint', 'destination'] },
    { kind: 'responseTime', statistic: 'avg', reporters: ['source'] },
    { kind: 'throughput', of: 'response' },
    { kind: 'security', family: 'requests' },
    { kind: 'security', family: 'tcpReceived' },
    { kind: 'aggregate', label: 'request_operation' },
  ]
  const all: [string, Expr][] = [
    ...familyNames.map((family): [string, Expr] => [family, familyQuery(family, 600, false)]),
    ...extras.map((table): [string, Expr] => [JSON.stringify(table), extraQuery(table, 600)]),
    ['any', anyIstioMetric],
    ['last', lastMetricsQuery('source')],
  ]
  it.each(all)('of %s is understood by the official grammar', (_name, expr) => {
    expect(namesOf(render(expr, { mesh_id: 'a"b' }))).not.toContain('⚠')
  })

  it.each(all)('of %s carry the query scope in every selector', (_name, expr) => {
    const query = render(expr, { 'mesh-id': 'one' })
    const selectors = texts(query, 'VectorSelector')
    expect(selectors.length).toBeGreaterThan(0)
    for (const selector of selectors) expect(selector).toMatch(/\{mesh_id="one"/)
  })

  it('sum what the graph tells apart, over the whole window', () => {
    const query = render(familyQuery('requests', 600, false))
    expect(texts(query, 'MatrixSelector')).toEqual(['istio_requests_total{}[600s]'])
    expect(texts(query, 'GroupingLabels')[0]?.split(',')).toEqual(
      expect.arrayContaining(['(reporter', 'source_cluster', 'destination_cluster', 'response_flags)']),
    )
    expect(query.endsWith('> 0')).toBe(true)
  })
})
