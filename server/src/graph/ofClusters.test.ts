import type { Graph } from '@binocle/api/graph'
import { describe, expect, it } from 'vitest'
import { graphOfClusters } from './ofClusters.ts'

const node = (id: string, cluster: string, parent?: string, isBox?: 'cluster') => ({
  data: {
    id,
    cluster,
    namespace: 'shop',
    nodeType: 'app' as const,
    healthData: null,
    ...(parent ? { parent } : {}),
    ...(isBox ? { isBox } : {}),
  },
})
const edge = (source: string, target: string) => ({ data: { id: source + target, source, target, traffic: {} } })

/** web (east) calls cart (west), cart calls stock (west), stock calls store (south). */
const graph: Graph = {
  timestamp: 1,
  duration: 60,
  graphType: 'app',
  elements: {
    nodes: [
      node('east', 'east', undefined, 'cluster'),
      node('west', 'west', undefined, 'cluster'),
      node('south', 'south', undefined, 'cluster'),
      node('web', 'east', 'east'),
      node('cart', 'west', 'west'),
      node('stock', 'west', 'west'),
      node('store', 'south', 'south'),
    ],
    edges: [edge('web', 'cart'), edge('cart', 'stock'), edge('stock', 'store')],
  },
}

const parts = ({ elements: { edges, nodes } }: Graph) => [
  nodes.map(({ data }) => data.id),
  edges.map(({ data }) => data.id),
]

describe('the graph of some clusters', () => {
  it.each([
    [['east'], ['east', 'west', 'web', 'cart'], ['webcart']],
    [['south'], ['west', 'south', 'stock', 'store'], ['stockstore']],
    [
      ['east', 'south'],
      ['east', 'west', 'south', 'web', 'cart', 'stock', 'store'],
      ['webcart', 'stockstore'],
    ],
    [['mars'], [], []],
  ])('%j shows their nodes, their calls and the other ends', (clusters, nodes, edges) => {
    expect(parts(graphOfClusters(graph, clusters))).toEqual([nodes, edges])
  })
})
