import { describe, expect, it } from 'vitest'
import { address, problemOf } from './http.ts'

describe('the address of a request', () => {
  it.each([
    ['nothing to say', {}, 'api/x'],
    ['a list becomes a comma list', { namespaces: ['a', 'b'] }, 'api/x?namespaces=a,b'],
    ['empty and absent values are left out', { namespaces: [], clusters: undefined, q: '' }, 'api/x'],
    ['zero and false are values', { refresh: 0, health: false }, 'api/x?refresh=0&health=false'],
    ['a value cannot add a parameter', { name: 'a&b=c' }, 'api/x?name=a%26b%3Dc'],
  ])('%s', (_why, parameters, expected) => {
    expect(address('api/x', parameters)).toBe(expected)
  })
})

describe('the problem of a failed request', () => {
  it('is what the server says, with code and remedy', () => {
    const body = { error: 'west rejected our token', code: 'BIN-CLUSTER-AUTH', remedy: 'Renew it', cluster: 'west' }
    expect(problemOf(503, body)).toEqual({
      code: 'BIN-CLUSTER-AUTH',
      message: 'west rejected our token',
      remedy: 'Renew it',
      cluster: 'west',
    })
  })

  it('names the status when a proxy answered with something else', () => {
    expect(problemOf(502, undefined)).toEqual({ code: 'HTTP-502', message: 'The console answered with status 502.' })
  })
})
