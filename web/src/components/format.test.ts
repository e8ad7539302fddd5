import { describe, expect, it } from 'vitest'
import { age, ago, byteCount, counted, percent, rate, sentence } from './format.ts'

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [3_400, '3.4 kB'],
  [12_300_000, '12.3 MB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(byteCount(bytes)).toBe(text)
})

describe('rates', () => {
  it.each([
    [undefined, 'unknown'],
    [0, '0 rps'],
    [0.004, '< 0.01 rps'],
    [0.5, '0.5 rps'],
    [7.839, '7.84 rps'],
    [23.96, '24 rps'],
    [128.4, '128 rps'],
    [12_345.6, '12,346 rps'],
  ])('%s', (rps, expected) => {
    expect(rate(rps)).toBe(expected)
  })
})

describe('percentages', () => {
  it.each([
    [undefined, 'unknown'],
    [0, '0 %'],
    [0.04, '< 0.1 %'],
    [2, '2 %'],
    [2.004, '2 %'],
    [12.44, '12.4 %'],
    [99.95, '> 99.9 %'],
    [100, '100 %'],
  ])('%s', (share, expected) => {
    expect(percent(share)).toBe(expected)
  })
})

describe('ages', () => {
  it.each([
    [0, 'now'],
    [-5_000, 'now'],
    [12_000, '12 s'],
    [61_000, '1 min'],
    [3 * 3_600_000, '3 h'],
    [50 * 3_600_000, '2 d'],
  ])('%s ms', (passedMs, expected) => {
    expect(age(1_000_000_000 - passedMs, 1_000_000_000)).toBe(expected)
  })

  it('reads as a sentence', () => {
    expect([ago(0, 500), ago(0, 5_000)]).toEqual(['just now', '5 s ago'])
  })
})

it('ends a sentence once', () => {
  expect(['west does not answer (ECONNREFUSED)', 'It is gone.'].map(sentence)).toEqual([
    'west does not answer (ECONNREFUSED).',
    'It is gone.',
  ])
})

it('counts in words', () => {
  expect([counted(1, 'service'), counted(2, 'service'), counted(0, 'proxy', 'proxies')]).toEqual([
    '1 service',
    '2 services',
    '0 proxies',
  ])
})
