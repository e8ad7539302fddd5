/** Bodies that trickle in: after a while they must have come at a least rate, or the connection ends. */
import type { IncomingMessage } from 'node:http'
import type { Limits } from './limits.ts'

const lookEveryMs = 1000

/** `onSlow` is called at most once. */
export function watchBody(
  request: IncomingMessage,
  { afterMs, bytesPerSecond }: Limits['slowBody'],
  onSlow: () => void,
): void {
  const { socket } = request
  const atFirst = socket.bytesRead
  const startMs = performance.now()
  const look = (): void => {
    if (request.complete || request.readableEnded || request.destroyed) return
    const elapsedS = (performance.now() - startMs) / 1000
    if (socket.bytesRead - atFirst < bytesPerSecond * elapsedS) onSlow()
    else timer = setTimeout(look, Math.min(lookEveryMs, afterMs)).unref()
  }
  let timer = setTimeout(look, afterMs).unref()
  request.once('close', () => clearTimeout(timer))
}
