import { describe, expect, it } from 'vitest'
import { createLineSplitter, LineTooLong } from './lines.ts'

/** Feeds `text` in pieces of `size` bytes. */
function split(text: string, size: number): string[] {
  const splitter = createLineSplitter(1_000)
  const bytes = Buffer.from(text)
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)))
  return lines
}

describe('lines of a stream', () => {
  it.each([
    ['two lines', 'a\nbc\n', ['a', 'bc']],
    ['a line that is not ended is kept back', 'a\nb', ['a']],
    ['empty lines are left out', '\n\na\n \n', ['a']],
    ['characters of several bytes', 'é€😀\n😀\n', ['é€😀', '😀']],
    ['carriage returns stay for the parser', 'a\r\n', ['a\r']],
  ])('%s, however the bytes are cut', (_what, text, expected) => {
    for (const size of [1, 2, 3, 100]) expect(split(text, size)).toEqual(expected)
  })

  it('tell whether a line was begun and not ended', () => {
    const splitter = createLineSplitter(10)
    splitter.push(Buffer.from('a\nb'))
    expect(splitter.open).toBe(true)
    splitter.push(Buffer.from('\n'))
    expect(splitter.open).toBe(false)
  })

  it('longer than the bound are refused before they are complete', () => {
    const splitter = createLineSplitter(10)
    splitter.push(Buffer.from('123456'))
    expect(() => splitter.push(Buffer.from('78901'))).toThrow(LineTooLong)
  })
})
