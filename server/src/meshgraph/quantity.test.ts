import { expect, it } from 'vitest'
import { quantity } from './quantity.ts'

it.each([
  ['500m', 0.5],
  ['2', 2],
  [2, 2],
  ['1.5', 1.5],
  ['2Gi', 2_147_483_648],
  ['100M', 100_000_000],
  ['1e3', 1000],
  ['2Xi', 0],
  ['much', 0],
  [undefined, 0],
])('%j is %d', (text, expected) => {
  expect(quantity(text)).toBe(expected)
})
