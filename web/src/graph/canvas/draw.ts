/** One frame of the graph, from the ground up: frames, edges, tiles, marks on edges. */
import { drawEdgeMarks, drawEdges } from './drawEdges.ts'
import type { Drawing } from './drawing.ts'
import { drawFrames, drawTiles } from './drawNodes.ts'

/** Draws on the whole canvas; `pixelRatio` device pixels per CSS pixel. */
export function draw(drawing: Drawing, pixelRatio: number): void {
  const { pen, viewport, screen, theme } = drawing
  pen.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0)
  pen.fillStyle = theme.canvas
  pen.fillRect(0, 0, screen.width, screen.height)
  const scale = viewport.scale * pixelRatio
  pen.setTransform(scale, 0, 0, scale, viewport.x * pixelRatio, viewport.y * pixelRatio)
  drawFrames(drawing)
  drawEdges(drawing)
  drawTiles(drawing)
  drawEdgeMarks(drawing)
}
