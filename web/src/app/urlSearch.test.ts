import { describe, expect, it } from 'vitest'
import { parseSearch, stringifySearch } from './urlSearch.ts'

describe('the query of the address bar', () => {
  it.each([
    ['a comma list stays readable', { namespaces: 'shop,pay' }, '?namespaces=shop,pay'],
    ['numbers stay numbers', { duration: '600' }, '?duration=600'],
    ['repeats are kept', { health: ['Failure', 'Degraded'] }, '?health=Failure&health=Degraded'],
    ['what would break out is encoded', { q: 'a&b=c #1' }, '?q=a%26b%3Dc%20%231'],
    ['nothing is nothing', { clusters: undefined }, ''],
  ])('%s', (_why, search, query) => {
    expect(stringifySearch(search)).toBe(query)
  })

  it('reads back what it wrote', () => {
    const search = { q: 'a&b=c', health: ['Failure', 'Degraded'], duration: '600' }
    expect(parseSearch(stringifySearch(search))).toEqual(search)
  })
})
