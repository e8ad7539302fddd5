/**
 * Which columns a box has. A box could be one tall column or a wide row; for each box a few shapes are worked out from
 * the inside outwards, and the one that lets the whole fill the canvas at the largest scale is taken. Reading goes from
 * left to right, so columns follow the layers of the flow; a shape that puts caller and called into one column pays.
 */
import { type Cell, innerGutter, lanePitch, outerGutter, rowGap, titleHeight } from './cells.ts'
import type { LocalEdges } from './flow.ts'

export interface Shape {
  readonly width: number
  readonly height: number
  /** How badly the columns suit the local edges, 0 to 1: edges inside a column, backwards, or past a third; children included. */
  readonly bent: number
  readonly columns: readonly (readonly Cell[])[]
  readonly inner: ReadonlyMap<Cell, Shape>
}

/** Picks columns for `root` and everything below, for a canvas of this ratio. `fixed` boxes keep their columns. */
export function shapeCells(
  root: Cell,
  local: ReadonlyMap<Cell, LocalEdges>,
  layers: ReadonlyMap<Cell, number>,
  canvas: { width: number; height: number; maxScale: number },
  fixed: ReadonlyMap<Cell, readonly (readonly Cell[])[]>,
): void {
  const choices = new Map<Cell, Shape[]>()
  workOut(root, local, layers, fixed, choices)
  const fit = (shape: Shape) =>
    Math.min(canvas.maxScale, canvas.width / shape.width, canvas.height / shape.height) * (1 - bentPrice * shape.bent)
  const best = bestOf(choices.get(root) ?? [], fit)
  if (best) apply(root, best)
}

/** How much scale one would give up to have every edge lead from a column to another. */
const bentPrice = 0.3
const kept = 7
const ratios = [0.45, 0.8, 1.25, 2, 3.2] as const

function workOut(
  box: Cell,
  local: ReadonlyMap<Cell, LocalEdges>,
  layers: ReadonlyMap<Cell, number>,
  fixed: ReadonlyMap<Cell, readonly (readonly Cell[])[]>,
  choices: Map<Cell, Shape[]>,
): void {
  for (const child of box.children) if (child.open) workOut(child, local, layers, fixed, choices)
  const edges = local.get(box) ?? new Map<Cell, Map<Cell, number>>()
  const sequence = inReadingOrder(box.children, layers, edges)
  const nested = box.children.some((child) => child.open)
  const orders = ordersOf(sequence)
  const found: Shape[] = []
  for (const ratio of nested ? ratios : ratios.slice(0, 1)) {
    const inner = new Map<Cell, Shape>()
    for (const child of box.children) {
      const shape = bestOf(choices.get(child) ?? [], (s) => -Math.abs(Math.log(s.width / s.height / ratio)))
      if (shape) inner.set(child, shape)
    }
    const given = fixed.get(box)
    const splits = given ? [given] : orders.flatMap((order) => splitsOf(order, layers, inner))
    for (const columns of splits) found.push(measured(box, columns, edges, refit(columns, inner, choices)))
  }
  choices.set(box, pareto(found))
}

/** By layer, those without local edges last; within a layer the input's order. */
function inReadingOrder(children: readonly Cell[], layers: ReadonlyMap<Cell, number>, edges: LocalEdges): Cell[] {
  const last = Math.max(0, ...children.map((child) => layers.get(child) ?? 0))
  const layer = (child: Cell) => layers.get(child) ?? (edges.size === 0 ? 0 : last)
  return [...children].sort((a, b) => layer(a) - layer(b) || a.index - b.index)
}

/**
 * Traffic between clusters goes both ways, so their flow says little: while a box has only a few open boxes, every
 * order of them is tried, and the one wins in which the fewest calls must pass by a third box.
 */
function ordersOf(sequence: readonly Cell[]): (readonly Cell[])[] {
  const boxes = sequence.filter((child) => child.open)
  if (boxes.length < 2 || boxes.length > 4 || sequence.length > boxes.length * 3) return [sequence]
  return permutations(boxes).map((order) => {
    let next = 0
    return sequence.map((child) => (child.open ? (order[next++] ?? child) : child))
  })
}

function permutations(cells: readonly Cell[]): Cell[][] {
  if (cells.length < 2) return [[...cells]]
  return cells.flatMap((first, i) => permutations(cells.toSpliced(i, 1)).map((rest) => [first, ...rest]))
}

function splitsOf(
  sequence: readonly Cell[],
  layers: ReadonlyMap<Cell, number>,
  inner: ReadonlyMap<Cell, Shape>,
): Cell[][][] {
  const splits: Cell[][][] = []
  const natural: Cell[][] = []
  let at = -1
  for (const child of sequence) {
    const layer = layers.get(child) ?? at
    if (natural.length === 0 || layer !== at) natural.push([])
    at = layer
    natural.at(-1)?.push(child)
  }
  if (natural.length <= 12) splits.push(natural)
  for (let merge = 0; merge + 1 < natural.length && natural.length <= 6; merge++)
    splits.push([
      ...natural.slice(0, merge),
      [...(natural[merge] ?? []), ...(natural[merge + 1] ?? [])],
      ...natural.slice(merge + 2),
    ])
  const most = Math.min(sequence.length, 80)
  for (let columns = 1; columns <= most; columns = columns < 8 ? columns + 1 : Math.ceil(columns * 1.3))
    splits.push(balanced(sequence, columns, inner))
  return splits
}

/** At most `count` columns of about equal height, filled in order: the least height for which that works. */
function balanced(sequence: readonly Cell[], count: number, inner: ReadonlyMap<Cell, Shape>): Cell[][] {
  const heights = sequence.map((child) => heightOf(child, inner) + rowGap)
  let [low, high] = [Math.max(...heights), heights.reduce((a, b) => a + b, 0)]
  const fill = (limit: number): Cell[][] => {
    const columns: Cell[][] = [[]]
    let height = 0
    sequence.forEach((child, i) => {
      const own = heights[i] ?? 0
      if (height > 0 && height + own > limit + 0.5) {
        columns.push([])
        height = 0
      }
      height += own
      columns.at(-1)?.push(child)
    })
    return columns
  }
  while (high - low > 4) {
    const middle = (low + high) / 2
    if (fill(middle).length <= count) high = middle
    else low = middle
  }
  return fill(high)
}

/** An open child may be wider than chosen when its column is: then it takes its lowest shape that fits. */
function refit(
  columns: readonly (readonly Cell[])[],
  inner: ReadonlyMap<Cell, Shape>,
  choices: ReadonlyMap<Cell, readonly Shape[]>,
): Map<Cell, Shape> {
  const fitted = new Map(inner)
  for (const column of columns) {
    const width = Math.max(...column.map((child) => widthOf(child, inner)))
    for (const child of column) {
      const fitting = (choices.get(child) ?? []).filter((shape) => shape.width <= width + 1)
      const lowest = bestOf(fitting, (shape) => -shape.height * (1 + bentPrice * shape.bent))
      if (lowest) fitted.set(child, lowest)
    }
  }
  return fitted
}

function measured(
  box: Cell,
  columns: readonly (readonly Cell[])[],
  edges: LocalEdges,
  inner: ReadonlyMap<Cell, Shape>,
): Shape {
  const widths = columns.map((column) => Math.max(...column.map((child) => widthOf(child, inner))))
  const heights = columns.map((column) => column.reduce((sum, child) => sum + heightOf(child, inner) + rowGap, rowGap))
  const { bent, total } = bentEdges(columns, edges)
  // Lanes are counted exactly later; about every third edge gets one of its own.
  const lanes = (columns.length - 1) * innerGutter + Math.min(total, 60) * 0.3 * lanePitch
  const innerBent = [...inner.values()].reduce((sum, shape) => sum + shape.bent, 0) / Math.max(1, inner.size)
  return {
    width: Math.max(box.minWidth, widths.reduce((a, b) => a + b, 0) + lanes + 2 * outerGutter),
    height: Math.max(...heights) + (box.parent ? titleHeight : 0),
    bent: Math.min(1, (total > 0 ? bent / total : 0) * 0.7 + innerBent * 0.3),
    columns,
    inner,
  }
}

function bentEdges(columns: readonly (readonly Cell[])[], edges: LocalEdges): { bent: number; total: number } {
  const columnOf = new Map<Cell, number>()
  columns.forEach((column, index) => {
    for (const child of column) columnOf.set(child, index)
  })
  let [bent, total] = [0, 0]
  for (const [from, targets] of edges)
    for (const [to, weight] of targets) {
      total += weight
      const step = (columnOf.get(to) ?? 0) - (columnOf.get(from) ?? 0)
      const passedBy = Math.max(0, Math.abs(step) - 1) * 0.6
      bent += weight * (passedBy + (step === 0 ? 0.8 : step < 0 ? 0.35 : 0))
    }
  return { bent, total }
}

const widthOf = (child: Cell, inner: ReadonlyMap<Cell, Shape>): number => inner.get(child)?.width ?? child.tileWidth
const heightOf = (child: Cell, inner: ReadonlyMap<Cell, Shape>): number => inner.get(child)?.height ?? child.tileHeight

/** The shapes that no other beats in both directions, thinned to a few. */
function pareto(shapes: readonly Shape[]): Shape[] {
  const price = (shape: Shape) => 1 + bentPrice * shape.bent
  const byWidth = [...shapes].sort((a, b) => a.width * price(a) - b.width * price(b) || a.height - b.height)
  const front: Shape[] = []
  let lowest = Number.POSITIVE_INFINITY
  for (const shape of byWidth) {
    if (shape.height * price(shape) >= lowest - 1) continue
    lowest = shape.height * price(shape)
    front.push(shape)
  }
  if (front.length <= kept) return front
  const step = (front.length - 1) / (kept - 1)
  return Array.from({ length: kept }, (_, i) => front[Math.round(i * step)]).filter((shape) => shape !== undefined)
}

function apply(box: Cell, shape: Shape): void {
  box.columns = shape.columns.map((column) => [...column])
  for (const child of box.children) {
    const inner = shape.inner.get(child)
    if (inner) apply(child, inner)
  }
}

/** The first of the best. */
function bestOf(shapes: readonly Shape[], score: (shape: Shape) => number): Shape | undefined {
  let [best, top] = [shapes[0], Number.NEGATIVE_INFINITY]
  for (const shape of shapes) {
    const value = score(shape)
    if (value > top) [best, top] = [shape, value]
  }
  return best
}
