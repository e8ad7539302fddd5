import { describe, expect, it } from 'vitest'
import { documentOf } from '../testing/smallMesh.ts'
import { around, subjectsOf } from './around.ts'
import { readGraph } from './meshGraph.ts'

const graph = readGraph(
  documentOf([
    'east/shop/web@v1 -> east/shop/cart 1',
    'east/shop/cart -> east/shop/cart@v1 1',
    'west/shop/web@v1 -> west/shop/cart@v1 1',
    'west/shop/cart@v1 -> west/pay/cards@v1 1',
    'west/pay/cards@v1 -> west/pay/bank@v1 1',
  ]),
)

describe('the neighbourhood of an object', () => {
  it('has the object in every cluster', () => {
    expect(subjectsOf(graph, 'app', 'shop', 'cart')).toEqual(['a:east/shop/cart', 'a:west/shop/cart'])
    expect(subjectsOf(graph, 'service', 'shop', 'cart')).toEqual(['s:east/shop/cart'])
    expect(subjectsOf(graph, 'workload', 'shop', 'cart-v1')).toEqual(['v:east/shop/cart@v1', 'v:west/shop/cart@v1'])
  })

  it('keeps callers and called, and hides what is further away', () => {
    const hidden = around(graph, subjectsOf(graph, 'app', 'shop', 'cart'))
    expect([...hidden.nodes]).toEqual(['v:west/pay/bank@v1'])
    expect(graph.calls.filter(hidden.calls).map((call) => call.target)).toEqual(['v:west/pay/bank@v1'])
  })

  it('hides nothing when the object has no traffic', () => {
    expect(around(graph, []).nodes.size).toBe(0)
  })
})
