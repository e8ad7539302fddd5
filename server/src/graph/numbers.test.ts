import { describe, expect, it } from 'vitest'
import { fixed, percentText, rateText, wholeText } from './numbers.ts'

describe('numbers as text', () => {
  it.each([
    [8.9, '8.90'],
    [0.125, '0.12'],
    [0.375, '0.38'],
    [0.05, '0.05'],
    [0.004, '0.004'],
    [0.00004, '0.00004'],
    [0.0000004, '0.00000'],
    [48613.333, '48613.33'],
  ])('rate %d is %s', (rate, text) => expect(rateText(rate)).toBe(text))

  it.each([
    [6.25, '6.2'],
    [18.75, '18.8'],
    [93.75, '93.8'],
    [100, '100.0'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ])('percentage %d is %s', (percent, text) => expect(percentText(percent)).toBe(text))

  it.each([
    [12.5, '12'],
    [499.5, '500'],
    [1500.5, '1500'],
    [75, '75'],
  ])('whole %d is %s', (value, text) => expect(wholeText(value)).toBe(text))

  it('does not take a value for a tie that only looks like one', () => {
    // 1.005 is less than 1.005 in binary, 0.15 more than 0.15.
    expect([fixed(1.005, 2), fixed(0.15, 1)]).toEqual(['1.00', '0.1'])
  })
})
