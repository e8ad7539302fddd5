/**
 * The working tree of a layout. A box holds its children in columns; between and beside the columns run gutters for
 * vertical parts of edges, between the children of a column run passages for horizontal ones.
 * Cells are private to one layout run, which fills them step by step.
 */
import type { LayoutInput } from './layoutTypes.ts'

export const titleHeight = 26
export const padding = 12
/** Smallest room between two children of a column, and beside the columns of a box. */
export const rowGap = 12
export const innerGutter = 34
export const outerGutter = 14
/** Distance between parallel edges. */
export const lanePitch = 8

export interface Cell {
  /** Index in the input; -1 for the root. */
  readonly index: number
  readonly id: string
  readonly parent: Cell | undefined
  readonly open: boolean
  readonly depth: number
  readonly children: Cell[]
  readonly tileWidth: number
  readonly tileHeight: number
  readonly minWidth: number
  columns: Cell[][]
  /** Position in the parent. */
  column: number
  row: number
  x: number
  y: number
  width: number
  height: number
  /** Natural size: the least room it needs. */
  needWidth: number
  needHeight: number
  /** Room that each gutter needs for its lanes; columns.length + 1 of them. */
  gutterNeed: number[]
  /** Room that each passage of each column needs; children + 1 per column. */
  passageNeed: number[][]
  /** Left edge of each column and its width, after placing. */
  columnX: number[]
  columnWidth: number[]
}

export interface CellTree {
  readonly root: Cell
  /** By input index. */
  readonly cells: readonly Cell[]
}

export function growCells(input: LayoutInput): CellTree {
  const root = cell(-1, '', undefined, true, 0, 0, 0)
  const cells: Cell[] = []
  input.nodes.forEach((node, index) => {
    const parent = cells[node.parent] ?? root
    const grown = cell(index, node.id, parent, node.open, node.width, node.height, node.minWidth)
    parent.children.push(grown)
    cells.push(grown)
  })
  return { root, cells }
}

/** Title and padding above the first passage. */
export const contentTop = (box: Cell): number => (box.parent ? titleHeight : 0)

/** The children of the deepest common box that hold `a` and `b`; undefined when one holds the other. */
export function forkOf(a: Cell, b: Cell): { box: Cell; a: Cell; b: Cell } | undefined {
  let [p, q] = [a, b]
  while (p.depth > q.depth && p.parent) p = p.parent
  while (q.depth > p.depth && q.parent) q = q.parent
  while (p !== q && p.parent && q.parent && p.parent !== q.parent) {
    p = p.parent
    q = q.parent
  }
  return p !== q && p.parent ? { box: p.parent, a: p, b: q } : undefined
}

function cell(
  index: number,
  id: string,
  parent: Cell | undefined,
  open: boolean,
  tileWidth: number,
  tileHeight: number,
  minWidth: number,
): Cell {
  return {
    index,
    id,
    parent,
    open,
    depth: parent ? parent.depth + 1 : 0,
    children: [],
    tileWidth,
    tileHeight,
    minWidth,
    columns: [],
    column: 0,
    row: 0,
    x: 0,
    y: 0,
    width: 0,
    height: 0,
    needWidth: 0,
    needHeight: 0,
    gutterNeed: [],
    passageNeed: [],
    columnX: [],
    columnWidth: [],
  }
}
