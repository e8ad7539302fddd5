import { describe, expect, it } from 'vitest'
import { patternOf } from './pattern.ts'

describe('a pattern that somebody else has written', () => {
  it.each([
    ['^5\\d\\d$', '503', true],
    ['^5\\d\\d$', '5033', false],
    ['^[1-9]$|^1[0-6]$', '14', true],
    ['http|grpc', 'grpc', true],
    ['(?i)HTTP', 'http', true],
    ['', 'anything', true],
    ['.*', 'anything', true],
  ])('%s and %s: %s', (source, text, expected) => {
    const pattern = patternOf(source)
    expect([pattern.test(text), pattern.test(text)]).toEqual([expected, expected])
  })

  it.each(['(', 'a{2000}', '(?=a)', '\\1', 'a'.repeat(501)])('is none: %s', (source) => {
    expect(() => patternOf(source)).toThrow()
  })

  // In Node's engine each of these takes longer than anybody waits.
  it.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(.*a){20}$', '^((a+)*)*$'])(
    'AUTH-T57: is matched in one pass over a text of 50,000: %s',
    (source) => {
      expect(patternOf(source).test(`${'a'.repeat(50_000)}!`)).toBe(false)
    },
  )
})
