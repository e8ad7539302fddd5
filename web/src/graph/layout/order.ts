/**
 * The order of children within their columns: each moves towards the mean height of what it is connected to, anywhere
 * in the graph, columns in turns. The order with the least vertical way is kept; shorter edges cross less.
 */
import type { Cell, CellTree } from './cells.ts'
import type { LayoutEdge } from './layoutTypes.ts'
import { placeCells } from './place.ts'

/** Reorders the columns of every box not in `fixed`. Cost per sweep: edges x depth + a sort of each column. */
export function orderCells(
  tree: CellTree,
  edges: readonly LayoutEdge[],
  fixed: ReadonlySet<Cell>,
  size: { width: number; height: number },
  sweeps: number,
): void {
  const boxes = [tree.root, ...tree.cells.filter((cell) => cell.open)].filter((box) => !fixed.has(box))
  const place = () => placeCells(tree.root, 0, 0, size.width, size.height)
  place()
  let best = boxes.map((box) => box.columns)
  let least = verticalWay(tree, edges)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const pulls = pullsOf(tree, edges)
    for (const box of boxes) {
      box.columns = box.columns.map((column, index) =>
        sweep % 3 === 2 || index % 2 === sweep % 2 || box.columns.length === 1 ? sorted(column, pulls) : column,
      )
    }
    place()
    const way = verticalWay(tree, edges)
    if (way < least - 0.5) {
      least = way
      best = boxes.map((box) => box.columns)
    }
  }
  boxes.forEach((box, i) => {
    box.columns = best[i] ?? box.columns
  })
  place()
}

const middle = (cell: Cell): number => cell.y + cell.height / 2

function verticalWay(tree: CellTree, edges: readonly LayoutEdge[]): number {
  let way = 0
  for (const { source, target } of edges) {
    const [a, b] = [tree.cells[source], tree.cells[target]]
    if (a && b) way += Math.abs(middle(a) - middle(b))
  }
  return way
}

/** For each cell with edges to the outside: the mean height of their other ends. */
function pullsOf(tree: CellTree, edges: readonly LayoutEdge[]): Map<Cell, number> {
  const sums = new Map<Cell, { total: number; count: number }>()
  const pull = (cell: Cell, towards: Cell) => {
    for (let at: Cell | undefined = cell; at && !holds(at, towards); at = at.parent) {
      const sum = sums.get(at) ?? { total: 0, count: 0 }
      // A box as a whole moves as its member should.
      sum.total += middle(towards) - middle(cell) + middle(at)
      sum.count++
      sums.set(at, sum)
    }
  }
  for (const { source, target } of edges) {
    const [a, b] = [tree.cells[source], tree.cells[target]]
    if (!a || !b) continue
    pull(a, b)
    pull(b, a)
  }
  return new Map([...sums].map(([cell, { total, count }]) => [cell, total / count]))
}

function holds(box: Cell, cell: Cell): boolean {
  for (let at: Cell | undefined = cell; at && at.depth >= box.depth; at = at.parent) if (at === box) return true
  return false
}

function sorted(column: readonly Cell[], pulls: ReadonlyMap<Cell, number>): Cell[] {
  const key = (cell: Cell) => pulls.get(cell) ?? middle(cell)
  return [...column].sort((a, b) => key(a) - key(b) || a.index - b.index)
}
