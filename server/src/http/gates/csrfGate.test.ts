import type { AuthStrategy } from '@binocle/api/auth'
import { describe, expect, it } from 'vitest'
import type { ServerConfig } from '../../config/server.ts'
import { BinocleError } from '../../errors.ts'
import { createExternal } from '../external.ts'
import { incomingWith } from '../testing.ts'
import { csrfGate } from './csrfGate.ts'

const pinned: ServerConfig = {
  address: '0.0.0.0',
  port: 20001,
  webRoot: '/kiali',
  metricsPort: undefined,
  external: { scheme: 'https', host: 'mesh.corp.example' },
  trustedOrigins: ['https://portal.corp.example'],
}
const { external: _pinned, ...derived } = pinned

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers: Record<string, string>
  readonly server?: ServerConfig
  readonly strategy?: AuthStrategy
  readonly acceptBearer?: boolean
}

function passes({
  acceptBearer = false,
  headers,
  method = 'POST',
  path = '/api/x',
  server = pinned,
  strategy = 'token',
}: Sent) {
  const gate = csrfGate({ server, auth: { acceptBearer, strategy } }, createExternal(server))
  try {
    gate(incomingWith({ method, headers: { host: 'mesh.corp.example', ...headers } }), { path })
    return true
  } catch (error) {
    if (error instanceof BinocleError && error.status === 403) return false
    throw error
  }
}

const cookie = { cookie: 'kiali-token-east=abc' }

describe('a change', () => {
  it.each<[string, boolean, Record<string, string>]>([
    ['our own page', true, { 'sec-fetch-site': 'same-origin', ...cookie }],
    ['our own page, as the header is not always sent', true, { origin: 'https://mesh.corp.example', ...cookie }],
    ['a trusted origin', true, { origin: 'https://portal.corp.example', 'sec-fetch-site': 'cross-site', ...cookie }],
    ['a program without cookies', true, {}],
    ['our page, by its own header', true, { 'kiali-ui': 'true', ...cookie }],
    ['our page, by its other header', true, { 'x-auth-type-kiali-ui': '1', ...cookie }],
    ['another site', false, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another site, without cookies', false, { 'sec-fetch-site': 'cross-site' }],
    ['the address bar', false, { 'sec-fetch-site': 'none', ...cookie }],
    ['another origin', false, { origin: 'https://evil.example' }],
    ['the same name over HTTP', false, { origin: 'http://mesh.corp.example' }],
    ['the same name at another port', false, { origin: 'https://mesh.corp.example:8443' }],
    ['a page without an origin', false, { origin: 'null' }],
    ['nobody knows where, with cookies', false, cookie],
    ['a site that adds our header', false, { 'kiali-ui': 'true', 'sec-fetch-site': 'cross-site', ...cookie }],
    ['two places at once', false, { 'sec-fetch-site': 'same-origin, cross-site' }],
  ])('AUTH-167: from %s: %s', (_from, allowed, headers) => {
    expect(passes({ headers })).toBe(allowed)
  })

  it.each<Record<string, string>>([
    { origin: 'https://evil.corp.example', 'sec-fetch-site': 'same-site', ...cookie },
    { 'sec-fetch-site': 'same-site', ...cookie },
    { origin: 'https://evil.corp.example', ...cookie },
  ])('AUTH-168: is refused to a neighbour of our host: %j', (headers) => {
    expect(passes({ headers })).toBe(false)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('AUTH-T62: by %s is refused to another site', (method) => {
    expect(passes({ method, headers: { origin: 'https://evil.example', ...cookie } })).toBe(false)
  })

  it.each(['anonymous', 'header', 'openid', 'openshift', 'token'] as const)(
    'AUTH-64: is guarded under %s, as long as no token of its own comes along',
    (strategy) => {
      expect(passes({ strategy, headers: { 'sec-fetch-site': 'cross-site' } })).toBe(false)
    },
  )

  it.each([
    ['openshift', false, true],
    ['token', true, true],
    ['openid', true, true],
    ['token', false, false],
    ['openid', false, false],
    ['header', true, false],
    ['anonymous', true, false],
  ] as const)('AUTH-167: with a bearer token under %s (accept_bearer %s): %s', (strategy, acceptBearer, allowed) => {
    expect(
      passes({ strategy, acceptBearer, headers: { authorization: 'Bearer x', 'sec-fetch-site': 'cross-site' } }),
    ).toBe(allowed)
  })

  it.each([
    ['mesh.corp.example', 'https://mesh.corp.example', true],
    ['mesh.corp.example:443', 'https://mesh.corp.example', true],
    ['10.0.0.1:20001', 'http://10.0.0.1:20001', true],
    ['mesh.corp.example', 'https://evil.corp.example', false],
    ['10.0.0.1:20001', 'http://10.0.0.1:20002', false],
  ])('where no name is pinned, asked of %s by a page of %s: %s', (host, origin, allowed) => {
    expect(passes({ server: derived, headers: { host, origin, ...cookie } })).toBe(allowed)
  })
})

describe('reading', () => {
  it.each(['GET', 'HEAD'])('by %s is free to everybody: the answer does not reach another page', (method) => {
    expect(passes({ method, headers: { 'sec-fetch-site': 'cross-site', ...cookie } })).toBe(true)
  })

  it.each(['/api/logout', '/api/authenticate'])(
    'AUTH-167: is guarded where it ends or begins a session: GET %s',
    (path) => {
      expect(passes({ method: 'GET', path, headers: { 'sec-fetch-site': 'cross-site', ...cookie } })).toBe(false)
      expect(passes({ method: 'GET', path, headers: { 'sec-fetch-site': 'none', ...cookie } })).toBe(true)
      expect(passes({ method: 'GET', path, headers: { 'sec-fetch-site': 'same-origin', ...cookie } })).toBe(true)
    },
  )

  it('is guarded where a WebSocket is asked for', () => {
    const upgrade = { upgrade: 'websocket', connection: 'Upgrade' }
    expect(passes({ method: 'GET', headers: { ...upgrade, origin: 'https://evil.example' } })).toBe(false)
    expect(passes({ method: 'GET', headers: { ...upgrade, origin: 'https://mesh.corp.example' } })).toBe(true)
  })
})
