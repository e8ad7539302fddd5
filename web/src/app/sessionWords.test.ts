import { describe, expect, it } from 'vitest'
import { spokenLeft, timeLeft } from './sessionWords.ts'

describe('the rest of a session', () => {
  it.each([
    [86_400_000, '24 h'],
    [7_260_000, '2 h'],
    [420_000, '7 min'],
    [119_999, '119 s'],
    [43_000, '43 s'],
    [999, 'now'],
    [-5_000, 'now'],
  ])('of %i ms is said as %s', (leftMs, said) => {
    expect(timeLeft(leftMs)).toBe(said)
  })

  it('is read out when a minute, half of it, ten and five seconds are left, each once', () => {
    const heard: string[] = []
    for (let leftMs = 70_000; leftMs > 0; leftMs -= 1_000) {
      const spoken = spokenLeft(leftMs)
      if (spoken !== '' && spoken !== heard.at(-1)) heard.push(spoken)
    }
    expect(heard).toEqual([60, 30, 10, 5].map((seconds) => `Your session ends in ${seconds} seconds.`))
  })
})
