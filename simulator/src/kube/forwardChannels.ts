/**
 * The channel protocol of port-forward. A frame starts with a channel number: 2i carries the data of the i-th port,
 * 2i+1 its errors, and the first frame of each channel repeats the port.
 */
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Api } from './api.ts'
import { connectBackend, type ForwardedPod, inPieces, refusedConnection } from './forwarded.ts'

export const channelProtocol = 'v4.channel.k8s.io'

export function serveChannels(api: Api, socket: WebSocket, pod: ForwardedPod, ports: readonly number[]): void {
  const connections = ports.map((port, index) => {
    const [dataChannel, errorChannel] = [2 * index, 2 * index + 1]
    const announced = Buffer.from([port & 0xff, port >> 8])
    for (const channel of [dataChannel, errorChannel]) socket.send(framed(channel, announced))
    const connection = channelStream(api, socket, dataChannel)
    if (!connectBackend(api, pod, port, connection)) {
      socket.send(framed(errorChannel, Buffer.from(refusedConnection(pod, port))))
      socket.close()
    }
    return connection
  })
  socket.on('message', (message: Buffer) => {
    const channel = message[0] ?? 0
    if (channel % 2 === 0) connections[channel / 2]?.push(message.subarray(1))
  })
  socket.on('close', () => {
    for (const connection of connections) connection.destroy()
  })
  socket.on('error', () => socket.terminate())
}

const framed = (channel: number, payload: Buffer): Buffer => Buffer.concat([Buffer.from([channel]), payload])

/** The data of one port as a connection. The end of any of them ends all: the protocol has no half-close. */
function channelStream(api: Api, socket: WebSocket, channel: number): Duplex {
  return new Duplex({
    read() {},
    write(piece: Buffer, _encoding, done) {
      void Promise.resolve(api.faults.moving()).then(async () => {
        for (const part of inPieces(piece)) {
          await new Promise((sent) => socket.send(framed(channel, part), sent))
        }
        done()
      })
    },
    final(done) {
      socket.close()
      done()
    },
  })
}
