import type { GraphNode } from '@binocle/api/graph'
import { describe, expect, it } from 'vitest'
import { leafName } from './leaves.ts'

const nowhere = {
  id: '1',
  nodeType: 'unknown',
  cluster: 'unknown',
  namespace: 'unknown',
  isInaccessible: true,
  healthData: null,
} as const

describe('the name of a node', () => {
  it.each<readonly [string, GraphNode]>([
    ['unknown source', { ...nowhere, workload: 'unknown', app: 'unknown', version: 'latest' }],
    ['restricted', nowhere],
  ])('is "%s" of what has no place', (name, wire) => {
    expect(leafName(wire)).toBe(name)
  })
})
