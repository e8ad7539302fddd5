/**
 * As much of SPDY/3.1 as Kubernetes' clients speak: streams with headers inside one connection, opened by the client.
 * No flow control and no priorities, as in the library they use.
 */
import { Duplex } from 'node:stream'
import { constants, createDeflate, createInflate } from 'node:zlib'
import { inPieces } from './forwarded.ts'
import { spdyDictionary } from './spdyDictionary.ts'

export type SpdyHeaders = Readonly<Record<string, string>>

const control = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 } as const
const finFlag = 1
const version3 = 0x8003

/** Serves one connection; calls back with every stream that the client opens, already accepted. */
export function serveSpdy(transport: Duplex, onStream: (stream: Duplex, headers: SpdyHeaders) => void): void {
  const streams = new Map<number, Duplex>()
  const zlib = { dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH }
  const inflated = transformer(createInflate(zlib))
  const deflated = transformer(createDeflate(zlib))

  async function serve(): Promise<void> {
    for await (const frame of frames(transport)) await handle(frame)
  }

  async function handle({ type, streamId, fin, payload }: Frame): Promise<void> {
    switch (type) {
      case 'data': {
        const stream = streams.get(streamId)
        if (payload.length > 0) stream?.push(payload)
        if (fin) stream?.push(null)
        break
      }
      case control.synStream:
        return open(payload, fin)
      case control.rstStream:
        streams.get(payload.readUInt32BE(0))?.destroy()
        break
      case control.ping:
        transport.write(controlFrame(control.ping, payload))
        break
      case control.goAway:
        transport.end()
        break
      default:
        break
    }
  }

  async function open(payload: Buffer, fin: boolean): Promise<void> {
    const id = payload.readUInt32BE(0)
    const headers = parseHeaders(await inflated(payload.subarray(10)))
    const stream = streamOf(transport, id)
    streams.set(id, stream)
    stream.once('close', () => streams.delete(id))
    const noHeaders = await deflated(uint32(0))
    transport.write(controlFrame(control.synReply, Buffer.concat([uint32(id), noHeaders])))
    onStream(stream, headers)
    if (fin) stream.push(null)
  }

  const stop = () => {
    for (const stream of streams.values()) stream.destroy()
    transport.destroy()
  }
  serve().then(stop, stop)
}

interface Frame {
  /** `data`, or the number of a control frame. */
  readonly type: 'data' | number
  /** Of a data frame. */
  readonly streamId: number
  readonly fin: boolean
  readonly payload: Buffer
}

const headBytes = 8

async function* frames(transport: Duplex): AsyncIterable<Frame> {
  let waiting = Buffer.alloc(0)
  for await (const piece of transport) {
    if (!Buffer.isBuffer(piece)) continue
    waiting = Buffer.concat([waiting, piece])
    while (waiting.length >= headBytes) {
      const end = headBytes + waiting.readUIntBE(5, 3)
      if (waiting.length < end) break
      yield frameOf(waiting.subarray(0, end))
      waiting = waiting.subarray(end)
    }
  }
}

function frameOf(bytes: Buffer): Frame {
  const isControl = bytes.readUInt8(0) >= 0x80
  return {
    type: isControl ? bytes.readUInt16BE(2) : 'data',
    streamId: isControl ? 0 : bytes.readUInt32BE(0),
    fin: (bytes.readUInt8(4) & finFlag) !== 0,
    payload: Buffer.from(bytes.subarray(headBytes)),
  }
}

function controlFrame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt16BE(version3, 0)
  head.writeUInt16BE(type, 2)
  head.writeUIntBE(payload.length, 5, 3)
  return Buffer.concat([head, payload])
}

function dataFrame(streamId: number, payload: Buffer, fin: boolean): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(streamId, 0)
  head.writeUInt8(fin ? finFlag : 0, 4)
  head.writeUIntBE(payload.length, 5, 3)
  return Buffer.concat([head, payload])
}

function streamOf(transport: Duplex, id: number): Duplex {
  return new Duplex({
    read() {},
    write(piece: Buffer, _encoding, done) {
      const parts = [...inPieces(piece)]
      const last = parts.pop() ?? piece
      for (const part of parts) transport.write(dataFrame(id, part, false))
      transport.write(dataFrame(id, last, false), () => done())
    },
    final(done) {
      transport.write(dataFrame(id, Buffer.alloc(0), true), () => done())
    },
  })
}

/** Feeds a compressor whose state lasts as long as the connection. */
function transformer(zlib: Duplex): (bytes: Buffer) => Promise<Buffer> {
  const pieces: Buffer[] = []
  zlib.on('data', (piece: Buffer) => pieces.push(piece))
  return (bytes) =>
    new Promise((resolve, reject) => {
      zlib.once('error', reject)
      zlib.write(bytes, () => {
        zlib.off('error', reject)
        resolve(Buffer.concat(pieces.splice(0)))
      })
    })
}

function parseHeaders(block: Buffer): SpdyHeaders {
  let offset = 0
  const number = (): number => {
    offset += 4
    return block.readUInt32BE(offset - 4)
  }
  const text = (): string => {
    const length = number()
    offset += length
    return block.toString('utf8', offset - length, offset)
  }
  return Object.fromEntries(Array.from({ length: number() }, () => [text().toLowerCase(), text()]))
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
