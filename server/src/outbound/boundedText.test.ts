import { Readable } from 'node:stream'
import { createGunzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { boundedText, TooLong } from './boundedText.ts'

const mebibyte = 1024 * 1024

/** 64 MiB of nothing, in 64 KiB. */
const bomb = gzipSync(Buffer.alloc(64 * mebibyte))

describe('the text of an answer', () => {
  it.each([
    [9, 'whole'],
    [10, 'whole'],
    [11, 'too long'],
  ])('AUTH-173: of %i bytes where 10 are allowed is %s', async (bytes, expected) => {
    const read = boundedText(Readable.from([Buffer.alloc(bytes, 'x')]), 10)
    const outcome = await read.then(
      () => 'whole',
      (error: unknown) => (error instanceof TooLong ? 'too long' : String(error)),
    )
    expect(outcome).toBe(expected)
  })

  it('AUTH-T56: that is a bomb ends as soon as it is larger than allowed, whatever it was packed to', async () => {
    const unpacked = Readable.from([bomb]).pipe(createGunzip())
    let bytes = 0
    unpacked.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    await expect(boundedText(unpacked, mebibyte)).rejects.toBeInstanceOf(TooLong)
    expect(bomb.length).toBeLessThan(mebibyte)
    expect(bytes).toBeLessThan(4 * mebibyte)
  })
})
