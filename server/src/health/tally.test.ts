import { describe, expect, it } from 'vitest'
import { addRate, ratesJson, talliesOf } from './tally.ts'

describe('tallies', () => {
  it('add up by protocol and code, numbers first and in order', () => {
    const tallies = addRate(undefined, 'http', '500', 1)
    addRate(tallies, 'http', '-', 2)
    addRate(tallies, 'http', '200', 3)
    addRate(tallies, 'grpc', '0', 4)
    addRate(tallies, 'http', '500', 0.5)
    expect(tallies).toEqual([
      { protocol: 'http', codes: ['200', '500', '-'], rates: [3, 1.5, 2] },
      { protocol: 'grpc', codes: ['0'], rates: [4] },
    ])
  })

  it('are those of the same rates as a map', () => {
    expect(talliesOf({ http: { 500: 1, '-': 2, 200: 3 } })).toEqual([
      { protocol: 'http', codes: ['200', '500', '-'], rates: [3, 1, 2] },
    ])
    expect(talliesOf(null)).toEqual([])
  })

  it.each([
    ['nothing', [], {}],
    ['some', [{ protocol: 'http', codes: ['200', '-'], rates: [1.5, 2] }], { http: { 200: 1.5, '-': 2 } }],
    ['names that somebody made up', [{ protocol: 'a"\\', codes: ['"}'], rates: [1] }], { 'a"\\': { '"}': 1 } }],
    [
      'what is no number in JSON',
      [{ protocol: 'http', codes: ['200'], rates: [Number.POSITIVE_INFINITY] }],
      { http: { 200: null } },
    ],
  ])('are JSON of %s', (_what, tallies, expected) => {
    expect(JSON.parse(ratesJson(tallies))).toEqual(expected)
  })
})
