import { describe, expect, it } from 'vitest'
import { parseSelector } from './selectorText.ts'

describe('a label selector', () => {
  it.each([
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app==web', { app: 'web' }, true],
    ['app=web', { app: 'cart' }, false],
    ['app=web,version=v1', { app: 'web' }, false],
    ['app!=web', {}, true],
    ['app!=web', { app: 'web' }, false],
    ['version in (v1, v2)', { version: 'v2' }, true],
    ['version in (v1,v2),app', { version: 'v3', app: 'web' }, false],
    ['version notin (v1,v2)', {}, true],
    ['app', { app: '' }, true],
    ['!app', { app: '' }, false],
    ['!app', {}, true],
  ])('%s of %j: %s', (text, labels, expected) => {
    expect(parseSelector(text)?.(labels)).toBe(expected)
  })

  it.each(['a b', '=x', 'a in v1', '!a=b', 'a=(b)'])('%s does not parse', (text) => {
    expect(parseSelector(text)).toBeUndefined()
  })
})
