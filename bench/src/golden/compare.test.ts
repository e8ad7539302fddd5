import { describe, expect, it } from 'vitest'
import type { Answer } from './answers.ts'
import { compareAnswers } from './compare.ts'
import { leniencyOf } from './leniency.ts'
import { movingOf, type Seen } from './seen.ts'

const json = (body: unknown, status = 200): Answer => ({ status, contentType: 'application/json', body })

/** The paths of the differences of two bodies under the given marks. */
const paths = (recorded: unknown, ours: unknown, volatile: string[] = [], additions: string[] = []) =>
  compareAnswers(json(recorded), json(ours), leniencyOf(volatile, [], additions)).map(({ path }) => path)

describe('comparing answers', () => {
  it.each<[string, unknown, unknown, string[], string[]]>([
    ['equal bodies', { a: [1, { b: null }] }, { a: [1, { b: null }] }, [], []],
    ['a changed value', { a: { b: 1 } }, { a: { b: 2 } }, [], ['.a.b']],
    ['a missing key', { a: 1, b: 2 }, { a: 1 }, [], ['.b']],
    ['an added key', { a: 1 }, { a: 1, b: 2 }, [], ['.b']],
    ['null is not an empty list', { a: null }, { a: [] }, [], ['.a']],
    ['a list in another order', [1, 2], [2, 1], [], ['[]', '[]']],
    ['a list whose order means nothing', [1, 2], [2, 1], ['[] (order)'], []],
    ['a member missing from a list without order', [1, 2], [2], ['[] (order)'], ['[]']],
    ['a member that appears twice', [1, 1], [1], ['[] (order)'], ['[]']],
    ['members that come and go', [{ name: 'a' }, { name: 'b' }], [{ name: 'b' }], ['[] (membership)'], []],
    ['a common member that differs', [{ name: 'b', x: 1 }], [{ name: 'b', x: 2 }], ['[] (membership)'], ['[].x']],
    ['a free value', { a: [{ b: 'x' }] }, { a: [{ b: 'y' }] }, ['.a[].b'], []],
    ['a free value of another type', { a: 'x' }, { a: 1 }, ['.a'], ['.a']],
    ['a free value that is absent', { a: 'x' }, {}, ['.a'], []],
    ['a free length', { a: ['x', 'y'] }, { a: ['x'] }, ['.a[] (length)'], []],
    ['last digits of a number', { a: 0.30000000000000004 }, { a: 0.3 }, [], []],
    ['a hundredth of a percent', { a: 1 }, { a: 1.0001 }, [], ['.a']],
    ['numbers printed as text', { a: '1.25' }, { a: '1.26' }, [], ['.a']],
    ['the last printed digit of a noisy one', { a: '1.25' }, { a: '1.26' }, ['.a (float noise)'], []],
    ['two printed digits of a noisy one', { a: '1.25' }, { a: '1.27' }, ['.a (float noise)'], ['.a']],
    ['what every run makes anew', { metadata: { uid: 'a' } }, { metadata: { uid: 'b' } }, [], []],
  ])('%s', (_why, recorded, ours, volatile, expected) => {
    expect(paths(recorded, ours, volatile)).toEqual(expected)
  })

  it('allows the documented additions, at their place only', () => {
    const ours = { error: 'x', code: 'BIN', deep: { code: 1 } }
    expect(paths({ error: 'x', deep: {} }, ours, [], ['.code'])).toEqual(['.deep.code'])
  })

  it('says nothing of bodies when the status differs', () => {
    const found = compareAnswers(json({ a: 1 }), json({ a: 2 }, 404), leniencyOf([]))
    expect(found).toEqual([{ path: '(status)', place: '(status)', recorded: 200, ours: 404 }])
  })

  it('compares media types without their parameters', () => {
    const ours = { ...json({}), contentType: 'application/json; charset=utf-8' }
    expect(compareAnswers(json({}), ours, leniencyOf([]))).toEqual([])
  })
})

describe('places that were seen to move', () => {
  const node = (fields: object) => ({
    elements: { edges: [], nodes: [{ data: { id: '1', nodeType: 'app', app: 'cart', ...fields } }] },
  })
  const at = (field: string, ...values: unknown[]) => ({ [`.elements.nodes[n:1].data.${field}`]: values })
  const found = (recorded: object, ours: object, seen: Seen) =>
    compareAnswers(json(node(recorded)), json(node(ours)), leniencyOf([], [], [], movingOf(seen, node(recorded)))).map(
      ({ path }) => path.replace('.elements.nodes[].data', ''),
    )

  it.each<[string, object, object, Seen, string[]]>([
    ['a value that was seen', { x: 'a' }, { x: 'b' }, at('x', 'a', 'b'), []],
    ['another of their type, where several were', { x: 'a' }, { x: 'c' }, at('x', 'a', 'b'), []],
    ['one of another type', { x: 'a' }, { x: 1 }, at('x', 'a', 'b'), ['.x']],
    ['another value, where one came and went', { x: 'a' }, { x: 'b' }, at('x', 'a', '<absent>'), ['.x']],
    ['none, where one came and went', { x: 'a' }, {}, at('x', 'a', '<absent>'), []],
    ['none, where it was always there', { x: 'a' }, {}, at('x', 'a', 'b'), ['.x']],
    ['an object whose parts all came and went', { x: { y: 1 } }, {}, at('x.y', 1, '<absent>'), []],
    ['an object of which one part stayed', { x: { y: 1, z: 1 } }, {}, at('x.y', 1, '<absent>'), ['.x']],
    ['the same field of something else', { x: 'a', y: 'a' }, { x: 'b', y: 'b' }, at('x', 'a', 'b'), ['.y']],
  ])('%s', (_why, recorded, ours, seen, expected) => {
    expect(found(recorded, ours, seen)).toEqual(expected)
  })

  it('are those of one node only', () => {
    const other = { data: { id: '2', nodeType: 'app', app: 'stock', x: 'a' } }
    const body = (x: string) => {
      const { elements } = node({ x: 'a' })
      return { elements: { edges: [], nodes: [...elements.nodes, { data: { ...other.data, x } }] } }
    }
    const moving = movingOf(at('x', 'a', 'b'), body('a'))
    const differences = compareAnswers(json(body('a')), json(body('b')), leniencyOf([], [], [], moving))
    expect(differences.map(({ place }) => place)).toEqual(['.elements.nodes[app|||||stock||||||].data.x'])
  })
})

describe('graph ids', () => {
  const graph = (a: string, b: string, cluster = 'east') => ({
    elements: {
      nodes: [
        { data: { id: a, nodeType: 'app', cluster, app: 'cart' } },
        { data: { id: b, nodeType: 'app', cluster, app: 'stock', parent: a } },
      ],
      edges: [{ data: { id: `${a}${b}`, source: a, target: b, traffic: { protocol: 'http' } } }],
    },
  })

  it('may be anything that stands for the same', () => {
    expect(paths(graph('1', '2'), graph('x', 'y'))).toEqual([])
  })

  it('name what they stand for when that differs', () => {
    expect(paths(graph('1', '2'), graph('1', '2', 'west'))).toContain('.elements.nodes[].data.cluster')
  })

  it('are followed from edges to nodes', () => {
    const turned = graph('1', '2')
    const edge = turned.elements.edges[0]
    const reversed = { data: { ...edge?.data, source: '2', target: '1' } }
    const ours = { elements: { ...turned.elements, edges: [reversed] } }
    expect(paths(graph('1', '2'), ours)).toContain('.elements.edges[].data.source')
  })
})
