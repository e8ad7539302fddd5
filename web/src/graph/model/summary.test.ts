import { describe, expect, it } from 'vitest'
import { documentOf } from '../testing/smallMesh.ts'
import { readGraph } from './meshGraph.ts'
import { clusterMatrix, problemsOf, totalsOf } from './summary.ts'

const graph = readGraph(
  documentOf(
    [
      'unknown -> east/shop/web@v1 4',
      'east/shop/web@v1 -> east/shop/cart 10',
      'east/shop/cart -> east/shop/cart@v1 10',
      'east/shop/web@v1 -> west/shop/cart@v1 6 5xx=3 Failure',
      'west/shop/cart@v1 -> west/pay/cards@v1 8 5xx=1 Degraded',
    ],
    { 'west/shop/cart@v1': 'Failure', 'east/shop/cart@v1': 'Degraded' },
  ),
)

describe('the summary', () => {
  it('counts each call once, though it passes through a service', () => {
    expect(totalsOf(graph)).toMatchObject({
      clusters: 2,
      namespaces: 2,
      workloads: 4,
      services: 1,
      calls: 4,
      crossClusterRps: 6,
    })
    expect(totalsOf(graph).rate.httpRps).toBe(28)
  })

  it('gives the traffic within and between clusters', () => {
    expect(clusterMatrix(graph)).toEqual([
      { source: 'east', destination: 'east', rps: 10, errorPercent: 0 },
      { source: 'east', destination: 'west', rps: 6, errorPercent: 50 },
      { source: 'west', destination: 'west', rps: 8, errorPercent: 12.5 },
    ])
  })

  it('names failing calls first, and an unhealthy node only when no call tells it', () => {
    expect(problemsOf(graph).map((problem) => problem.focus)).toEqual([
      'v:east/shop/web@v1>v:west/shop/cart@v1',
      'v:west/shop/cart@v1>v:west/pay/cards@v1',
      'v:east/shop/cart@v1',
    ])
  })
})
