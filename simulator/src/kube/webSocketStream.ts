/** The binary messages of a WebSocket as one stream of bytes. */
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

export function webSocketStream(socket: WebSocket): Duplex {
  const stream = new Duplex({
    read() {},
    write: (piece: Buffer, _encoding, done) => socket.send(piece, () => done()),
    final(done) {
      socket.close()
      done()
    },
    destroy(_error, done) {
      socket.terminate()
      done(null)
    },
  })
  socket.on('message', (message: Buffer) => stream.push(message))
  socket.on('close', () => stream.push(null))
  socket.on('error', () => stream.destroy())
  return stream
}
