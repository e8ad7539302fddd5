import { Duplex } from 'node:stream'
import { constants, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type SpdyHeaders, serveSpdy } from './spdy.ts'
import { spdyDictionary } from './spdyDictionary.ts'

/** The two ends of one connection: what the server writes comes out of `sent`, `say` is what a client writes. */
function connection(onStream: (stream: Duplex, headers: SpdyHeaders) => void) {
  const sent: Buffer[] = []
  const transport = new Duplex({
    read() {},
    write(piece: Buffer, _encoding, done) {
      sent.push(piece)
      done()
    },
  })
  serveSpdy(transport, onStream)
  const say = (...hex: string[]) => transport.push(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'))
  return { say, sent }
}

/** One header, compressed as SPDY does. */
const headerBlock = (name: string, value: string): string => {
  const sized = (text: string) => text.length.toString(16).padStart(8, '0') + Buffer.from(text).toString('hex')
  const plain = Buffer.from(`00000001${sized(name)}${sized(value)}`, 'hex')
  return deflateSync(plain, { dictionary: spdyDictionary, finishFlush: constants.Z_SYNC_FLUSH }).toString('hex')
}

const synStream = (id: string, block: string): string =>
  `80030001 00${(10 + block.length / 2).toString(16).padStart(6, '0')} ${id} 00000000 0000 ${block}`

describe('SPDY', () => {
  it('opens a stream with its headers, carries its bytes, and ends when the client half-closes it', async () => {
    const ended = new Promise<[SpdyHeaders, string]>((resolve) => {
      const { say } = connection((stream, headers) => {
        const pieces: Buffer[] = []
        stream.on('data', (piece: Buffer) => pieces.push(piece))
        stream.on('end', () => resolve([headers, Buffer.concat(pieces).toString()]))
      })
      say(synStream('00000001', headerBlock('Streamtype', 'data')), '00000001 00000002 6869', '00000001 01000001 21')
    })
    expect(await ended).toEqual([{ streamtype: 'data' }, 'hi!'])
  })

  it('answers with data frames, the last of them marked', async () => {
    const finished = new Promise<Buffer[]>((resolve) => {
      const { say, sent } = connection((stream) => {
        stream.on('finish', () => resolve(sent))
        stream.end('ok')
      })
      say(synStream('00000003', headerBlock('streamtype', 'data')))
    })
    const [reply, ...data] = (await finished).map((frame) => frame.toString('hex'))
    expect(reply?.slice(0, 8)).toBe('80030002')
    expect(data).toEqual(['00000003000000026f6b', '0000000301000000'])
  })

  it('understands frames that arrive in pieces, and answers pings', async () => {
    const { say, sent } = connection(() => {})
    say('80030006 00')
    say('000004 0000')
    say('002a')
    while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(sent.map((frame) => frame.toString('hex'))).toEqual(['80030006000000040000002a'])
  })
})
