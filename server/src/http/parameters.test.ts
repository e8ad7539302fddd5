import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { type Parameters, readParameters } from './parameters.ts'

/** What reading comes to: the value, or the error's text. */
const outcome = (search: string, read: (query: Parameters) => unknown, known?: string[]): unknown => {
  try {
    return read(readParameters(search, known))
  } catch (error) {
    return error instanceof BinocleError ? `${error.status} ${error.message}` : error
  }
}

describe('query parameters', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('%s is true', (text) => {
    expect(outcome(`x=${text}`, (query) => query.boolean('x', false))).toBe(true)
  })

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('%s is false', (text) => {
    expect(outcome(`x=${text}`, (query) => query.boolean('x', true))).toBe(false)
  })

  it.each<[string, string, (query: Parameters) => unknown, unknown]>([
    ['an empty boolean is the default', 'x=', (query) => query.boolean('x', true), true],
    [
      'other booleans are refused',
      'x=maybe',
      (query) => query.boolean('x', true),
      "400 cannot parse query parameter 'x'",
    ],
    ['a duration', 'x=1m30s', (query) => query.duration('x', 1), 90],
    ['an absent duration', '', (query) => query.duration('x', 1), 1],
    ['no duration', 'x=5x', (query) => query.duration('x', 1), '400 invalid \'x\' value: "5x"'],
    [
      'a duration longer than history',
      'x=999999999y',
      (query) => query.duration('x', 1),
      '400 invalid \'x\' value: "999999999y"',
    ],
    ['a time', 'x=1795527960', (query) => query.time('x'), 1795527960],
    ['no time', 'x=abc', (query) => query.time('x'), "400 cannot parse query parameter 'x'"],
    ['a time before times', 'x=-5', (query) => query.time('x'), "400 cannot parse query parameter 'x'"],
    ['one of several', 'x=b', (query) => query.oneOf('x', ['a', 'b']), 'b'],
    ['none of several', 'x=', (query) => query.oneOf('x', ['a', 'b']), ''],
    ['another one', 'x=c', (query) => query.oneOf('x', ['a', 'b']), "400 query parameter 'x' must be one of [a b]"],
    ['a list', 'x=a,,b%2C a', (query) => query.list('x'), ['a', 'b']],
    ['a scalar twice', 'x=1&x=2', (query) => query.text('x'), "400 query parameter 'x' is given 2 times"],
  ])('%s', (_what, search, read, expected) => {
    expect(outcome(search, read)).toEqual(expected)
  })

  it('refuses unknown names where the route names its own', () => {
    expect(outcome('a=1&b=2', () => 'read', ['a'])).toBe("400 unsupported query parameter 'b'")
    expect(outcome('a=1&b=2', () => 'read')).toBe('read')
  })

  it('refuses more parameters than any client sends', () => {
    const many = Array.from({ length: 101 }, (_, i) => `x${i}=1`).join('&')
    expect(outcome(many, () => 'read')).toBe('400 too many query parameters: 101')
  })
})
