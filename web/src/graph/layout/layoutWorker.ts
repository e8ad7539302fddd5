/** The layout off the main thread. Coordinates go back as transferables. */
import type { LayoutInput, LayoutResult } from './layoutTypes.ts'
import { firstReadable } from './openingLevel.ts'

/** Inputs from fine to coarse; the first readable one is drawn. One input is simply drawn. */
export interface LayoutRequest {
  readonly ticket: number
  readonly inputs: readonly LayoutInput[]
}

export interface LayoutReply {
  readonly ticket: number
  readonly index: number
  readonly layout: LayoutResult
}

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const found = firstReadable(data.inputs)
  if (!found) return
  const reply: LayoutReply = { ticket: data.ticket, ...found }
  const { rects, points, offsets } = found.layout
  self.postMessage(reply, { transfer: [rects.buffer, points.buffer, offsets.buffer] })
}
