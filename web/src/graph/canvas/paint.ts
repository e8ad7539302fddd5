/** Small drawings on a canvas: health signs, badges, text that fits, rounded ways. No knowledge of graphs. */
import type { HealthStatus } from '@binocle/api/health'
import type { Rect } from './viewport.ts'

export type Pen = CanvasRenderingContext2D

/** A sign of its own shape for each health, so that colour is never the only sign. Centre and radius in world units. */
export function healthSign(
  pen: Pen,
  health: HealthStatus,
  x: number,
  y: number,
  radius: number,
  colour: string,
  ground: string,
): void {
  pen.beginPath()
  if (health === 'Degraded') {
    pen.moveTo(x, y - radius)
    pen.lineTo(x + radius * 1.1, y + radius * 0.85)
    pen.lineTo(x - radius * 1.1, y + radius * 0.85)
    pen.closePath()
  } else if (health === 'Failure') {
    for (let corner = 0; corner < 8; corner++) {
      const angle = Math.PI / 8 + (corner * Math.PI) / 4
      pen.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle))
    }
    pen.closePath()
  } else pen.arc(x, y, radius * 0.92, 0, 2 * Math.PI)
  pen.fillStyle = health === 'NA' ? ground : colour
  pen.strokeStyle = colour
  pen.lineWidth = 1.4
  pen.fill()
  pen.stroke()
  pen.beginPath()
  pen.strokeStyle = health === 'NA' ? colour : ground
  pen.lineWidth = radius * 0.3
  pen.lineCap = 'round'
  const r = radius * 0.42
  if (health === 'Failure')
    lines(pen, [
      [x - r, y - r, x + r, y + r],
      [x + r, y - r, x - r, y + r],
    ])
  else if (health === 'Degraded')
    lines(pen, [
      [x, y - r * 0.7, x, y + r * 0.4],
      [x, y + r * 1.3, x, y + r * 1.35],
    ])
  else if (health === 'Healthy')
    lines(pen, [
      [x - r, y, x - r * 0.2, y + r * 0.8],
      [x - r * 0.2, y + r * 0.8, x + r * 1.1, y - r * 0.8],
    ])
  else lines(pen, [[x - r, y, x + r, y]])
  pen.stroke()
  pen.lineCap = 'butt'
}

export function roundRect(pen: Pen, rect: Rect, radius: number | number[]): void {
  pen.beginPath()
  pen.roundRect(rect.x, rect.y, rect.width, rect.height, radius)
}

/** Through the points with round corners; stops `short` units before the end (room for the arrow). */
export function roundedWay(pen: Pen, points: readonly number[], radius: number, short: number): void {
  pen.beginPath()
  pen.moveTo(points[0] ?? 0, points[1] ?? 0)
  for (let i = 2; i + 3 < points.length; i += 2) {
    const [x, y, nx, ny] = [points[i] ?? 0, points[i + 1] ?? 0, points[i + 2] ?? 0, points[i + 3] ?? 0]
    const before = Math.hypot(x - (points[i - 2] ?? 0), y - (points[i - 1] ?? 0))
    const after = Math.hypot(nx - x, ny - y)
    pen.arcTo(x, y, nx, ny, Math.min(radius, before / 2, after / 2))
  }
  const last = points.length - 2
  const [x, y] = [points[last] ?? 0, points[last + 1] ?? 0]
  pen.lineTo(x - short * Math.sign(x - (points[last - 2] ?? 0)), y)
}

/** Through the points with sharp corners: cheap, for lines too thin to see the difference. */
export function plainWay(pen: Pen, points: readonly number[]): void {
  pen.beginPath()
  pen.moveTo(points[0] ?? 0, points[1] ?? 0)
  for (let i = 2; i < points.length; i += 2) pen.lineTo(points[i] ?? 0, points[i + 1] ?? 0)
}

/** An arrowhead whose tip is at (x, y), looking right (1) or left (-1). */
export function arrowHead(pen: Pen, x: number, y: number, direction: number, size: number, colour: string): void {
  pen.beginPath()
  pen.moveTo(x, y)
  pen.lineTo(x - direction * size * 1.25, y - size * 0.62)
  pen.lineTo(x - direction * size * 1.25, y + size * 0.62)
  pen.closePath()
  pen.fillStyle = colour
  pen.fill()
}

/** A globe with an arrow leaving it: traffic between clusters. */
export function globeArrow(pen: Pen, x: number, y: number, radius: number, colour: string, ground: string): void {
  pen.beginPath()
  pen.arc(x, y, radius + 2, 0, 2 * Math.PI)
  pen.fillStyle = ground
  pen.fill()
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
  pen.fillStyle = colour
  pen.fill()
  pen.strokeStyle = ground
  pen.lineWidth = radius * 0.16
  pen.beginPath()
  pen.ellipse(x, y, radius * 0.38, radius * 0.85, 0, 0, 2 * Math.PI)
  lines(pen, [[x - radius * 0.85, y, x + radius * 0.85, y]])
  pen.stroke()
}

/** Writes `text` from (x, y), shortened with an ellipsis to `width`. Returns the width used. */
export function write(pen: Pen, text: string, x: number, y: number, width: number, measure: Measure): number {
  const fitted = shorten(text, width, (part) => measure(pen, part))
  pen.fillText(fitted, x, y)
  return measure(pen, fitted)
}

/** The longest beginning of `text` that fits, with `…` when something is missing. */
export function shorten(text: string, width: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= width) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (widthOf(`${text.slice(0, middle)}…`) <= width) low = middle
    else high = middle - 1
  }
  return low > 0 ? `${text.slice(0, low)}…` : ''
}

export type Measure = (pen: Pen, text: string) => number

/** Remembers widths by font and text: measuring is the slowest thing a canvas does. */
export function cachedMeasure(): Measure {
  const widths = new Map<string, number>()
  return (pen, text) => {
    const key = `${pen.font}|${text}`
    let width = widths.get(key)
    if (width === undefined) {
      width = pen.measureText(text).width
      if (widths.size > 20_000) widths.clear()
      widths.set(key, width)
    }
    return width
  }
}

function lines(pen: Pen, segments: readonly (readonly [number, number, number, number])[]): void {
  for (const [x0, y0, x1, y1] of segments) {
    pen.moveTo(x0, y0)
    pen.lineTo(x1, y1)
  }
}
