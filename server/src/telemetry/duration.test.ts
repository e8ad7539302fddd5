import { describe, expect, it } from 'vitest'
import { parseDurationMs } from './duration.ts'

describe('Prometheus durations', () => {
  it.each([
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1y2w3d4h5m6s7ms', 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_400_000 + 300_000 + 6_007],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms))

  it.each(['', '5', 'abc', '1m1h', '1m1m', '-1m', '1.5h', '5 m'])('%j is none', (text) => {
    expect(parseDurationMs(text)).toBeUndefined()
  })
})
