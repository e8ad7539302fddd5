import { constants, createInflate } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { spdyDictionary } from './spdyDictionary.ts'
import { controlFrame, createFrameReader, createStreamOpener, dataFrame } from './spdyFrames.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const hex = (frame: Buffer): string => frame.toString('hex')

describe('SPDY frames', () => {
  it('have a head of eight bytes: of data the stream, of control the version and kind, then flags and length', () => {
    expect(hex(dataFrame(3, Buffer.from('hi'), false))).toBe('00000003000000026869')
    expect(hex(dataFrame(1, Buffer.alloc(0), true))).toBe('0000000101000000')
    expect(hex(controlFrame(6, bytes('00000002')))).toBe('800300060000000400000002')
  })

  it.each([
    ['data', '00000003 00 000002 6869', { type: 'data', streamId: 3, fin: false }],
    ['the end of data', '00000003 01 000000', { type: 'data', streamId: 3, fin: true }],
    ['an accepted stream', '80030002 00 000004 00000003', { type: 2, streamId: 3, fin: false }],
    ['settings without a stream', '80030004 00 000000', { type: 4, streamId: 0, fin: false }],
  ])('are read: %s', (_what, text, expected) => {
    expect(createFrameReader(100)(bytes(text))).toMatchObject([expected])
  })

  it('are read from pieces of any size, and several at once', () => {
    const read = createFrameReader(100)
    const both = bytes('00000003 00 000002 6869 00000003 01 000001 21')
    const single = [...both].flatMap((byte) => read(Buffer.of(byte)))
    const expected = [
      ['hi', false],
      ['!', true],
    ]
    expect(single.map(({ fin, payload }) => [payload.toString(), fin])).toEqual(expected)
    expect(createFrameReader(100)(both).map(({ fin, payload }) => [payload.toString(), fin])).toEqual(expected)
  })

  it.each([
    ['longer than agreed', '00000003 00 000065', 'a SPDY frame of 101 bytes is longer than 100'],
    ['of another version', '80020002 00 000000', 'the API server speaks SPDY/2, not SPDY/3'],
  ])('are refused when %s', (_what, text, message) => {
    expect(() => createFrameReader(100)(bytes(text))).toThrow(message)
  })

  it('open streams with headers that share one compressor', async () => {
    const opener = createStreamOpener()
    const frames = [await opener.frame(1, { port: '80' }), await opener.frame(3, { port: '80' })]
    opener.close()
    expect(frames.map((frame) => hex(frame.subarray(0, 4)))).toEqual(['80030001', '80030001'])
    expect(frames.map((frame) => hex(frame.subarray(8, 18)))).toEqual(['00000001000000000000', '00000003000000000000'])
    const block = '00000001 00000004 706f7274 00000002 3830'.replaceAll(' ', '')
    expect(hex(await inflated(frames.map((frame) => frame.subarray(18))))).toBe(block + block)
  })
})

/** All blocks through one inflater, as a server reads them. */
async function inflated(blocks: readonly Buffer[]): Promise<Buffer> {
  const inflate = createInflate({ dictionary: spdyDictionary, finishFlush: constants.Z_SYNC_FLUSH })
  for (const block of blocks) inflate.write(block)
  inflate.end()
  const parts: Buffer[] = []
  for await (const part of inflate) if (Buffer.isBuffer(part)) parts.push(part)
  return Buffer.concat(parts)
}
