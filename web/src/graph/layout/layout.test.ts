import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { complaints } from '../testing/layoutChecks.ts'
import { layoutGraph } from './layout.ts'
import type { LayoutInput, LayoutNode } from './layoutTypes.ts'
import { readability } from './readability.ts'

const canvas = { width: 1100, height: 850 }
const tile = (id: string, parent = -1): LayoutNode => ({ id, parent, open: false, width: 120, height: 42, minWidth: 0 })
const box = (id: string, parent = -1): LayoutNode => ({ id, parent, open: true, width: 0, height: 0, minWidth: 100 })
const input = (nodes: LayoutNode[], edges: [number, number][] = []): LayoutInput => ({
  nodes,
  edges: edges.map(([source, target]) => ({ source, target })),
  canvas,
  maxScale: 1.5,
})
const heightOf = (layout: { rects: Float32Array }, index: number) => layout.rects[index * 4 + 3] ?? 0
const xOf = (layout: { rects: Float32Array }, index: number) => layout.rects[index * 4] ?? 0

describe('a layout', () => {
  it('puts callers left of what they call', () => {
    const layout = layoutGraph(
      input(
        [tile('a'), tile('b'), tile('c')],
        [
          [2, 1],
          [1, 0],
        ],
      ),
    )
    expect(xOf(layout, 2)).toBeLessThan(xOf(layout, 1))
    expect(xOf(layout, 1)).toBeLessThan(xOf(layout, 0))
  })

  it('copes with calls in a circle', () => {
    const circle = input(
      [tile('a'), tile('b'), tile('c')],
      [
        [0, 1],
        [1, 2],
        [2, 0],
      ],
    )
    expect(complaints(circle, layoutGraph(circle))).toEqual([])
  })

  it('has the proportions of the canvas', () => {
    const layout = layoutGraph(input(Array.from({ length: 30 }, (_, i) => tile(`t${i}`))))
    expect(layout.width / layout.height).toBeCloseTo(canvas.width / canvas.height, 3)
  })

  it.each([2, 7, 25, 60])('uses most of the canvas in both directions with %d apps in two clusters', (count) => {
    const nodes = [box('east'), box('west'), ...Array.from({ length: count }, (_, i) => tile(`t${i}`, i % 2))]
    const layout = layoutGraph(input(nodes))
    const { usedWidth, usedHeight } = readability(layout, canvas)
    expect(Math.min(usedWidth, usedHeight)).toBeGreaterThanOrEqual(0.6)
  })

  it('keeps a box of few tiles compact beside a tall one', () => {
    const shop = Array.from({ length: 9 }, (_, i) => tile(`shop${i}`, 1))
    const nodes = [box('west'), box('shop', 0), ...shop, box('pay', 0), tile('pay0', 11), tile('pay1', 11)]
    const layout = layoutGraph(input(nodes, [[2, 12]]))
    expect(heightOf(layout, 11)).toBeLessThan(heightOf(layout, 1) / 2)
  })

  it('lets calls to the same target arrive as one', () => {
    const layout = layoutGraph(
      input(
        [tile('a'), tile('b'), tile('c'), tile('t')],
        [
          [0, 3],
          [1, 3],
          [2, 3],
        ],
      ),
    )
    const ends = [1, 2, 3].map((edge) =>
      layout.points.subarray((layout.offsets[edge] ?? 0) * 2 - 2, (layout.offsets[edge] ?? 0) * 2).join(),
    )
    expect(new Set(ends).size).toBe(1)
  })

  it('keeps the columns of what did not change when a box opens', () => {
    const closed = [box('east'), tile('shop', 0), tile('pay', 0), box('west'), tile('stock', 3)]
    const before = layoutGraph(
      input(closed, [
        [1, 2],
        [1, 4],
      ]),
    )
    const opened = [
      box('east'),
      box('shop', 0),
      tile('web', 1),
      tile('cart', 1),
      tile('pay', 0),
      box('west'),
      tile('stock', 5),
    ]
    const after = layoutGraph({
      ...input(opened, [
        [2, 3],
        [3, 4],
        [3, 6],
      ]),
      previous: before.arrangement,
    })
    expect(after.arrangement['']).toEqual(before.arrangement[''])
    expect(after.arrangement.east).toEqual(before.arrangement.east)
  })
})

describe('every layout', () => {
  /** A random forest of boxes: a node's parent is an earlier open one. */
  const graphs = fc
    .record({
      nodes: fc.array(fc.record({ open: fc.boolean(), parent: fc.nat(), wide: fc.integer({ min: 60, max: 220 }) }), {
        minLength: 1,
        maxLength: 40,
      }),
      edges: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 }),
    })
    .map(({ nodes, edges }) => {
      const built: LayoutNode[] = []
      for (const [i, { open, parent, wide }] of nodes.entries()) {
        const boxes = built.flatMap((node, index) => (node.open && depth(built, index) < 3 ? [index] : []))
        const chosen = boxes.length > 0 && parent % 3 > 0 ? (boxes[parent % boxes.length] ?? -1) : -1
        built.push({
          ...(open && i + 1 < nodes.length ? box(`n${i}`, chosen) : { ...tile(`n${i}`, chosen), width: wide }),
        })
      }
      const full = built.map((node, i) =>
        node.open && !built.some((other) => other.parent === i) ? { ...tile(node.id, node.parent) } : node,
      )
      const tiles = full.flatMap((node, i) => (node.open ? [] : [i]))
      const pairs = edges.map(([a, b]): [number, number] => [
        tiles[a % tiles.length] ?? 0,
        tiles[b % tiles.length] ?? 0,
      ])
      return input(
        full,
        pairs.filter(([a, b]) => a !== b),
      )
    })

  it('keeps children inside their boxes, tiles apart, and edges on their ends and off other tiles', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(complaints(graph, layoutGraph(graph))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(layoutGraph(graph)).toEqual(layoutGraph(graph))
      }),
      { numRuns: 40 },
    )
  })
})

function depth(nodes: readonly LayoutNode[], index: number): number {
  const parent = nodes[index]?.parent ?? -1
  return parent === -1 ? 1 : 1 + depth(nodes, parent)
}
