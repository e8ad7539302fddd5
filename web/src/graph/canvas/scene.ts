/** A view with its layout, ready to be drawn: rects, paths and where a pointer hits. Built once per layout. */
import type { LayoutResult } from '../layout/layoutTypes.ts'
import type { GraphView } from '../model/view.ts'
import type { Rect, Size } from './viewport.ts'

export interface Scene {
  readonly view: GraphView
  readonly size: Size
  readonly rects: readonly Rect[]
  readonly routes: readonly Route[]
}

/** The way of one edge as points, with what drawing asks again and again. */
export interface Route {
  /** x, y, x, y ... */
  readonly points: readonly number[]
  readonly bounds: Rect
  readonly length: number
}

export type Hit =
  | { readonly kind: 'node' | 'toggle'; readonly index: number }
  | { readonly kind: 'edge'; readonly index: number }

export function sceneOf(view: GraphView, layout: LayoutResult): Scene {
  const rects = view.nodes.map((_, i) => {
    const [x = 0, y = 0, width = 0, height = 0] = layout.rects.subarray(i * 4, i * 4 + 4)
    return { x, y, width, height }
  })
  const routes = view.edges.map((_, i) =>
    routeOf([...layout.points.subarray((layout.offsets[i] ?? 0) * 2, (layout.offsets[i + 1] ?? 0) * 2)]),
  )
  return { view, size: { width: layout.width, height: layout.height }, rects, routes }
}

/** The point at `share` (0 to 1) of the way, and the direction there in radians. */
export function pointOnRoute(route: Route, share: number): { x: number; y: number; angle: number } {
  let left = route.length * share
  const { points } = route
  for (let i = 2; i < points.length; i += 2) {
    const [x0, y0, x1, y1] = [points[i - 2] ?? 0, points[i - 1] ?? 0, points[i] ?? 0, points[i + 1] ?? 0]
    const length = Math.hypot(x1 - x0, y1 - y0)
    if (left <= length || i === points.length - 2) {
      const at = length > 0 ? Math.min(1, left / length) : 0
      return { x: x0 + (x1 - x0) * at, y: y0 + (y1 - y0) * at, angle: Math.atan2(y1 - y0, x1 - x0) }
    }
    left -= length
  }
  return { x: points[0] ?? 0, y: points[1] ?? 0, angle: 0 }
}

/** Where the pointer is: tiles before edges before the empty parts of frames. */
export interface HitGrid {
  readonly at: (x: number, y: number, reach: number) => Hit | undefined
}

const gridSize = 80
/** Width of the open/close mark at the right end of a title or tile. */
export const toggleWidth = 22

export function hitGrid(scene: Scene): HitGrid {
  const nodes = new Map<string, number[]>()
  const segments = new Map<string, { edge: number; i: number }[]>()
  scene.rects.forEach((rect, index) => {
    each(rect, (key) => push(nodes, key, index))
  })
  scene.routes.forEach((route, edge) => {
    for (let i = 2; i < route.points.length; i += 2)
      each(segmentRect(route, i), (key) => push(segments, key, { edge, i }))
  })
  return {
    at: (x, y, reach) => {
      const key = `${Math.floor(x / gridSize)},${Math.floor(y / gridSize)}`
      const inside = (nodes.get(key) ?? []).filter((index) => contains(scene.rects[index], x, y))
      const node = inside.at(-1)
      const shown = node === undefined ? undefined : scene.view.nodes[node]
      if (node !== undefined && shown) {
        const onToggle = shown.node.openable && onToggleMark(scene.rects[node], x, y, shown.open)
        if (onToggle) return { kind: 'toggle', index: node }
        if (!shown.open) return { kind: 'node', index: node }
      }
      const edge = nearest(scene, segments.get(key) ?? [], x, y, reach)
      if (edge !== undefined) return { kind: 'edge', index: edge }
      return node === undefined ? undefined : { kind: 'node', index: node }
    },
  }
}

function routeOf(points: readonly number[]): Route {
  let [left, top, right, bottom, length] = [points[0] ?? 0, points[1] ?? 0, points[0] ?? 0, points[1] ?? 0, 0]
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
    if (i > 0) length += Math.hypot(x - (points[i - 2] ?? 0), y - (points[i - 1] ?? 0))
  }
  return { points, bounds: { x: left - 8, y: top - 8, width: right - left + 16, height: bottom - top + 16 }, length }
}

function segmentRect(route: Route, i: number): Rect {
  const [x0, y0, x1, y1] = [
    route.points[i - 2] ?? 0,
    route.points[i - 1] ?? 0,
    route.points[i] ?? 0,
    route.points[i + 1] ?? 0,
  ]
  return {
    x: Math.min(x0, x1) - 6,
    y: Math.min(y0, y1) - 6,
    width: Math.abs(x1 - x0) + 12,
    height: Math.abs(y1 - y0) + 12,
  }
}

function each(rect: Rect, visit: (key: string) => void): void {
  for (let cx = Math.floor(rect.x / gridSize); cx <= Math.floor((rect.x + rect.width) / gridSize); cx++)
    for (let cy = Math.floor(rect.y / gridSize); cy <= Math.floor((rect.y + rect.height) / gridSize); cy++)
      visit(`${cx},${cy}`)
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

const contains = (rect: Rect | undefined, x: number, y: number): boolean =>
  rect !== undefined && x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height

function onToggleMark(rect: Rect | undefined, x: number, y: number, open: boolean): boolean {
  if (!rect || x < rect.x + rect.width - toggleWidth) return false
  return !open || y <= rect.y + 24
}

function nearest(
  scene: Scene,
  candidates: readonly { edge: number; i: number }[],
  x: number,
  y: number,
  reach: number,
): number | undefined {
  let best: number | undefined
  let least = reach
  for (const { edge, i } of candidates) {
    const route = scene.routes[edge]
    if (!route) continue
    const way = distance(route.points, i, x, y)
    if (way <= least) [best, least] = [edge, way]
  }
  return best
}

function distance(points: readonly number[], i: number, x: number, y: number): number {
  const [x0, y0, x1, y1] = [points[i - 2] ?? 0, points[i - 1] ?? 0, points[i] ?? 0, points[i + 1] ?? 0]
  const length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2
  const t = length2 > 0 ? Math.max(0, Math.min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length2)) : 0
  return Math.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0))
}
