import { describe, expect, it } from 'vitest'
import { partOfClusters } from './ofClusters.ts'

const node = (id: string, cluster: string, parent?: string, isBox?: 'cluster') => ({
  id,
  cluster,
  parent,
  isBox,
})
const edge = (source: string, target: string) => ({ source, target })

/** web (east) calls cart (west), cart calls stock (west), stock calls store (south). */
const nodes = [
  node('east', 'east', undefined, 'cluster'),
  node('west', 'west', undefined, 'cluster'),
  node('south', 'south', undefined, 'cluster'),
  node('web', 'east', 'east'),
  node('cart', 'west', 'west'),
  node('stock', 'west', 'west'),
  node('store', 'south', 'south'),
]
const edges = [edge('web', 'cart'), edge('cart', 'stock'), edge('stock', 'store')]

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
  ])('%j shows their nodes, their calls and the other ends', (clusters, shown, calls) => {
    const part = partOfClusters(nodes, edges, clusters)
    expect(part.nodes.map(({ id }) => id)).toEqual(shown)
    expect(part.edges.map(({ source, target }) => source + target)).toEqual(calls)
  })
})
