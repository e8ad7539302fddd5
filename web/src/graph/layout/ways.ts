/**
 * The way of each edge: horizontal through passages, vertical in gutters, never through a tile. Edges into one target
 * share their lanes (a trunk), so that ten callers of a service arrive as one arrow. What a trunk takes of one passage
 * or gutter is a slot; slots are numbered, and lanes.ts gives them coordinates.
 */
import { type Cell, type CellTree, forkOf } from './cells.ts'
import type { LayoutEdge } from './layoutTypes.ts'

/** A crossing of one column of one box, below the first `row` children of that column. */
export interface Passage {
  readonly box: Cell
  readonly column: number
  readonly row: number
  /** Numbers of the slots in it. */
  readonly slots: number[]
}

/** The room before a column of a box, or after its last one. */
export interface Gutter {
  readonly box: Cell
  readonly index: number
  readonly slots: number[]
}

/** `gutters[i]` lies before `passages[i]`, the last one before the target; both are numbers of slots. */
export interface Way {
  readonly edge: number
  readonly source: Cell
  readonly target: Cell
  /** 1: leaves to the right; -1: to the left. */
  readonly leaves: 1 | -1
  /** -1: arrives at the left side of the target; 1: at its right side. */
  readonly arrives: 1 | -1
  readonly passages: readonly number[]
  readonly gutters: readonly number[]
}

export interface Routing {
  readonly ways: readonly Way[]
  readonly passages: readonly Passage[]
  readonly gutters: readonly Gutter[]
  /** Target of the trunk in each passage slot. */
  readonly passageTargets: readonly Cell[]
  /** Number of gutter slots. */
  readonly gutterSlots: number
}

/** Finds ways on placed cells. Cost: columns crossed x log of their length. */
export function findWays(tree: CellTree, edges: readonly LayoutEdge[]): Routing {
  const slots = slotBook(tree.cells.length * 2)
  const ways: Way[] = []
  edges.forEach((edge, index) => {
    const [source, target] = [tree.cells[edge.source], tree.cells[edge.target]]
    const way = source && target ? findWay(index, source, target, slots) : undefined
    if (way) ways.push(way)
  })
  const { passages, gutters, passageTargets } = slots
  return { ways, passages, gutters, passageTargets, gutterSlots: slots.gutterSlots() }
}

/** Outgoing and incoming edges touch a tile at different heights, so that two neighbours' stubs do not cover each other. */
const portShift = 5
export const outPort = (cell: Cell): number => cell.y + cell.height / 2 + portShift
export const inPort = (cell: Cell): number => cell.y + cell.height / 2 - portShift

interface Crossing {
  readonly box: Cell
  readonly column: number
  readonly row: number
}

function findWay(edge: number, source: Cell, target: Cell, slots: SlotBook): Way | undefined {
  const fork = forkOf(source, target)
  if (!fork) return undefined
  const step = Math.sign(fork.b.column - fork.a.column)
  const leaves = step === -1 ? -1 : 1
  const arrives = step === 1 ? -1 : 1
  const crossings: Crossing[] = []
  for (let at = source; at !== fork.a && at.parent; at = at.parent)
    through(crossings, at.parent, at.column, leaves === 1 ? at.parent.columns.length : -1, leaves, outPort(source))
  if (step !== 0) through(crossings, fork.box, fork.a.column, fork.b.column, leaves, inPort(target))
  const inward: Crossing[] = []
  for (let at = target; at !== fork.b && at.parent; at = at.parent)
    through(inward, at.parent, at.column, arrives === 1 ? at.parent.columns.length : -1, arrives, inPort(target))
  crossings.push(...inward.reverse())
  const gutters: number[] = []
  const trunk = target.index * 2 + (arrives === 1 ? 1 : 0)
  let [box, column] = [source.parent, source.column]
  for (const next of [...crossings, { box: target.parent, column: target.column }]) {
    if (!box || !next.box) return undefined
    gutters.push(slots.gutter(gutterBetween(box, column, next.box, next.column), trunk))
    box = next.box
    column = next.column
  }
  return {
    edge,
    source,
    target,
    leaves,
    arrives,
    passages: crossings.map((c) => slots.passage(c, trunk, target)),
    gutters,
  }
}

/** The columns strictly between `from` and `to`, each crossed at the passage nearest to `y`. */
function through(into: Crossing[], box: Cell, from: number, to: number, step: 1 | -1, y: number): void {
  for (let column = from + step; column !== to && column >= 0 && column < box.columns.length; column += step)
    into.push({ box, column, row: nearestPassage(box, column, y) })
}

function nearestPassage(box: Cell, column: number, y: number): number {
  const cells = box.columns[column] ?? []
  let [low, high] = [0, cells.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const cell = cells[middle]
    if (cell && cell.y + cell.height / 2 < y) low = middle + 1
    else high = middle
  }
  return low
}

/** The gutter between two neighbouring columns, or beside the boxes that hold them: the outermost there is. */
function gutterBetween(a: Cell, aColumn: number, b: Cell, bColumn: number): { box: Cell; index: number } {
  let [p, pColumn, q, qColumn] = [a, aColumn, b, bColumn]
  while (p !== q) {
    if (p.depth >= q.depth && p.parent) {
      pColumn = p.column
      p = p.parent
    } else if (q.parent) {
      qColumn = q.column
      q = q.parent
    } else break
  }
  return { box: p, index: pColumn === qColumn ? pColumn + 1 : Math.max(pColumn, qColumn) }
}

interface SlotBook {
  readonly passages: Passage[]
  readonly gutters: Gutter[]
  readonly passageTargets: Cell[]
  passage(at: Crossing, trunk: number, target: Cell): number
  gutter(at: { box: Cell; index: number }, trunk: number): number
  gutterSlots(): number
}

/** Numbers passages, gutters and slots as they are met; numbers instead of names, since there are many. */
function slotBook(trunks: number): SlotBook {
  const passages: Passage[] = []
  const gutters: Gutter[] = []
  const passageTargets: Cell[] = []
  const passageAt = new Map<Cell, Map<number, number>>()
  const gutterAt = new Map<Cell, Map<number, number>>()
  const passageSlot = new Map<number, number>()
  const gutterSlot = new Map<number, number>()
  return {
    passages,
    gutters,
    passageTargets,
    passage({ box, column, row }, trunk, target) {
      const place = numberOf(
        passageAt,
        box,
        column * 65_536 + row,
        () => passages.push({ box, column, row, slots: [] }) - 1,
      )
      const key = place * trunks + trunk
      const known = passageSlot.get(key)
      if (known !== undefined) return known
      const slot = passageTargets.push(target) - 1
      passageSlot.set(key, slot)
      passages[place]?.slots.push(slot)
      return slot
    },
    gutter({ box, index }, trunk) {
      const place = numberOf(gutterAt, box, index, () => gutters.push({ box, index, slots: [] }) - 1)
      const key = place * trunks + trunk
      const known = gutterSlot.get(key)
      if (known !== undefined) return known
      const slot = gutterSlot.size
      gutterSlot.set(key, slot)
      gutters[place]?.slots.push(slot)
      return slot
    },
    gutterSlots: () => gutterSlot.size,
  }
}

function numberOf(book: Map<Cell, Map<number, number>>, box: Cell, key: number, create: () => number): number {
  const ofBox = book.get(box) ?? new Map<number, number>()
  book.set(box, ofBox)
  const known = ofBox.get(key)
  if (known !== undefined) return known
  const made = create()
  ofBox.set(key, made)
  return made
}
