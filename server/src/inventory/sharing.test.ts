import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSharing } from './sharing.ts'

describe('sharing', () => {
  it('makes equal values one', () => {
    const { share } = createSharing(1024)
    const first = share({ app: 'cart', ports: [{ port: 80 }] })
    expect(share({ app: 'cart', ports: [{ port: 80 }] })).toBe(first)
    expect(share([{ port: 80 }])).toBe(first.ports)
  })

  it.each([
    ['a list and an object', [], {}],
    ['numbers', { a: 1 }, { a: 2 }],
    ['a text and a number', { a: '1' }, { a: 1 }],
    ['null and nothing', { a: null }, {}],
    ['keys', { a: 'x', b: 'y' }, { a: 'y', b: 'x' }],
  ])('keeps apart: %s', (_what, one, other) => {
    const { share } = createSharing(1)
    share(one)
    expect(share(structuredClone(other))).toEqual(other)
  })

  it('never changes what a value is, however small the table', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(1, 8, 1024), (values, slots) => {
        const { share } = createSharing(slots)
        for (const value of values) expect(share(structuredClone(value))).toEqual(value)
      }),
    )
  })
})
