import { describe, expect, it } from 'vitest'
import { scaled } from './scale.ts'

const values = (written: readonly string[], factor: number) =>
  scaled({ labels: {}, name: 'm', datapoints: written.map((value, i) => [i, value] as const) }, factor).datapoints

describe('values in another unit', () => {
  it('are plain numbers, however small or large', () => {
    expect(values(['120', '0.0000005', '-2e-7', '3e24'], 0.001)).toEqual([
      [0, '0.12'],
      [1, '0.0000000005'],
      [2, '-0.0000000002'],
      [3, '3000000000000000000000'],
    ])
  })

  it('stay what they are where they are no numbers, or the unit is the same', () => {
    expect(values(['NaN', '+Inf', '-Inf'], 8)).toEqual([
      [0, 'NaN'],
      [1, '+Inf'],
      [2, '-Inf'],
    ])
    expect(values(['1e-9'], 1)).toEqual([[0, '1e-9']])
  })
})
