/**
 * The way of each edge: horizontal through passages, vertical in gutters, never through a tile. Edges into one target
 * share their lanes (a trunk), so that ten callers of a service arrive as one arrow. First the way is found as a row of
 * passages; when all ways are known each gutter and passage says how many lanes it needs; then lanes get coordinates.
 */
import { type Cell, type CellTree, contentTop, forkOf, innerGutter, lanePitch, outerGutter, rowGap } from './cells.ts'
import type { LayoutEdge } from './layoutTypes.ts'
import { passageNeed } from './place.ts'

/** A crossing of one column of one box, below the first `row` children of that column. */
interface Passage {
  readonly box: Cell
  readonly column: number
  readonly row: number
}

/** The way of one edge; `gutters[i]` lies before `passages[i]`, the last one before the target. */
export interface Way {
  readonly edge: number
  readonly source: Cell
  readonly target: Cell
  /** 1: leaves to the right; -1: to the left. */
  readonly leaves: 1 | -1
  /** -1: arrives at the left side of the target; 1: at its right side. */
  readonly arrives: 1 | -1
  readonly passages: readonly Passage[]
  readonly gutters: readonly { readonly box: Cell; readonly index: number }[]
  /** What shares lanes: the target and the side. */
  readonly trunk: string
}

/** Finds ways on placed cells. Cost: columns crossed x log of their length. */
export function findWays(tree: CellTree, edges: readonly LayoutEdge[]): Way[] {
  const ways: Way[] = []
  edges.forEach((edge, index) => {
    const [source, target] = [tree.cells[edge.source], tree.cells[edge.target]]
    const way = source && target ? findWay(index, source, target) : undefined
    if (way) ways.push(way)
  })
  return ways
}

/** Writes the room that the lanes of `ways` need into the gutters and passages of all boxes. */
export function reserveLanes(tree: CellTree, ways: readonly Way[]): void {
  for (const box of [tree.root, ...tree.cells.filter((cell) => cell.open)]) {
    const last = box.columns.length
    box.gutterNeed = Array.from({ length: last + 1 }, (_, i) => (i === 0 || i === last ? outerGutter : innerGutter))
    box.passageNeed = box.columns.map((column) => Array.from({ length: column.length + 1 }, () => rowGap))
  }
  for (const lanes of gutterLanes(ways).values()) {
    const need = lanes.count * lanePitch + 16
    lanes.box.gutterNeed[lanes.index] = Math.max(lanes.box.gutterNeed[lanes.index] ?? 0, need)
  }
  for (const { passage, trunks } of passageTrunks(ways).values()) {
    const needs = passage.box.passageNeed[passage.column]
    if (needs) needs[passage.row] = Math.max(needs[passage.row] ?? rowGap, trunks.length * lanePitch + 8)
  }
}

/** Points of each way by edge index, in world units, from the source's border to the target's. */
export function drawWays(ways: readonly Way[]): Map<number, number[]> {
  const levels = passageLevels(ways)
  const lanes = gutterLanes(ways, levels)
  const drawn = new Map<number, number[]>()
  for (const way of ways) {
    const points = [way.leaves === 1 ? way.source.x + way.source.width : way.source.x, outPort(way.source)]
    let y = outPort(way.source)
    way.gutters.forEach((gutter, i) => {
      const passage = way.passages[i]
      const next = passage ? (levels.get(passageKey(passage, way.trunk)) ?? y) : inPort(way.target)
      if (Math.abs(next - y) > 0.5) {
        const x = laneX(gutter, way.trunk, lanes)
        points.push(x, y, x, next)
      }
      y = next
    })
    points.push(way.arrives === -1 ? way.target.x : way.target.x + way.target.width, y)
    drawn.set(way.edge, points)
  }
  return drawn
}

/** Outgoing and incoming edges touch a tile at different heights, so that two neighbours' stubs do not cover each other. */
const portShift = 5
const outPort = (cell: Cell): number => cell.y + cell.height / 2 + portShift
const inPort = (cell: Cell): number => cell.y + cell.height / 2 - portShift

function findWay(edge: number, source: Cell, target: Cell): Way | undefined {
  const fork = forkOf(source, target)
  if (!fork || source === target) return undefined
  const step = Math.sign(fork.b.column - fork.a.column)
  const leaves = step === -1 ? -1 : 1
  const arrives = step === 1 ? -1 : 1
  const passages: Passage[] = []
  for (let at = source; at !== fork.a && at.parent; at = at.parent)
    passages.push(
      ...through(at.parent, at.column, leaves === 1 ? at.parent.columns.length : -1, leaves, outPort(source)),
    )
  if (step !== 0) passages.push(...through(fork.box, fork.a.column, fork.b.column, step === 1 ? 1 : -1, inPort(target)))
  const inward: Passage[] = []
  for (let at = target; at !== fork.b && at.parent; at = at.parent) {
    const side = arrives === -1 ? -1 : 1
    inward.push(...through(at.parent, at.column, side === 1 ? at.parent.columns.length : -1, side, inPort(target)))
  }
  passages.push(...inward.reverse())
  const stations = [
    { cell: source, box: source.parent, column: source.column },
    ...passages.map((passage) => ({ cell: undefined, box: passage.box, column: passage.column })),
    { cell: target, box: target.parent, column: target.column },
  ]
  const gutters = stations.slice(1).flatMap((next, i) => {
    const previous = stations[i]
    return previous?.box && next.box ? [gutterBetween(previous.box, previous.column, next.box, next.column)] : []
  })
  return { edge, source, target, leaves, arrives, passages, gutters, trunk: `${target.index}${arrives}` }
}

/** The columns strictly between `from` and `to`, each crossed at the passage nearest to `y`. */
function through(box: Cell, from: number, to: number, step: 1 | -1, y: number): Passage[] {
  const passages: Passage[] = []
  for (let column = from + step; column !== to && column >= 0 && column < box.columns.length; column += step)
    passages.push({ box, column, row: nearestPassage(box, column, y) })
  return passages
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

const passageKey = (passage: Passage, trunk: string) => `${passage.box.index}/${passage.column}/${passage.row}/${trunk}`

function passageTrunks(
  ways: readonly Way[],
): Map<string, { passage: Passage; trunks: { trunk: string; wish: number }[] }> {
  const found = new Map<string, { passage: Passage; trunks: { trunk: string; wish: number }[] }>()
  const seen = new Set<string>()
  for (const way of ways)
    for (const passage of way.passages) {
      const key = passageKey(passage, way.trunk)
      if (seen.has(key)) continue
      seen.add(key)
      const place = `${passage.box.index}/${passage.column}/${passage.row}`
      const entry = found.get(place) ?? { passage, trunks: [] }
      entry.trunks.push({ trunk: way.trunk, wish: inPort(way.target) })
      found.set(place, entry)
    }
  return found
}

/** The height at which each trunk runs through each passage: where it wants to be, apart from the others. */
function passageLevels(ways: readonly Way[]): Map<string, number> {
  const levels = new Map<string, number>()
  for (const { passage, trunks } of passageTrunks(ways).values()) {
    const [top, bottom] = passageSpan(passage)
    const pitch = Math.min(lanePitch, (bottom - top) / (trunks.length + 1))
    const ordered = [...trunks].sort((a, b) => a.wish - b.wish || (a.trunk < b.trunk ? -1 : 1))
    const ys = spread(
      ordered.map(({ wish }) => wish),
      top + pitch,
      bottom - pitch,
      pitch,
    )
    ordered.forEach(({ trunk }, i) => {
      levels.set(passageKey(passage, trunk), ys[i] ?? top)
    })
  }
  return levels
}

function passageSpan({ box, column, row }: Passage): [number, number] {
  const [above, below] = [box.columns[column]?.[row - 1], box.columns[column]?.[row]]
  const top = above ? above.y + above.height : box.y + contentTop(box)
  const bottom = below ? below.y : box.y + box.height
  return bottom - top >= 4 ? [top, bottom] : [top, top + passageNeed(box, column, row)]
}

/** `wishes` (ascending) moved as little as needed to lie in [low, high] and `pitch` apart. */
export function spread(wishes: readonly number[], low: number, high: number, pitch: number): number[] {
  const out = wishes.map((wish) => Math.min(Math.max(wish, low), high))
  for (let i = 1; i < out.length; i++) out[i] = Math.max(out[i] ?? 0, (out[i - 1] ?? 0) + pitch)
  const over = (out.at(-1) ?? high) - high
  if (over > 0) {
    out[out.length - 1] = high
    for (let i = out.length - 2; i >= 0; i--) out[i] = Math.min(out[i] ?? 0, (out[i + 1] ?? 0) - pitch)
  }
  return out
}

interface GutterLanes {
  readonly box: Cell
  readonly index: number
  count: number
  readonly laneOf: Map<string, number>
}

/**
 * Lanes of each gutter. A lane holds trunks whose vertical parts do not overlap. Trunks that go down are laid from the
 * left in order of the lowest end first, those that go up the other way round: then parallel ones do not cross.
 */
function gutterLanes(
  ways: readonly Way[],
  levels: Map<string, number> = passageLevels(ways),
): Map<string, GutterLanes> {
  const spans = new Map<string, { box: Cell; index: number; trunks: Map<string, Vertical> }>()
  for (const way of ways) {
    let y = outPort(way.source)
    way.gutters.forEach((gutter, i) => {
      const passage = way.passages[i]
      const next = passage ? (levels.get(passageKey(passage, way.trunk)) ?? y) : inPort(way.target)
      if (Math.abs(next - y) > 0.5) {
        const key = gutterKey(gutter)
        const entry = spans.get(key) ?? { ...gutter, trunks: new Map<string, Vertical>() }
        spans.set(key, entry)
        const vertical = entry.trunks.get(way.trunk)
        if (vertical) {
          vertical.top = Math.min(vertical.top, y, next)
          vertical.bottom = Math.max(vertical.bottom, y, next)
          vertical.drift += next - y
        } else {
          const [top, bottom] = [Math.min(y, next), Math.max(y, next)]
          entry.trunks.set(way.trunk, { trunk: way.trunk, top, bottom, end: next, drift: next - y, side: way.leaves })
        }
      }
      y = next
    })
  }
  const lanes = new Map<string, GutterLanes>()
  for (const [key, { box, index, trunks }] of spans) lanes.set(key, packLanes(box, index, [...trunks.values()]))
  return lanes
}

interface Vertical {
  readonly trunk: string
  top: number
  bottom: number
  /** Height at which it leaves the gutter. */
  readonly end: number
  /** Positive: goes down on the whole. */
  drift: number
  readonly side: 1 | -1
}

function packLanes(box: Cell, index: number, trunks: readonly Vertical[]): GutterLanes {
  const rank = (v: Vertical) => (v.drift > 0 ? -v.end : v.end) * v.side
  const ordered = [...trunks].sort((a, b) => rank(a) - rank(b) || (a.trunk < b.trunk ? -1 : 1))
  const laneOf = new Map<string, number>()
  const lanes: { top: number; bottom: number }[][] = []
  for (const vertical of ordered) {
    let lane = lanes.findIndex((taken) =>
      taken.every((t) => t.bottom + 8 < vertical.top || t.top - 8 > vertical.bottom),
    )
    if (lane === -1) lane = lanes.push([]) - 1
    lanes[lane]?.push(vertical)
    laneOf.set(vertical.trunk, lane)
  }
  return { box, index, count: lanes.length, laneOf }
}

const gutterKey = (gutter: { box: Cell; index: number }) => `${gutter.box.index}/${gutter.index}`

function laneX(gutter: { box: Cell; index: number }, trunk: string, lanes: ReadonlyMap<string, GutterLanes>): number {
  const { box, index } = gutter
  const before = index === 0 ? undefined : (box.columnX[index - 1] ?? 0) + (box.columnWidth[index - 1] ?? 0)
  const left = before ?? box.x
  const right = box.columnX[index] ?? box.x + box.width
  const entry = lanes.get(gutterKey(gutter))
  const count = entry?.count ?? 1
  const pitch = Math.min(lanePitch * 1.6, (right - left) / (count + 1))
  return (left + right) / 2 + ((entry?.laneOf.get(trunk) ?? 0) - (count - 1) / 2) * pitch
}
