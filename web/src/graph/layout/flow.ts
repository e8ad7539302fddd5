/**
 * The direction of traffic inside one box: its children in layers from callers to called. Cycles are broken by
 * walking from the strongest source first and leaving out the edges that lead back.
 */
import { type Cell, type CellTree, forkOf } from './cells.ts'
import type { LayoutEdge } from './layoutTypes.ts'

/** Edges between children of one box, with how many visible edges each stands for. */
export type LocalEdges = ReadonlyMap<Cell, ReadonlyMap<Cell, number>>

/** For each box: which child calls which. Cost: edges x depth. */
export function localEdges(tree: CellTree, edges: readonly LayoutEdge[]): Map<Cell, Map<Cell, Map<Cell, number>>> {
  const byBox = new Map<Cell, Map<Cell, Map<Cell, number>>>()
  for (const edge of edges) {
    const [source, target] = [tree.cells[edge.source], tree.cells[edge.target]]
    const fork = source && target ? forkOf(source, target) : undefined
    if (!fork) continue
    const local = byBox.get(fork.box) ?? new Map<Cell, Map<Cell, number>>()
    byBox.set(fork.box, local)
    const targets = local.get(fork.a) ?? new Map<Cell, number>()
    local.set(fork.a, targets)
    targets.set(fork.b, (targets.get(fork.b) ?? 0) + 1)
  }
  return byBox
}

/** The layer of each child, 0 for those that nobody calls. Children without edges are absent. */
export function layersOf(children: readonly Cell[], edges: LocalEdges): Map<Cell, number> {
  const balance = new Map<Cell, number>()
  for (const [from, targets] of edges)
    for (const [to, weight] of targets) {
      balance.set(from, (balance.get(from) ?? 0) + weight)
      balance.set(to, (balance.get(to) ?? 0) - weight)
    }
  const starts = children
    .filter((child) => balance.has(child))
    .sort((a, b) => (balance.get(b) ?? 0) - (balance.get(a) ?? 0))
  const finished = depthFirst(starts, edges)
  const layers = new Map<Cell, number>()
  // In reverse order of finishing every caller comes before what it calls, back edges apart.
  const place = new Map(finished.reverse().map((cell, position) => [cell, position]))
  for (const cell of finished) {
    const layer = layers.get(cell) ?? 0
    layers.set(cell, layer)
    for (const target of edges.get(cell)?.keys() ?? [])
      if ((place.get(target) ?? 0) > (place.get(cell) ?? 0))
        layers.set(target, Math.max(layers.get(target) ?? 0, layer + 1))
  }
  return layers
}

/** Cells in the order in which a depth-first walk leaves them; iterative, since chains may be thousands long. */
function depthFirst(starts: readonly Cell[], edges: LocalEdges): Cell[] {
  const seen = new Set<Cell>()
  const finished: Cell[] = []
  for (const start of starts) {
    if (seen.has(start)) continue
    seen.add(start)
    const stack = [{ cell: start, next: [...(edges.get(start)?.keys() ?? [])].reverse() }]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const target = top.next.pop()
      if (target === undefined) {
        finished.push(top.cell)
        stack.pop()
      } else if (!seen.has(target)) {
        seen.add(target)
        stack.push({ cell: target, next: [...(edges.get(target)?.keys() ?? [])].reverse() })
      }
    }
  }
  return finished
}
