/**
 * Where globes and texts stand on edges: on their way, off the tiles, off each other. It depends on the scene and on
 * what is emphasised, not on the view port, so panning asks only once.
 */
import { labelSize } from '../layout/tiles.ts'
import { errorPercent, errorText, rateText } from '../model/rate.ts'
import { isProblem, type ViewEdge } from '../model/view.ts'
import type { Drawing } from './drawing.ts'
import { drawOrder } from './edgeOrder.ts'
import { pointOnRoute, type Route, type Scene } from './scene.ts'
import type { Theme } from './theme.ts'
import type { Rect } from './viewport.ts'

/** A text, or with the empty text a globe; x and y are its middle. */
export interface EdgeMark {
  readonly edge: number
  readonly text: string
  readonly x: number
  readonly y: number
  readonly width: number
}

export const labelHeight = 17
export const labelFont = (theme: Theme): string => `600 ${labelSize}px ${theme.font}`

export function marksOf(drawing: Drawing): readonly EdgeMark[] {
  const known = placed.get(drawing.scene)
  if (known && known.labels === drawing.labels && known.emphasis === drawing.emphasis) return known.marks
  const marks = placeMarks(drawing)
  placed.set(drawing.scene, { labels: drawing.labels, emphasis: drawing.emphasis, marks })
  return marks
}

const placed = new WeakMap<Scene, Pick<Drawing, 'labels' | 'emphasis'> & { marks: readonly EdgeMark[] }>()

const globeSize = 14
const globeShares = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8]
const labelShares = [0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88]

function placeMarks(drawing: Drawing): EdgeMark[] {
  const { scene, pen, measure, theme } = drawing
  const taken = takenGrid()
  scene.rects.forEach((rect, i) => {
    if (!scene.view.nodes[i]?.open) taken.add(rect)
  })
  const order = drawOrder(drawing).reverse()
  const marks: EdgeMark[] = []
  for (const edge of order) {
    const route = scene.routes[edge]
    if (!route || !scene.view.edges[edge]?.crossCluster) continue
    const size = { width: globeSize, height: globeSize }
    const { x, y } = freeSpot(route, size, taken, globeShares) ?? pointOnRoute(route, 0.5)
    taken.add(centred(x, y, size))
    marks.push({ edge, text: '', x, y, width: globeSize })
  }
  pen.font = labelFont(theme)
  for (const edge of order) {
    const [shown, route] = [scene.view.edges[edge], scene.routes[edge]]
    const text = shown ? labelOf(drawing, shown, edge) : ''
    if (text === '' || !route) continue
    const size = { width: measure(pen, text) + 10, height: labelHeight }
    const spot = freeSpot(route, size, taken, labelShares)
    if (!spot || spot.x < size.width / 2 || spot.x > scene.size.width - size.width / 2) continue
    taken.add(centred(spot.x, spot.y, size))
    marks.push({ edge, text, ...spot, width: size.width })
  }
  return marks
}

/** What an edge says: all of it when pointed at or lit, else what the viewer asked for. */
function labelOf({ labels, emphasis }: Drawing, edge: ViewEdge, index: number): string {
  const pointed = [emphasis.hovered, emphasis.selected].some((spot) => spot?.kind === 'edge' && spot.index === index)
  const both = [rateText(edge.rate), errorText(edge.rate)].filter((part) => part !== '').join(' · ')
  if (pointed) return [edge.protocols.join('/'), both].filter((part) => part !== '').join(' ')
  if (emphasis.lit?.edges.has(index) && labels !== 'none') return both
  if (labels === 'rates') return both
  if (labels === 'errors') return errorText(edge.rate)
  return labels === 'problems' && isProblem(edge.health) && errorPercent(edge.rate) >= 1 ? errorText(edge.rate) : ''
}

const centred = (x: number, y: number, { width, height }: { width: number; height: number }): Rect => ({
  x: x - width / 2,
  y: y - height / 2,
  width,
  height,
})

/** The first share of the way at which a mark of this size touches nothing that is already there. */
function freeSpot(
  route: Route,
  size: { width: number; height: number },
  taken: TakenGrid,
  shares: readonly number[],
): { x: number; y: number } | undefined {
  for (const share of shares) {
    const { x, y } = pointOnRoute(route, share)
    if (taken.isFree(centred(x, y, { width: size.width + 4, height: size.height + 4 }))) return { x, y }
  }
  return undefined
}

interface TakenGrid {
  add(rect: Rect): void
  isFree(rect: Rect): boolean
}

const gridSize = 96

function takenGrid(): TakenGrid {
  const cells = new Map<number, Rect[]>()
  const each = (rect: Rect, visit: (key: number) => boolean): boolean => {
    for (let cx = Math.floor(rect.x / gridSize); cx <= Math.floor((rect.x + rect.width) / gridSize); cx++)
      for (let cy = Math.floor(rect.y / gridSize); cy <= Math.floor((rect.y + rect.height) / gridSize); cy++)
        if (!visit(cx * 100_003 + cy)) return false
    return true
  }
  return {
    add: (rect) =>
      void each(rect, (key) => {
        const list = cells.get(key)
        if (list) list.push(rect)
        else cells.set(key, [rect])
        return true
      }),
    isFree: (rect) => each(rect, (key) => (cells.get(key) ?? []).every((other) => !touches(rect, other))),
  }
}

const touches = (a: Rect, b: Rect): boolean =>
  a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
