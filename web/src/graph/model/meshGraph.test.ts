import { describe, expect, it } from 'vitest'
import { documentOf } from '../testing/smallMesh.ts'
import { ancestors, leavesOf, readGraph } from './meshGraph.ts'

const shop = documentOf(
  [
    'unknown -> east/shop/web 3',
    'east/shop/web -> east/shop/web@v1 3',
    'east/shop/web@v1 -> east/shop/cart 10',
    'east/shop/cart -> east/shop/cart@v1 6',
    'east/shop/cart -> east/shop/cart@v2 4 5xx=1',
    'east/shop/web@v1 -> west/stock/goods 5',
    'west/stock/goods -> west/stock/goods@v1 5',
    'east/shop/web@v1 -> east/shop/gone 1 5xx=1 Failure',
  ],
  { 'east/shop/gone': 'Failure', 'east/shop/cart@v2': 'Degraded' },
)

describe('the tree of a graph document', () => {
  const graph = readGraph(shop)
  const node = (id: string) => graph.nodes.get(id)

  it('nests clusters, namespaces and apps, whatever boxes the document has', () => {
    expect(graph.roots).toEqual(['c:east', 'c:west', 'u:unknown/unknown/unknown'])
    expect(ancestors(graph, 'v:east/shop/cart@v2')).toEqual(['a:east/shop/cart', 'n:east/shop', 'c:east'])
  })

  it('makes a service part of the app that it leads to', () => {
    expect(node('s:east/shop/cart')?.parent).toBe('a:east/shop/cart')
  })

  it('leaves a service that leads nowhere on its own', () => {
    expect(node('s:east/shop/gone')?.parent).toBe('n:east/shop')
  })

  it('has nothing to open in an app of one workload and one service', () => {
    expect(node('a:east/shop/web')?.openable).toBe(false)
    expect(node('a:east/shop/web')?.version).toBe('v1')
    expect(node('a:east/shop/cart')?.openable).toBe(true)
  })

  it('gives a box the worst health inside, and counts what is not well', () => {
    expect(node('c:east')?.health).toBe('Failure')
    expect(node('c:east')?.problems).toBe(2)
    expect(node('c:west')?.health).toBe('Healthy')
  })

  it('counts a call once on its way into a box and once between members', () => {
    expect(node('c:east')?.traffic.incoming.httpRps).toBe(3)
    expect(node('c:east')?.traffic.internal.httpRps).toBe(11)
    expect(node('c:east')?.traffic.outgoing.httpRps).toBe(5)
    expect(node('a:east/shop/cart')?.traffic.incoming.httpRps).toBe(10)
  })

  it('gives each version its own share of the calls through the service', () => {
    expect(node('v:east/shop/cart@v2')?.traffic.incoming.httpRps).toBe(4)
    expect(node('v:east/shop/cart@v2')?.traffic.incoming.errorRps).toBe(1)
  })

  it('marks calls between two known clusters', () => {
    expect(graph.calls.filter((call) => call.crossCluster).map((call) => call.id)).toEqual([
      'v:east/shop/web@v1>s:west/stock/goods',
    ])
  })

  it('lists the leaves of a box', () => {
    expect(leavesOf(graph, 'c:west')).toEqual(['s:west/stock/goods', 'v:west/stock/goods@v1'])
  })

  it('does not depend on the order of the document', () => {
    const turned = {
      ...shop,
      elements: { nodes: shop.elements.nodes.toReversed(), edges: shop.elements.edges.toReversed() },
    }
    expect(readGraph(turned)).toEqual(graph)
  })
})
