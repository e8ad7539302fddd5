import { describe, expect, it } from 'vitest'
import { chordMs, typed } from './shortcuts.ts'

describe('keys', () => {
  it.each([
    ['slash goes to the filter', '/', undefined, { action: { do: 'filter' } }],
    ['question mark shows help', '?', undefined, { action: { do: 'help' } }],
    ['g waits for a letter', 'g', undefined, { pendingSinceMs: 10_000 }],
    ['g then s goes to services', 's', 9_500, { action: { do: 'go', to: '/services' } }],
    ['g then g goes to the graph', 'g', 9_500, { action: { do: 'go', to: '/graph' } }],
    ['g then nonsense is forgotten', 'z', 9_500, {}],
    ['a letter that comes too late means nothing', 's', 10_000 - chordMs - 1, {}],
    ['a letter alone means nothing', 's', undefined, {}],
  ])('%s', (_why, key, pending, expected) => {
    expect(typed(key, 10_000, pending)).toEqual(expected)
  })
})
