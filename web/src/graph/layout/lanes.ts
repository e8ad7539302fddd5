/**
 * Coordinates for ways: how many lanes each gutter and passage needs, which trunk runs in which lane, and the points.
 */
import { type Cell, type CellTree, contentTop, innerGutter, lanePitch, outerGutter, rowGap } from './cells.ts'
import { passageNeed } from './place.ts'
import { type Gutter, inPort, outPort, type Passage, type Routing, type Way } from './ways.ts'

/** Writes the room that the lanes need into the gutters and passages of all boxes. */
export function reserveLanes(tree: CellTree, routing: Routing): void {
  for (const box of [tree.root, ...tree.cells.filter((cell) => cell.open)]) {
    const last = box.columns.length
    box.gutterNeed = Array.from({ length: last + 1 }, (_, i) => (i === 0 || i === last ? outerGutter : innerGutter))
    box.passageNeed = box.columns.map((column) => Array.from({ length: column.length + 1 }, () => rowGap))
  }
  const { counts } = lanesOf(routing, levelsOf(routing))
  routing.gutters.forEach(({ box, index }, i) => {
    const lanes = counts[i] ?? 0
    if (lanes > 0) box.gutterNeed[index] = Math.max(box.gutterNeed[index] ?? 0, lanes * lanePitch + 16)
  })
  for (const { box, column, row, slots } of routing.passages) {
    const needs = box.passageNeed[column]
    if (needs) needs[row] = Math.max(needs[row] ?? rowGap, slots.length * lanePitch + 8)
  }
}

/** Points of each way by edge index, in world units, from the source's border to the target's. */
export function drawWays(routing: Routing): Map<number, number[]> {
  const levels = levelsOf(routing)
  const xs = laneXs(routing, lanesOf(routing, levels))
  const drawn = new Map<number, number[]>()
  for (const way of routing.ways) {
    const points = [way.leaves === 1 ? way.source.x + way.source.width : way.source.x, outPort(way.source)]
    let y = outPort(way.source)
    way.gutters.forEach((slot, i) => {
      const next = nextLevel(way, i, levels)
      const x = xs[slot] ?? 0
      if (Math.abs(next - y) <= flat) return
      points.push(x, y, x, next)
      y = next
    })
    points.push(way.arrives === -1 ? way.target.x : way.target.x + way.target.width, y)
    drawn.set(way.edge, points)
  }
  return drawn
}

/** Less than this is no step. */
const flat = 0.5

/** The height after gutter `i` of a way. */
function nextLevel(way: Way, i: number, levels: Float64Array): number {
  const passage = way.passages[i]
  return passage === undefined ? inPort(way.target) : (levels[passage] ?? 0)
}

/** The height of each passage slot: where its trunk wants to be, apart from the others. */
function levelsOf(routing: Routing): Float64Array {
  const levels = new Float64Array(routing.passageTargets.length)
  const wish = Float64Array.from(routing.passageTargets, inPort)
  for (const passage of routing.passages) {
    const [top, bottom] = passageSpan(passage)
    const pitch = Math.min(lanePitch, (bottom - top) / (passage.slots.length + 1))
    const ordered = passage.slots.toSorted((a, b) => (wish[a] ?? 0) - (wish[b] ?? 0) || a - b)
    const ys = spread(
      ordered.map((slot) => wish[slot] ?? 0),
      top + pitch,
      bottom - pitch,
      pitch,
    )
    ordered.forEach((slot, i) => {
      levels[slot] = ys[i] ?? top
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

interface Lanes {
  /** Lane of each gutter slot; -1: it runs straight through. */
  readonly lane: Int32Array
  /** Lanes of each gutter, by its number. */
  readonly counts: Int32Array
}

/**
 * A lane holds trunks whose vertical parts do not overlap. Trunks that go down are laid from the left in order of the
 * lowest end first, those that go up the other way round: then parallel ones do not cross.
 */
function lanesOf(routing: Routing, levels: Float64Array): Lanes {
  const verticals = verticalsOf(routing, levels)
  const lane = new Int32Array(routing.gutterSlots).fill(-1)
  const counts = Int32Array.from(routing.gutters, (gutter) => packLanes(gutter, verticals, lane))
  return { lane, counts }
}

interface Verticals {
  readonly top: Float64Array
  readonly bottom: Float64Array
  /** Sort key: which lanes lie further left. */
  readonly rank: Float64Array
}

function verticalsOf(routing: Routing, levels: Float64Array): Verticals {
  const top = new Float64Array(routing.gutterSlots).fill(Number.POSITIVE_INFINITY)
  const bottom = new Float64Array(routing.gutterSlots).fill(Number.NEGATIVE_INFINITY)
  const end = new Float64Array(routing.gutterSlots)
  const side = new Float64Array(routing.gutterSlots)
  const drift = new Float64Array(routing.gutterSlots)
  for (const way of routing.ways) {
    let y = outPort(way.source)
    way.gutters.forEach((slot, i) => {
      const next = nextLevel(way, i, levels)
      if (Math.abs(next - y) <= flat) return
      top[slot] = Math.min(top[slot] ?? 0, y, next)
      bottom[slot] = Math.max(bottom[slot] ?? 0, y, next)
      drift[slot] = (drift[slot] ?? 0) + next - y
      end[slot] = next
      side[slot] = way.leaves
      y = next
    })
  }
  const rank = end.map((height, slot) => ((drift[slot] ?? 0) > 0 ? -height : height) * (side[slot] ?? 1))
  return { top, bottom, rank }
}

/** Gives every used slot of the gutter its lane; returns how many lanes there are. */
function packLanes(gutter: Gutter, { top, bottom, rank }: Verticals, lane: Int32Array): number {
  const used = gutter.slots.filter((slot) => (bottom[slot] ?? 0) > (top[slot] ?? 0))
  used.sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0) || a - b)
  const lanes: number[][] = []
  for (const slot of used) {
    let free = lanes.findIndex((taken) => taken.every((other) => apart(top, bottom, slot, other)))
    if (free === -1) free = lanes.push([]) - 1
    lanes[free]?.push(slot)
    lane[slot] = free
  }
  return lanes.length
}

const apart = (top: Float64Array, bottom: Float64Array, a: number, b: number): boolean =>
  (bottom[a] ?? 0) + 8 < (top[b] ?? 0) || (bottom[b] ?? 0) + 8 < (top[a] ?? 0)

function laneXs(routing: Routing, { lane, counts }: Lanes): Float64Array {
  const xs = new Float64Array(routing.gutterSlots)
  routing.gutters.forEach((gutter, i) => {
    const [left, right] = gutterSpan(gutter.box, gutter.index)
    const count = Math.max(1, counts[i] ?? 1)
    const pitch = Math.min(lanePitch * 1.6, (right - left) / (count + 1))
    for (const slot of gutter.slots)
      xs[slot] = (left + right) / 2 + (Math.max(0, lane[slot] ?? 0) - (count - 1) / 2) * pitch
  })
  return xs
}

function gutterSpan(box: Cell, index: number): [number, number] {
  const left = index === 0 ? box.x : (box.columnX[index - 1] ?? 0) + (box.columnWidth[index - 1] ?? 0)
  return [left, box.columnX[index] ?? box.x + box.width]
}
