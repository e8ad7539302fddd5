/**
 * Edges: colour by health, width by rate, TCP blue; calls between clusters as a dashed double line with a globe.
 * What is well lies below, what fails above, what crosses clusters last: those are the ones to be seen first.
 */
import { errorPercent, requestRps } from '../model/rate.ts'
import { isProblem, type ViewEdge } from '../model/view.ts'
import { type Drawing, dimmed, visibility } from './drawing.ts'
import { type EdgeMark, labelFont, labelHeight, marksOf } from './edgeMarks.ts'
import { drawOrder } from './edgeOrder.ts'
import { arrowHead, globeArrow, plainWay, roundedWay, roundRect } from './paint.ts'
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
  const { pen, scene, emphasis, theme, viewport } = drawing
  if (viewport.scale < plainBelow) return
  const onScreen = visibility(drawing)
  for (const mark of marksOf(drawing)) {
    const edge = scene.view.edges[mark.edge]
    if (!edge || !onScreen({ x: mark.x - 60, y: mark.y - 10, width: 120, height: 20 })) continue
    pen.globalAlpha = emphasis.lit && !emphasis.lit.edges.has(mark.edge) ? dimmed : 1
    if (mark.text === '') globeArrow(pen, mark.x, mark.y, 6, crossColour(drawing, edge), theme.tile)
    else drawLabel(drawing, mark, edge)
  }
  pen.globalAlpha = 1
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

/** Zoomed out further than this nothing small can be told apart: edges are plain lines without marks. */
const plainBelow = 0.4
const arrowSize = 8

function drawEdge(drawing: Drawing, edge: ViewEdge, route: Route, index: number): void {
  const { pen, theme, emphasis } = drawing
  const { points } = route
  const [endX, endY] = [points.at(-2) ?? 0, points.at(-1) ?? 0]
  const direction = Math.sign(endX - (points.at(-4) ?? 0)) || 1
  const colour = edge.crossCluster ? crossColour(drawing, edge) : edgeColour(drawing, edge)
  const width = edgeWidth(edge)
  const pointed = [emphasis.hovered, emphasis.selected].some((spot) => spot?.kind === 'edge' && spot.index === index)
  if (drawing.viewport.scale < plainBelow) {
    plainWay(pen, points)
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.stroke()
    return
  }
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

function drawLabel({ pen, theme }: Drawing, { x, y, text, width }: EdgeMark, edge: ViewEdge): void {
  roundRect(pen, { x: x - width / 2, y: y - labelHeight / 2, width, height: labelHeight }, 8)
  pen.fillStyle = theme.tile
  pen.fill()
  pen.strokeStyle = isProblem(edge.health) ? theme.health[edge.health] : theme.lineStrong
  pen.lineWidth = 1
  pen.stroke()
  pen.fillStyle = theme.text
  pen.font = labelFont(theme)
  pen.textBaseline = 'middle'
  pen.textAlign = 'center'
  pen.fillText(text, x, y + 0.5)
  pen.textAlign = 'left'
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
