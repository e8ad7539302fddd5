/**
 * A forward over WebSocket, subprotocol `v4.channel.k8s.io`: verb `get`, and `create` too since Kubernetes 1.35. A frame
 * begins with its channel: 0 carries data, 1 errors; the first frame of each channel only repeats the port (reference:
 * multicluster.md 10.2).
 */
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { ForwardedConnection, podError } from './forwardConnection.ts'

export const channelProtocol = 'v4.channel.k8s.io'

const dataChannel = 0

/** Listens at once: the first frames may arrive together with the answer to the upgrade. The socket ends with it. */
export function forwardOverWebSocket(socket: WebSocket): Duplex {
  const greeted = new Set<number>()
  const connection = new ForwardedConnection({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), done),
    final: (done) => done(),
    destroy: (error, done) => {
      socket.terminate()
      done(error)
    },
  })
  socket.on('message', (message) => {
    const frame = Buffer.isBuffer(message) ? message : Buffer.alloc(0)
    const channel = frame[0]
    if (channel === undefined) return
    if (!greeted.has(channel)) {
      greeted.add(channel)
      return
    }
    const payload = frame.subarray(1)
    if (payload.length === 0) return
    if (channel !== dataChannel) connection.destroy(podError(payload.toString('utf8')))
    else if (!connection.push(payload)) socket.pause()
  })
  socket.on('close', () => connection.push(null))
  socket.on('error', (error) => connection.destroy(error))
  return connection
}
