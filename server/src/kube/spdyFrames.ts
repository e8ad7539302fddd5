/**
 * The frames of SPDY/3.1, as much of it as a client of Kubernetes' port-forward needs: a head of eight bytes, then the
 * payload. What an answer's compressed headers say is never needed, so nothing here inflates.
 */
import { constants, createDeflate } from 'node:zlib'
import { spdyDictionary } from './spdyDictionary.ts'

export const control = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const

export interface Frame {
  /** `data`, or the number of a control frame. */
  readonly type: 'data' | number
  /** Of a data frame, and of control frames that are about one stream; else 0. */
  readonly streamId: number
  /** The sender has nothing more to say on this stream. */
  readonly fin: boolean
  readonly payload: Buffer
}

const headBytes = 8
const finFlag = 1
const version = 3

/** Feeds on chunks as they come; throws on a frame longer than `maxBytes`, and on another version of SPDY. */
export function createFrameReader(maxBytes: number): (chunk: Buffer) => Frame[] {
  let pieces: Buffer[] = []
  let bytes = 0
  let wanted = headBytes
  return (chunk) => {
    pieces.push(chunk)
    bytes += chunk.length
    if (bytes < wanted) return []
    let waiting = Buffer.concat(pieces, bytes)
    const frames: Frame[] = []
    wanted = lengthOf(waiting, maxBytes)
    while (waiting.length >= wanted) {
      frames.push(frameOf(waiting.subarray(0, wanted)))
      waiting = waiting.subarray(wanted)
      wanted = lengthOf(waiting, maxBytes)
    }
    pieces = [waiting]
    bytes = waiting.length
    return frames
  }
}

/** How many bytes the first frame has, as far as its head is there. */
function lengthOf(bytes: Buffer, maxBytes: number): number {
  if (bytes.length < headBytes) return headBytes
  const length = bytes.readUIntBE(5, 3)
  if (length > maxBytes) throw new Error(`a SPDY frame of ${length} bytes is longer than ${maxBytes}`)
  return headBytes + length
}

function frameOf(bytes: Buffer): Frame {
  const payload = bytes.subarray(headBytes)
  const fin = (bytes.readUInt8(4) & finFlag) !== 0
  const first = bytes.readUInt16BE(0)
  if (first < 0x8000) return { type: 'data', streamId: bytes.readUInt32BE(0), fin, payload }
  if (first !== (0x8000 | version)) throw new Error(`the API server speaks SPDY/${first & 0x7fff}, not SPDY/${version}`)
  const streamId = payload.length >= 4 ? payload.readUInt32BE(0) & 0x7fffffff : 0
  return { type: bytes.readUInt16BE(2), streamId, fin, payload }
}

export function controlFrame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt16BE(0x8000 | version, 0)
  head.writeUInt16BE(type, 2)
  head.writeUIntBE(payload.length, 5, 3)
  return Buffer.concat([head, payload])
}

/** The payload is shorter than 16 MiB. */
export function dataFrame(streamId: number, payload: Buffer, fin: boolean): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(streamId, 0)
  head.writeUInt8(fin ? finFlag : 0, 4)
  head.writeUIntBE(payload.length, 5, 3)
  return Buffer.concat([head, payload])
}

export interface StreamOpener {
  /** The SYN_STREAM frame of the next stream. Names are lower-case. One after the other: each builds on the last. */
  frame(streamId: number, headers: Readonly<Record<string, string>>): Promise<Buffer>
  close(): void
}

/** Headers of one connection share one compressor. */
export function createStreamOpener(): StreamOpener {
  const deflate = createDeflate({ dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH })
  const pieces: Buffer[] = []
  deflate.on('data', (piece: Buffer) => pieces.push(piece))
  const compressed = (block: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      deflate.write(block, (error) => (error ? reject(error) : resolve(Buffer.concat(pieces.splice(0)))))
    })
  return {
    frame: async (streamId, headers) => {
      const block = await compressed(headerBlock(headers))
      // No associated stream; highest priority; no credential slot.
      return controlFrame(control.synStream, Buffer.concat([uint32(streamId), uint32(0), Buffer.alloc(2), block]))
    },
    close: () => deflate.close(),
  }
}

function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(headers)
  const sized = (text: string): Buffer[] => [uint32(Buffer.byteLength(text)), Buffer.from(text)]
  return Buffer.concat([
    uint32(entries.length),
    ...entries.flatMap(([name, value]) => [...sized(name), ...sized(value)]),
  ])
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
