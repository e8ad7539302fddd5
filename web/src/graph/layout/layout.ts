/**
 * The layout of a view: nested boxes in columns that follow the flow, in the canvas' proportions, with routed edges.
 * A pure function of its input: the same view gives the same picture, in a worker and in a test.
 */
import { type Cell, type CellTree, growCells } from './cells.ts'
import { layersOf, localEdges } from './flow.ts'
import { drawWays, reserveLanes } from './lanes.ts'
import type { Arrangement, LayoutInput, LayoutResult } from './layoutTypes.ts'
import { orderCells } from './order.ts'
import { measureCells, placeCells } from './place.ts'
import { shapeCells } from './shapes.ts'
import { findWays } from './ways.ts'

export function layoutGraph(input: LayoutInput): LayoutResult {
  const tree = growCells(input)
  const local = localEdges(tree, input.edges)
  const layers = new Map<Cell, number>()
  for (const [box, edges] of local) for (const [cell, layer] of layersOf(box.children, edges)) layers.set(cell, layer)
  const fixed = keptColumns(tree, input.previous)
  shapeCells(tree.root, local, layers, { ...input.canvas, maxScale: input.maxScale }, fixed)
  let size = frame(tree, input)
  const sweeps = tree.cells.length > 1500 ? 4 : 9
  orderCells(tree, input.edges, new Set(fixed.keys()), size, sweeps)
  const routing = findWays(tree, input.edges)
  reserveLanes(tree, routing)
  size = frame(tree, input)
  placeCells(tree.root, 0, 0, size.width, size.height)
  return {
    width: size.width,
    height: size.height,
    scale: size.scale,
    rects: rectsOf(tree),
    ...packed(drawWays(routing), input.edges.length),
    arrangement: arrangementOf(tree),
  }
}

/** The world's size: at least what is needed, in the canvas' proportions, at the largest scale allowed. */
function frame(tree: CellTree, { canvas, maxScale }: LayoutInput): { width: number; height: number; scale: number } {
  measureCells(tree.root)
  const { needWidth, needHeight } = tree.root
  const scale = Math.min(maxScale, canvas.width / Math.max(1, needWidth), canvas.height / Math.max(1, needHeight))
  return { width: canvas.width / scale, height: canvas.height / scale, scale }
}

/** Boxes whose children are exactly those of `previous`, with their columns from then. */
function keptColumns(tree: CellTree, previous: Arrangement | undefined): Map<Cell, Cell[][]> {
  const kept = new Map<Cell, Cell[][]>()
  if (!previous) return kept
  for (const box of [tree.root, ...tree.cells.filter((cell) => cell.open)]) {
    const before = previous[box.id]
    if (!before) continue
    const byId = new Map(box.children.map((child) => [child.id, child]))
    const columns = before.map((column) => column.flatMap((id) => byId.get(id) ?? []))
    const sameChildren =
      before.reduce((sum, column) => sum + column.length, 0) === box.children.length &&
      columns.reduce((sum, column) => sum + column.length, 0) === box.children.length
    if (sameChildren) kept.set(box, columns)
  }
  return kept
}

function rectsOf(tree: CellTree): Float32Array {
  const rects = new Float32Array(tree.cells.length * 4)
  tree.cells.forEach((cell, i) => {
    rects.set([cell.x, cell.y, cell.width, cell.height], i * 4)
  })
  return rects
}

function packed(
  drawn: ReadonlyMap<number, readonly number[]>,
  edges: number,
): { points: Float32Array; offsets: Uint32Array } {
  const offsets = new Uint32Array(edges + 1)
  let floats = 0
  for (let edge = 0; edge < edges; edge++) {
    offsets[edge] = floats / 2
    floats += drawn.get(edge)?.length ?? 0
  }
  offsets[edges] = floats / 2
  const points = new Float32Array(floats)
  for (const [edge, path] of drawn) points.set(path, (offsets[edge] ?? 0) * 2)
  return { points, offsets }
}

function arrangementOf(tree: CellTree): Arrangement {
  const arrangement: Record<string, string[][]> = {}
  for (const box of [tree.root, ...tree.cells.filter((cell) => cell.open)])
    arrangement[box.id] = box.columns.map((column) => column.map((cell) => cell.id))
  return arrangement
}
