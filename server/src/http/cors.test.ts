import { describe, expect, it } from 'vitest'
import type { ServerConfig } from '../config/server.ts'
import { corsOf } from './cors.ts'
import { incomingWith } from './testing.ts'

const config = (more: Partial<ServerConfig>): ServerConfig => ({
  address: '',
  port: 0,
  webRoot: '',
  metricsPort: undefined,
  ...more,
})
const named = corsOf(config({ corsOrigins: ['https://portal.example'] }))
const all = corsOf(config({ corsAllowAll: true }))
const request = (headers: Record<string, string>, method = 'GET') => incomingWith({ method, headers })
const asks = { 'access-control-request-method': 'GET' }

describe('pages of other origins', () => {
  it('AUTH-171: may read nothing by default', () => {
    expect(corsOf(config({}))).toBeUndefined()
  })

  it('may read when they are named, without cookies', () => {
    expect(named?.headers(request({ origin: 'https://portal.example' }))).toEqual({
      'access-control-allow-origin': 'https://portal.example',
    })
  })

  it.each(['https://evil.example', 'https://portal.example.evil.example', 'http://portal.example', 'null'])(
    'AUTH-171: may not when they are not: %s',
    (origin) => {
      expect(named?.headers(request({ origin }))).toEqual({})
      expect(named?.preflight(request({ origin, ...asks }, 'OPTIONS'))).toBeUndefined()
    },
  )

  it.each<[string, Record<string, string>, object]>([
    ['a token of its own', { authorization: 'Bearer a' }, { 'access-control-allow-origin': '*' }],
    ['nothing', {}, {}],
    ['a cookie', { cookie: 'kiali-token-east=a' }, {}],
    ['both', { authorization: 'Bearer a', cookie: 'kiali-token-east=a' }, {}],
  ])('AUTH-171: read, where every origin may, by %s', (_by, headers, expected) => {
    expect(all?.headers(request({ origin: 'https://any.example', ...headers }))).toEqual(expected)
  })

  it.each([named, all])('AUTH-171: are never allowed to send what the browser adds by itself', (cors) => {
    const answers = [
      cors?.headers(request({ origin: 'https://portal.example', authorization: 'Bearer a' })),
      cors?.preflight(request({ origin: 'https://portal.example', ...asks }, 'OPTIONS')),
    ]
    for (const answer of answers) {
      expect(answer).toHaveProperty('access-control-allow-origin')
      expect(answer).not.toHaveProperty('access-control-allow-credentials')
    }
  })
})

describe('a browser that asks beforehand', () => {
  it('is told what may be sent', () => {
    expect(named?.preflight(request({ origin: 'https://portal.example', ...asks }, 'OPTIONS'))).toMatchObject({
      'access-control-allow-origin': 'https://portal.example',
      'access-control-allow-headers': expect.stringContaining('Authorization'),
    })
  })

  it('is only one that says so', () => {
    expect(named?.preflight(request({ origin: 'https://portal.example' }, 'OPTIONS'))).toBeUndefined()
    expect(named?.preflight(request({ origin: 'https://portal.example', ...asks }))).toBeUndefined()
  })
})
