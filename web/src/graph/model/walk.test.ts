import { describe, expect, it } from 'vitest'
import { documentOf } from '../testing/smallMesh.ts'
import { readGraph } from './meshGraph.ts'
import { viewOf } from './view.ts'
import { neighbour } from './walk.ts'

// Tiles: 0 cluster a, 1 cluster b, 2 cluster c; a calls b and c; b lies above c.
const view = viewOf(readGraph(documentOf(['a/n/p@v1 -> b/n/p@v1 1', 'a/n/p@v1 -> c/n/p@v1 1'])), new Set())
const places = [
  { x: 0, y: 100, width: 50, height: 20 },
  { x: 200, y: 90, width: 50, height: 20 },
  { x: 200, y: 300, width: 50, height: 20 },
]

describe('walking by keys', () => {
  it.each([
    ['nothing selected starts at the first tile', undefined, 'right', 0],
    ['right follows the call to the nearest called', 0, 'right', 1],
    ['left goes back to the caller', 2, 'left', 0],
    ['down stays in the column', 1, 'down', 2],
    ['up from the top leads nowhere', 1, 'up', undefined],
    ['left of a source leads nowhere', 0, 'left', undefined],
  ] as const)('%s', (_why, at, direction, expected) => {
    expect(neighbour(view, places, at, direction)).toBe(expected)
  })
})
