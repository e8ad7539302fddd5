import { describe, expect, it } from 'vitest'
import { Bytes } from './bytes.ts'

const neverRests = () => Promise.reject(new Error('rested'))

describe('bytes', () => {
  it('are nothing of nothing', () => {
    expect(new Bytes().whole()).toEqual(Buffer.from(''))
  })

  it('are the elements with commas between them', async () => {
    const bytes = new Bytes()
    bytes.add('[')
    await bytes.list([1, 2, 3], (number) => `"${number}"`, neverRests)
    bytes.add(']')
    expect(bytes.whole().toString()).toBe('["1","2","3"]')
  })

  it.each([
    ['one byte each', 'a'],
    ['two bytes each', 'é'],
    ['three bytes each', '€'],
    ['two halves each', '🔭'],
  ])('are all of a long text of %s', (_what, char) => {
    const bytes = new Bytes()
    const pieces = [1, 100, 5_000, 70_000, 3, 30_000].map((length) => char.repeat(length))
    for (const piece of pieces) bytes.add(piece)
    expect(bytes.whole().equals(Buffer.from(pieces.join('')))).toBe(true)
  })

  it('let others work while a list is long', async () => {
    const bytes = new Bytes()
    let rests = 0
    const rest = () => Promise.resolve(++rests)
    await bytes.list(new Array<string>(20).fill('a'.repeat(100_000)), (text) => text, rest)
    expect(rests).toBeGreaterThan(1)
    expect(bytes.whole()).toHaveLength(20 * 100_000 + 19)
  })
})
