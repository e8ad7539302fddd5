/** Can this picture be read? Computed from its geometry alone, so that a test and the page ask the same question. */
import type { LayoutResult } from './layoutTypes.ts'
import { labelSize, smallestLabelPx } from './tiles.ts'

export interface Readability {
  /** Screen pixels of the smallest text when all of it fits the canvas. */
  readonly labelPx: number
  /** Share of the canvas that tiles and frames span, 0 to 1. */
  readonly usedWidth: number
  readonly usedHeight: number
  /** Share of the canvas' area that lies under edges, each as wide as its lane. */
  readonly ink: number
  readonly readable: boolean
}

const leastUse = 0.6
/** Found by looking: above it trunks lie side by side everywhere and no edge can be followed by eye. */
const mostInk = 0.42
const laneWidth = 6

export function readability(layout: LayoutResult, canvas: { width: number; height: number }): Readability {
  const labelPx = labelSize * layout.scale
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0]
  for (let i = 0; i < layout.rects.length; i += 4) {
    const [x = 0, y = 0, w = 0, h = 0] = layout.rects.subarray(i, i + 4)
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + w)
    bottom = Math.max(bottom, y + h)
  }
  const usedWidth = Math.max(0, (right - left) * layout.scale) / canvas.width
  const usedHeight = Math.max(0, (bottom - top) * layout.scale) / canvas.height
  const ink = (totalLength(layout) * laneWidth) / Math.max(1, layout.width * layout.height)
  return {
    labelPx,
    usedWidth,
    usedHeight,
    ink,
    readable: labelPx >= smallestLabelPx && usedWidth >= leastUse && usedHeight >= leastUse && ink <= mostInk,
  }
}

function totalLength({ points, offsets }: LayoutResult): number {
  let length = 0
  for (let edge = 0; edge + 1 < offsets.length; edge++) {
    for (let p = (offsets[edge] ?? 0) + 1; p < (offsets[edge + 1] ?? 0); p++) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.subarray(p * 2 - 2, p * 2 + 2)
      length += Math.abs(x1 - x0) + Math.abs(y1 - y0)
    }
  }
  return length
}
