import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentOf } from '../testing/smallMesh.ts'
import { applyToggles, levels, openAt, reveal, togglesBetween } from './levels.ts'
import { leavesOf, readGraph } from './meshGraph.ts'
import { viewOf } from './view.ts'

const graph = readGraph(
  documentOf([
    'east/shop/web@v1 -> east/shop/cart 10',
    'east/shop/cart -> east/shop/cart@v1 6',
    'east/shop/cart -> east/shop/cart@v2 4',
    'east/shop/web@v1 -> west/shop/cart@v1 5 5xx=2 Failure',
    'west/shop/cart@v1 -> west/pay/cards@v1 7',
  ]),
)
const ids = (open: ReadonlySet<string>) => viewOf(graph, open).nodes.map((shown) => shown.node.id)
const edges = (open: ReadonlySet<string>) =>
  viewOf(graph, open).edges.map((edge) => `${edge.id} ${edge.rate.httpRps} ${edge.rate.errorRps} ${edge.health}`)

describe('what is visible', () => {
  it('is one tile per cluster at the coarsest level, with the traffic between them', () => {
    expect(ids(openAt(graph, 'clusters'))).toEqual(['c:east', 'c:west'])
    expect(edges(openAt(graph, 'clusters'))).toEqual(['c:east>c:west 5 2 Failure'])
  })

  it('are namespaces in their clusters one level deeper', () => {
    expect(ids(openAt(graph, 'namespaces'))).toEqual(['c:east', 'n:east/shop', 'c:west', 'n:west/pay', 'n:west/shop'])
    expect(edges(openAt(graph, 'namespaces'))).toEqual([
      'n:east/shop>n:west/shop 5 2 Failure',
      'n:west/shop>n:west/pay 7 0 Healthy',
    ])
  })

  it('are versions behind their service at the finest level', () => {
    expect(ids(openAt(graph, 'workloads'))).toContain('v:east/shop/cart@v2')
    expect(edges(openAt(graph, 'workloads'))).toContain('s:east/shop/cart>v:east/shop/cart@v2 4 0 Healthy')
  })

  it('opens exactly the boxes around what is looked for', () => {
    expect([...reveal(graph, new Set(), ['v:west/pay/cards@v1'])].sort()).toEqual([
      'a:west/pay/cards',
      'c:west',
      'n:west/pay',
    ])
  })

  it('says by two short lists how an open set differs from its level', () => {
    const base = openAt(graph, 'namespaces')
    const toggles = togglesBetween(base, new Set(['c:east', 'n:east/shop']))
    expect(toggles).toEqual({ opened: ['n:east/shop'], closed: ['c:west'] })
    expect([...applyToggles(base, toggles)].sort()).toEqual(['c:east', 'n:east/shop'])
  })

  it('leaves out what is hidden, and counts it', () => {
    const hidden = {
      nodes: new Set(['v:west/pay/cards@v1']),
      calls: (call: { target: string }) => call.target === 'v:west/pay/cards@v1',
    }
    const view = viewOf(graph, openAt(graph, 'namespaces'), hidden)
    expect(view.nodes.map((shown) => shown.node.id)).not.toContain('n:west/pay')
    expect(view.hidden).toEqual({ nodes: 1, calls: 1 })
  })

  it('changes its topology when a box opens, not when a number changes', () => {
    const louder = readGraph(documentOf(['east/shop/web@v1 -> west/shop/cart@v1 9']))
    const quieter = readGraph(documentOf(['east/shop/web@v1 -> west/shop/cart@v1 2']))
    const open = openAt(louder, 'namespaces')
    expect(viewOf(louder, open).topology).toBe(viewOf(quieter, open).topology)
    expect(viewOf(louder, open).topology).not.toBe(viewOf(louder, openAt(louder, 'apps')).topology)
  })
})

describe('sums over closed boxes', () => {
  const place = fc.tuple(
    fc.constantFrom('east', 'west'),
    fc.constantFrom('a', 'b'),
    fc.constantFrom('p', 'q', 'r'),
    fc.constantFrom('v1', 'v2'),
  )
  const call = fc.record({ from: place, to: place, rps: fc.integer({ min: 1, max: 50 }) })
  const end = ([cluster, namespace, app, version]: readonly string[]) => `${cluster}/${namespace}/${app}@${version}`

  it('equal the calls that lead from the leaves of one tile to those of another', () => {
    fc.assert(
      fc.property(
        fc.array(call, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(...levels),
        fc.integer(),
        (calls, level, choice) => {
          const mesh = readGraph(documentOf(calls.map(({ from, to, rps }) => `${end(from)} -> ${end(to)} ${rps}`)))
          const open = openAt(mesh, level)
          const doomed = [...open][Math.abs(choice) % Math.max(1, open.size)]
          if (doomed !== undefined) open.delete(doomed)
          const view = viewOf(mesh, open)
          for (const edge of view.edges) {
            const sources = new Set(leavesOf(mesh, view.nodes[edge.source]?.node.id ?? ''))
            const targets = new Set(leavesOf(mesh, view.nodes[edge.target]?.node.id ?? ''))
            const sum = calls
              .filter(({ from, to }) => sources.has(`v:${end(from)}`) && targets.has(`v:${end(to)}`))
              .reduce((total, { rps }) => total + rps, 0)
            expect(edge.rate.httpRps).toBe(sum)
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})
