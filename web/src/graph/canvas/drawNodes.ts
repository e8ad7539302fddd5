/** Frames of open boxes and tiles of closed ones and of leaves: name, what is inside, rate, health as sign and colour. */
import { isService, labelSize, tileText } from '../layout/tiles.ts'
import { errorText, rateText } from '../model/rate.ts'
import { isProblem, type ViewNode } from '../model/view.ts'
import { type Drawing, dimmed, visibility } from './drawing.ts'
import { healthSign, roundRect, write } from './paint.ts'
import { toggleWidth } from './scene.ts'
import type { Rect } from './viewport.ts'

export function drawFrames(drawing: Drawing): void {
  const onScreen = visibility(drawing)
  drawing.scene.view.nodes.forEach((shown, index) => {
    const rect = drawing.scene.rects[index]
    if (shown.open && rect && onScreen(rect)) drawFrame(drawing, shown, rect, index)
  })
}

export function drawTiles(drawing: Drawing): void {
  const onScreen = visibility(drawing)
  drawing.scene.view.nodes.forEach((shown, index) => {
    const rect = drawing.scene.rects[index]
    if (!shown.open && rect && onScreen(rect)) drawTile(drawing, shown, rect, index)
  })
  drawing.pen.globalAlpha = 1
}

const titleBaseline = 14
/** Zoomed out further than this by hand, tiles are shapes in the colour of their health. */
const textBelow = 0.3

function drawFrame(drawing: Drawing, { node }: ViewNode, rect: Rect, index: number): void {
  const { pen, theme, measure } = drawing
  const cluster = node.kind === 'cluster'
  const strong = theme.clusters[drawing.tint(node.cluster)] ?? theme.muted
  roundRect(pen, rect, cluster ? 10 : 7)
  if (cluster) {
    pen.fillStyle = strong
    pen.globalAlpha = 0.09
    pen.fill()
    pen.globalAlpha = 1
  } else {
    pen.fillStyle = theme.frame
    pen.globalAlpha = node.kind === 'namespace' ? 0.62 : 0.8
    pen.fill()
    pen.globalAlpha = 1
  }
  if (cluster && drawing.stale.has(node.cluster)) hatch(drawing, rect)
  roundRect(pen, rect, cluster ? 10 : 7)
  pen.strokeStyle = cluster ? strong : theme.lineStrong
  pen.lineWidth = cluster ? 1.6 : 1
  if (cluster && drawing.stale.has(node.cluster)) pen.setLineDash([7, 5])
  pen.stroke()
  pen.setLineDash([])
  ring(drawing, rect, index, 8)
  pen.textBaseline = 'middle'
  let x = rect.x + 10
  const y = rect.y + titleBaseline
  if (cluster) {
    pen.font = `700 ${labelSize}px ${theme.font}`
    const width = measure(pen, node.name) + 16
    roundRect(pen, { x: rect.x, y: rect.y, width, height: 23 }, [10, 0, 8, 0])
    pen.fillStyle = strong
    pen.fill()
    pen.fillStyle = theme.tile
    pen.fillText(node.name, rect.x + 8, rect.y + 12)
    x = rect.x + width + 8
  } else {
    if (isProblem(node.health)) {
      healthSign(pen, node.health, x + 4, y, 5.5, theme.health[node.health], theme.tile)
      x += 15
    }
    pen.font = `600 ${labelSize}px ${theme.font}`
    pen.fillStyle = theme.text
    x += write(pen, node.name, x, y, rect.x + rect.width - x - toggleWidth, measure) + 8
  }
  pen.font = `400 ${labelSize}px ${theme.font}`
  pen.fillStyle = theme.muted
  const room = rect.x + rect.width - toggleWidth - x
  const note = frameNote(drawing, node)
  if (room > 40 && measure(pen, note) <= room) pen.fillText(note, x, cluster ? rect.y + 12 : y)
  mark(drawing, rect.x + rect.width - 13, rect.y + 13, '−')
}

function frameNote(drawing: Drawing, node: ViewNode['node']): string {
  if (node.kind === 'app') return ''
  const { incoming } = node.traffic
  const stale = node.kind === 'cluster' && drawing.stale.has(node.cluster) ? 'stale' : ''
  const rate = rateText(incoming)
  return [stale, rate === '' ? '' : `${rate} in`, errorText(incoming)].filter((part) => part !== '').join(' · ')
}

function drawTile(drawing: Drawing, shown: ViewNode, rect: Rect, index: number): void {
  const { pen, theme, measure, emphasis } = drawing
  const { node } = shown
  pen.globalAlpha = emphasis.lit && !emphasis.lit.nodes.has(index) ? dimmed + 0.12 : 1
  const pill = isService(shown)
  const radius = pill ? rect.height / 2 : 6
  const edge = isProblem(node.health) ? theme.health[node.health] : theme.lineStrong
  if (node.openable) {
    roundRect(pen, { ...rect, x: rect.x + 3, y: rect.y + 3 }, radius)
    outlined(drawing, edge, 1)
  }
  roundRect(pen, rect, radius)
  outlined(drawing, edge, drawing.viewport.scale < textBelow ? 6 : isProblem(node.health) ? 1.5 : 1)
  if (node.kind === 'cluster') {
    pen.save()
    roundRect(pen, rect, radius)
    pen.clip()
    pen.fillStyle = theme.clusters[drawing.tint(node.cluster)] ?? theme.muted
    pen.fillRect(rect.x, rect.y, 6, rect.height)
    pen.restore()
  }
  if (drawing.stale.has(node.cluster)) hatch(drawing, rect)
  ring(drawing, rect, index, radius)
  if (drawing.viewport.scale < textBelow) return
  const middle = rect.y + rect.height / 2
  healthSign(pen, node.health, rect.x + 15, middle, pill ? 5.5 : 7, theme.health[node.health], theme.tile)
  const x = rect.x + 28
  const width = rect.width - 34 - (node.openable ? toggleWidth - 6 : 0)
  const { title, detail } = tileText(shown)
  pen.textBaseline = 'middle'
  pen.fillStyle = theme.text
  pen.font = `${pill ? 400 : 600} ${labelSize}px ${theme.font}`
  if (pill || detail === '') write(pen, title, x, middle + 0.5, width, measure)
  else {
    write(pen, title, x, middle - 7.5, width, measure)
    pen.font = `400 ${labelSize}px ${theme.font}`
    pen.fillStyle = theme.muted
    write(pen, detail, x, middle + 8.5, width, measure)
  }
  if (node.openable) mark(drawing, rect.x + rect.width - 12, middle - (detail === '' ? 0 : 8), '+')
  if (node.openable && node.problems > 0) count(drawing, rect, node.problems, theme.health[node.health])
}

function outlined({ pen, theme }: Drawing, edge: string, width: number): void {
  pen.fillStyle = theme.tile
  pen.fill()
  pen.strokeStyle = edge
  pen.lineWidth = width
  pen.stroke()
}

/** How many members of a closed box are not well, as a badge on its corner. */
function count({ pen, theme, measure }: Drawing, rect: Rect, problems: number, colour: string): void {
  pen.font = `700 ${labelSize}px ${theme.font}`
  const text = String(problems)
  const width = Math.max(16, measure(pen, text) + 8)
  roundRect(pen, { x: rect.x + rect.width - width + 5, y: rect.y + rect.height - 12, width, height: 16 }, 8)
  pen.fillStyle = colour
  pen.fill()
  pen.fillStyle = theme.tile
  pen.textAlign = 'center'
  pen.fillText(text, rect.x + rect.width - width / 2 + 5, rect.y + rect.height - 3.5)
  pen.textAlign = 'left'
}

function mark({ pen, theme }: Drawing, x: number, y: number, sign: '+' | '−'): void {
  pen.beginPath()
  pen.moveTo(x - 4, y)
  pen.lineTo(x + 4, y)
  if (sign === '+') {
    pen.moveTo(x, y - 4)
    pen.lineTo(x, y + 4)
  }
  pen.strokeStyle = theme.muted
  pen.lineWidth = 1.5
  pen.stroke()
}

function ring({ pen, theme, emphasis, scene }: Drawing, rect: Rect, index: number, radius: number): void {
  // An open frame is under the pointer nearly always: only choosing it rings it.
  const spots = scene.view.nodes[index]?.open ? [emphasis.selected] : [emphasis.hovered, emphasis.selected]
  const pointed = spots.some((spot) => spot?.kind === 'node' && spot.index === index)
  const found = emphasis.found?.nodes.has(index) ?? false
  if (!pointed && !found) return
  roundRect(pen, { x: rect.x - 2.5, y: rect.y - 2.5, width: rect.width + 5, height: rect.height + 5 }, radius + 2)
  pen.strokeStyle = pointed ? theme.accent : theme.found
  pen.lineWidth = 2.5
  pen.stroke()
}

/** Slanted lines over a rect: what is in it was last seen some time ago. */
function hatch({ pen, theme }: Drawing, rect: Rect): void {
  pen.save()
  roundRect(pen, rect, 6)
  pen.clip()
  pen.beginPath()
  for (let at = -rect.height; at < rect.width; at += 9) {
    pen.moveTo(rect.x + at, rect.y + rect.height)
    pen.lineTo(rect.x + at + rect.height, rect.y)
  }
  pen.strokeStyle = theme.hatch
  pen.lineWidth = 3
  pen.stroke()
  pen.restore()
}
