/**
 * Edges: colour by health, width by rate, TCP blue; calls between clusters as a dashed double line with a globe.
 * What is well lies below, what fails above, what crosses clusters last: those are the ones to be seen first.
 */
import { labelSize } from '../layout/tiles.ts'
import { errorPercent, errorText, rateText, requestRps } from '../model/rate.ts'
import { isProblem, type ViewEdge } from '../model/view.ts'
import { type Drawing, dimmed, visibility } from './drawing.ts'
import { arrowHead, globeArrow, roundedWay, roundRect } from './paint.ts'
import { pointOnRoute, type Route } from './scene.ts'
import type { Rect } from './viewport.ts'

export function drawEdges(drawing: Drawing): void {
  const { pen, scene, emphasis } = drawing
  const onScreen = visibility(drawing)
  const shown = drawOrder(drawing).filter((index) => onScreen(scene.routes[index]?.bounds ?? nowhere))
  for (const index of shown) {
    const [edge, route] = [scene.view.edges[index], scene.routes[index]]
    if (!edge || !route) continue
    pen.globalAlpha = emphasis.lit && !emphasis.lit.edges.has(index) ? dimmed : 1
    drawEdge(drawing, edge, route, index)
  }
  pen.globalAlpha = 1
  if (drawing.movingS !== undefined) for (const index of shown) drawTraffic(drawing, index, drawing.movingS)
}

/** Globes and texts on edges; above the tiles' frames, never on a tile. */
export function drawEdgeMarks(drawing: Drawing): void {
  const { pen, scene, emphasis, theme } = drawing
  const onScreen = visibility(drawing)
  const taken: Rect[] = scene.rects.filter((rect, i) => !scene.view.nodes[i]?.open && onScreen(rect))
  const order = drawOrder(drawing)
    .reverse()
    .filter((index) => onScreen(scene.routes[index]?.bounds ?? nowhere))
  const eachEdge = (visit: (edge: ViewEdge, route: Route, index: number) => void) => {
    for (const index of order) {
      const [edge, route] = [scene.view.edges[index], scene.routes[index]]
      if (!edge || !route) continue
      pen.globalAlpha = emphasis.lit && !emphasis.lit.edges.has(index) ? dimmed : 1
      visit(edge, route, index)
    }
    pen.globalAlpha = 1
  }
  eachEdge((edge, route) => {
    if (!edge.crossCluster) return
    const spot =
      freeSpot(route, { width: 14, height: 14 }, taken, [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8]) ?? pointOnRoute(route, 0.5)
    taken.push({ x: spot.x - 7, y: spot.y - 7, width: 14, height: 14 })
    globeArrow(pen, spot.x, spot.y, 6, crossColour(drawing, edge), theme.tile)
  })
  eachEdge((edge, route, index) => {
    const text = labelOf(drawing, edge, index)
    if (text !== '') drawLabel(drawing, text, edge, route, taken)
  })
}

/** World units; grows with the order of magnitude of the rate. */
export function edgeWidth(edge: ViewEdge): number {
  const rps = requestRps(edge.rate)
  const size = rps > 0 ? Math.log10(1 + rps) : Math.log10(1 + edge.rate.tcpBytesPerS / 2000)
  return Math.min(4.5, 1.2 + size * 1.1)
}

export function edgeColour({ theme }: Drawing, edge: ViewEdge): string {
  if (isProblem(edge.health)) return theme.health[edge.health]
  if (requestRps(edge.rate) === 0) return edge.rate.tcpBytesPerS > 0 ? theme.tcp : theme.idle
  return theme.healthyEdge
}

/** A failing call between clusters looks failing; a healthy one has the colour of crossing. */
const crossColour = (drawing: Drawing, edge: ViewEdge): string =>
  isProblem(edge.health) ? drawing.theme.health[edge.health] : drawing.theme.crossCluster

const nowhere: Rect = { x: Number.NaN, y: 0, width: 0, height: 0 }

function drawOrder({ scene, emphasis }: Drawing): number[] {
  const rank = (index: number): number => {
    const edge = scene.view.edges[index]
    if (!edge) return 0
    const pointed = [emphasis.hovered, emphasis.selected].some((spot) => spot?.kind === 'edge' && spot.index === index)
    const lit = emphasis.lit?.edges.has(index) ? 8 : 0
    return (
      (pointed ? 16 : 0) +
      lit +
      (edge.crossCluster ? 4 : 0) +
      (isProblem(edge.health) ? (edge.health === 'Failure' ? 2 : 1) : 0)
    )
  }
  const ranks = scene.view.edges.map((_, index) => rank(index))
  return ranks.map((_, index) => index).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b)
}

const arrowSize = 8

function drawEdge(drawing: Drawing, edge: ViewEdge, route: Route, index: number): void {
  const { pen, theme, emphasis } = drawing
  const { points } = route
  const [endX, endY] = [points.at(-2) ?? 0, points.at(-1) ?? 0]
  const direction = Math.sign(endX - (points.at(-4) ?? 0)) || 1
  const colour = edge.crossCluster ? crossColour(drawing, edge) : edgeColour(drawing, edge)
  const width = edgeWidth(edge)
  const pointed = [emphasis.hovered, emphasis.selected].some((spot) => spot?.kind === 'edge' && spot.index === index)
  pen.lineJoin = 'round'
  roundedWay(pen, points, 7, arrowSize)
  if (pointed || emphasis.found?.edges.has(index)) {
    pen.strokeStyle = pointed ? theme.accent : theme.found
    pen.lineWidth = width + 6
    const alpha = pen.globalAlpha
    pen.globalAlpha = 0.35
    pen.stroke()
    pen.globalAlpha = alpha
  }
  if (edge.crossCluster) {
    pen.strokeStyle = theme.canvas
    pen.lineWidth = width + 4.4
    pen.stroke()
    pen.strokeStyle = colour
    pen.lineWidth = width + 1.8
    pen.setLineDash([13, 3.5])
    pen.stroke()
    pen.setLineDash([])
    pen.strokeStyle = theme.canvas
    pen.lineWidth = Math.max(1.1, width * 0.45)
    pen.stroke()
  } else {
    pen.strokeStyle = colour
    pen.lineWidth = width
    if (edge.rate.tcpBytesPerS > 0 && requestRps(edge.rate) === 0 && !isProblem(edge.health)) pen.setLineDash([2, 3])
    pen.stroke()
    pen.setLineDash([])
  }
  arrowHead(pen, endX, endY, direction, arrowSize + (edge.crossCluster ? 2 : 0), colour)
}

function labelOf({ labels, emphasis }: Drawing, edge: ViewEdge, index: number): string {
  const pointed = [emphasis.hovered, emphasis.selected].some((spot) => spot?.kind === 'edge' && spot.index === index)
  const both = [rateText(edge.rate), errorText(edge.rate)].filter((part) => part !== '').join(' · ')
  if (pointed) return [edge.protocols.join('/'), both].filter((part) => part !== '').join(' ')
  if (emphasis.lit?.edges.has(index) && labels !== 'none') return both
  if (labels === 'rates') return both
  if (labels === 'errors') return errorText(edge.rate)
  return labels === 'problems' && isProblem(edge.health) && errorPercent(edge.rate) >= 1 ? errorText(edge.rate) : ''
}

function drawLabel(drawing: Drawing, text: string, edge: ViewEdge, route: Route, taken: Rect[]): void {
  const { pen, measure, theme, scene } = drawing
  pen.font = `600 ${labelSize}px ${theme.font}`
  const size = { width: measure(pen, text) + 10, height: 17 }
  const spot = freeSpot(route, size, taken, [0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88])
  if (!spot) return
  const rect = { x: spot.x - size.width / 2, y: spot.y - size.height / 2, ...size }
  if (rect.x < 0 || rect.x + rect.width > scene.size.width) return
  taken.push(rect)
  roundRect(pen, rect, 8)
  pen.fillStyle = theme.tile
  pen.fill()
  pen.strokeStyle = isProblem(edge.health) ? theme.health[edge.health] : theme.lineStrong
  pen.lineWidth = 1
  pen.stroke()
  pen.fillStyle = theme.text
  pen.textBaseline = 'middle'
  pen.textAlign = 'center'
  pen.fillText(text, spot.x, spot.y + 0.5)
  pen.textAlign = 'left'
}

/** The first share of the way at which a mark of this size touches nothing that is already there. */
function freeSpot(
  route: Route,
  size: { width: number; height: number },
  taken: readonly Rect[],
  shares: readonly number[],
): { x: number; y: number } | undefined {
  for (const share of shares) {
    const { x, y } = pointOnRoute(route, share)
    const [left, top] = [x - size.width / 2 - 2, y - size.height / 2 - 2]
    const free = taken.every(
      (rect) =>
        left > rect.x + rect.width ||
        left + size.width + 4 < rect.x ||
        top > rect.y + rect.height ||
        top + size.height + 4 < rect.y,
    )
    if (free) return { x, y }
  }
  return undefined
}

/** Dots that run along the edge: how many and how fast follows the rate; the share of errors runs as squares. */
function drawTraffic(drawing: Drawing, index: number, seconds: number): void {
  const { pen, scene, theme, emphasis } = drawing
  const [edge, route] = [scene.view.edges[index], scene.routes[index]]
  if (!edge || !route || (emphasis.lit && !emphasis.lit.edges.has(index))) return
  const width = edgeWidth(edge)
  const speed = 30 + width * 14
  const dots = Math.min(14, Math.max(1, Math.round((route.length / 160) * (width / 2))))
  const failing = Math.round((errorPercent(edge.rate) / 100) * dots)
  for (let dot = 0; dot < dots; dot++) {
    const share = ((seconds * speed) / Math.max(1, route.length) + dot / dots) % 1
    const { x, y } = pointOnRoute(route, share)
    const failed = dot < failing
    pen.fillStyle = failed ? theme.health.Failure : edge.crossCluster ? theme.crossCluster : edgeColour(drawing, edge)
    const size = 1.6 + width * 0.55
    pen.beginPath()
    if (failed) pen.rect(x - size, y - size, size * 2, size * 2)
    else pen.arc(x, y, size, 0, 2 * Math.PI)
    pen.fill()
  }
}
