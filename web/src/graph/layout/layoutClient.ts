/** Asks the layout worker; only the newest question is answered, since the picture of an older one is already wrong. */
import type { LayoutInput, LayoutResult } from './layoutTypes.ts'
import type { LayoutReply, LayoutRequest } from './layoutWorker.ts'

/** The part of a Worker that is used. */
export interface LayoutPort {
  postMessage(request: LayoutRequest): void
  addEventListener(type: 'message', listener: (event: MessageEvent<LayoutReply>) => void): void
  terminate(): void
}

export interface LayoutClient {
  /** `done` is called with the first readable of `inputs` (fine to coarse), unless another request follows first. */
  request(inputs: readonly LayoutInput[], done: (index: number, layout: LayoutResult) => void): void
  close(): void
}

export function layoutClient(port: LayoutPort): LayoutClient {
  let ticket = 0
  let waiting: ((index: number, layout: LayoutResult) => void) | undefined
  port.addEventListener('message', ({ data }) => {
    if (data.ticket !== ticket || !waiting) return
    const done = waiting
    waiting = undefined
    done(data.index, data.layout)
  })
  return {
    request(inputs, done) {
      ticket++
      waiting = done
      port.postMessage({ ticket, inputs })
    },
    close() {
      waiting = undefined
      port.terminate()
    },
  }
}
