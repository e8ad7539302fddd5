/**
 * Coordinates for cells whose columns are settled. First the room each box needs, from the inside outwards; then the
 * room it gets, from the outside inwards: what is left over goes to gutters, passages and open boxes, so that frames
 * line up and whitespace is even.
 */
import { type Cell, contentTop, innerGutter, outerGutter, rowGap } from './cells.ts'

/** Fills `needWidth` and `needHeight` of every cell; gutters and passages count with their own needs where known. */
export function measureCells(box: Cell): void {
  for (const child of box.children) {
    if (child.open) measureCells(child)
    else {
      child.needWidth = child.tileWidth
      child.needHeight = child.tileHeight
    }
  }
  const widths = box.columns.map((column) => Math.max(0, ...column.map((child) => child.needWidth)))
  const gutters = Array.from({ length: box.columns.length + 1 }, (_, i) => gutterNeed(box, i))
  box.needWidth = Math.max(box.minWidth, sum(widths) + sum(gutters))
  box.needHeight = contentTop(box) + Math.max(0, ...box.columns.map((_, i) => columnNeed(box, i)))
}

/** Gives `box` this rect and everything inside its own; the rect is at least what was measured. */
export function placeCells(box: Cell, x: number, y: number, width: number, height: number): void {
  Object.assign(box, { x, y, width, height })
  const count = box.columns.length
  const widths = box.columns.map((column) => Math.max(0, ...column.map((child) => child.needWidth)))
  const gutters = Array.from({ length: count + 1 }, (_, i) => gutterNeed(box, i))
  const spare = Math.max(0, width - sum(widths) - sum(gutters))
  // Gutters take room like one column of tiles; columns with open boxes pass theirs on to what is inside.
  const columnShare = box.columns.map((column, i) => (column.some((child) => child.open) ? (widths[i] ?? 0) / 60 : 0))
  const gutterShare = gutters.map((_, i) => (i === 0 || i === count ? (count > 1 ? 0.35 : 1) : 1))
  const shares = sum(columnShare) + sum(gutterShare)
  let at = x
  box.columnX = []
  box.columnWidth = []
  box.columns.forEach((_, i) => {
    at += (gutters[i] ?? 0) + (spare * (gutterShare[i] ?? 0)) / shares
    const columnWidth = (widths[i] ?? 0) + (spare * (columnShare[i] ?? 0)) / shares
    box.columnX.push(at)
    box.columnWidth.push(columnWidth)
    placeColumn(box, i, at, columnWidth)
    at += columnWidth
  })
}

export const gutterNeed = (box: Cell, index: number): number =>
  box.gutterNeed[index] ?? (index === 0 || index === box.columns.length ? outerGutter : innerGutter)

export const passageNeed = (box: Cell, column: number, row: number): number => box.passageNeed[column]?.[row] ?? rowGap

/** Of the room a box needs, what it takes on top of it at most. */
const mostGrowth = 0.35

function placeColumn(box: Cell, index: number, x: number, columnWidth: number): void {
  const column = box.columns[index] ?? []
  const top = box.y + contentTop(box)
  // Tiles of one column are equally wide; an open box beside them does not widen them.
  const tileWidth = Math.max(0, ...column.map((child) => (child.open ? 0 : child.needWidth)))
  const spare = Math.max(0, box.height - contentTop(box) - columnNeed(box, index))
  const openNeed = sum(column.map((child) => (child.open ? child.needHeight : 0)))
  const passages = column.length + 1
  // Clusters line up with each other; a box inside one that is far taller than its tiles would only look empty.
  const toOpen = Math.min(openNeed > 0 ? spare * 0.8 : 0, box.parent ? openNeed * mostGrowth : Number.POSITIVE_INFINITY)
  const toPassage = (spare - toOpen) / passages
  let at = top
  column.forEach((child, row) => {
    at += passageNeed(box, index, row) + toPassage
    child.column = index
    child.row = row
    if (child.open) {
      const height = child.needHeight + (toOpen * child.needHeight) / openNeed
      placeCells(child, x, at, columnWidth, height)
    } else {
      Object.assign(child, { x: x + (columnWidth - tileWidth) / 2, y: at, width: tileWidth, height: child.tileHeight })
    }
    at += child.height
  })
}

function columnNeed(box: Cell, index: number): number {
  const column = box.columns[index] ?? []
  let need = passageNeed(box, index, column.length)
  column.forEach((child, row) => {
    need += passageNeed(box, index, row) + child.needHeight
  })
  return need
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
