import { describe, expect, it } from 'vitest'
import { scopeOf } from './scope.ts'

describe('the scope in the URL', () => {
  it('is everything, live, over five minutes when the URL says nothing', () => {
    expect(scopeOf({})).toEqual({ namespaces: [], clusters: [], durationS: 300, refresh: { mode: 'live' } })
  })

  it('reads comma lists without blanks and doubles', () => {
    expect(scopeOf({ namespaces: 'shop, pay,,shop', clusters: 'west' })).toMatchObject({
      namespaces: ['shop', 'pay'],
      clusters: ['west'],
    })
  })

  it.each([
    ['as offered', '600', 600],
    ['snapped down', '599', 300],
    ['below the smallest', '5', 60],
    ['not a number', '5x', 300],
    ['negative', '-60', 300],
  ])('duration %s', (_why, duration, expected) => {
    expect(scopeOf({ duration }).durationS).toBe(expected)
  })

  it.each([
    ['0', { mode: 'paused' }],
    ['15000', { mode: 'interval', ms: 15_000 }],
    ['5', { mode: 'live' }],
    ['often', { mode: 'live' }],
  ])('refresh=%s', (refresh, expected) => {
    expect(scopeOf({ refresh }).refresh).toEqual(expected)
  })
})
