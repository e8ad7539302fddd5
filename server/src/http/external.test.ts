import { describe, expect, it } from 'vitest'
import type { ServerConfig } from '../config/server.ts'
import { createExternal, readAuthority } from './external.ts'
import { incomingWith } from './testing.ts'

const config = (more: Partial<ServerConfig> = {}): ServerConfig => ({
  address: '0.0.0.0',
  port: 20001,
  webRoot: '/kiali',
  metricsPort: undefined,
  ...more,
})

const proxy = '10.0.0.9'
const trusting = config({ trustedProxies: ['10.0.0.0/8'] })
const request = (headers: Record<string, string>, address = proxy) =>
  incomingWith({ headers: { host: 'mesh.example.com', ...headers }, address })

describe('the external URL', () => {
  it.each<[string, ServerConfig, Record<string, string>, string]>([
    ['is what was asked for', config(), { host: 'mesh.example.com:20001' }, 'http://mesh.example.com:20001/kiali'],
    ['has no default port', config(), { host: 'mesh.example.com:80' }, 'http://mesh.example.com/kiali'],
    ['keeps an IPv6 address', config(), { host: '[::1]:20001' }, 'http://[::1]:20001/kiali'],
    [
      'takes the word of a trusted proxy',
      trusting,
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'out.example.com', 'x-forwarded-port': '8443' },
      'https://out.example.com:8443/kiali',
    ],
    [
      'takes the word of no other peer',
      config(),
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', 'x-forwarded-port': '8443' },
      'http://mesh.example.com/kiali',
    ],
    [
      'takes no list of schemes for one',
      trusting,
      { 'x-forwarded-proto': 'https,http' },
      'http://mesh.example.com/kiali',
    ],
    [
      'is pinned, whatever a proxy says',
      config({ ...trusting, external: { scheme: 'https', host: 'pinned.example.com' } }),
      { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' },
      'https://pinned.example.com/kiali',
    ],
    [
      'has the port that is pinned',
      config({ external: { scheme: 'https', host: 'pinned.example.com', port: 8443 } }),
      {},
      'https://pinned.example.com:8443/kiali',
    ],
    [
      'is HTTPS where we serve it ourselves',
      config({ tls: { certFile: '/c', keyFile: '/k' } }),
      { host: 'mesh.example.com:443' },
      'https://mesh.example.com/kiali',
    ],
  ])('%s', (_what, server, headers, url) => {
    expect(createExternal(server).url(request(headers))).toBe(url)
  })

  it('AUTH-27: has no slash at its end for the web root `/`, so that nothing begins with two', () => {
    expect(createExternal(config({ webRoot: '' })).url(request({}))).toBe('http://mesh.example.com')
  })
})

describe('the way to the client', () => {
  it.each<[string, ServerConfig, boolean]>([
    ['HTTPS is pinned', config({ external: { scheme: 'https' } }), true],
    ['a name is pinned', config({ external: { host: 'mesh.example.com' } }), true],
    ['we serve HTTPS', config({ tls: { certFile: '/c', keyFile: '/k' } }), true],
    ['HTTP is pinned', config({ external: { scheme: 'http', host: 'mesh.example.com' } }), false],
    ['nothing is said', config(), false],
  ])('AUTH-T44: is secure or not by configuration when %s, whatever a header says', (_when, server, isSecure) => {
    const external = createExternal({ ...server, trustedProxies: [proxy] })
    expect(external.isSecure(request({}))).toBe(isSecure)
    expect(external.isSecure(request({ 'x-forwarded-proto': 'http' }))).toBe(isSecure)
  })

  it('is secure when a trusted proxy says so, and not when anybody does', () => {
    const said = { 'x-forwarded-proto': 'https' }
    expect(createExternal(trusting).isSecure(request(said))).toBe(true)
    expect(createExternal(config()).isSecure(request(said))).toBe(false)
  })
})

describe('the address of the client', () => {
  it.each([
    ['is the peer', [], '192.0.2.7', '198.51.100.1', '192.0.2.7'],
    [
      'is the last that no proxy of ours has',
      ['10.0.0.0/8'],
      proxy,
      '198.51.100.1, 203.0.113.5, 10.1.1.1',
      '203.0.113.5',
    ],
    ['is the proxy where it says nothing', ['10.0.0.0/8'], proxy, '', proxy],
    ['is the last readable one', ['10.0.0.0/8'], proxy, '203.0.113.5, unknown', proxy],
    ['is IPv4 though it came over IPv6', [], '::ffff:192.0.2.7', '', '192.0.2.7'],
    ['is found behind a proxy that came over IPv6', ['10.0.0.0/8'], '::ffff:10.0.0.9', '203.0.113.5', '203.0.113.5'],
  ])('%s', (_what, trustedProxies, address, forwarded, client) => {
    const external = createExternal(config({ trustedProxies }))
    expect(external.address(request({ 'x-forwarded-for': forwarded }, address))).toBe(client)
  })
})

describe('a host with a port', () => {
  it.each([
    ['a.example', 'a.example', undefined],
    ['A.Example:80', 'a.example', 80],
    ['[2001:db8::1]:443', '[2001:db8::1]', 443],
  ])('%s is read', (text, host, port) => {
    expect(readAuthority(text)).toEqual({ host, port })
  })

  it.each(['', 'a b', 'a/b', 'user@a', 'a:b', '2001:db8::1', 'a:80:90', 'a\t'])('%j is not', (text) => {
    expect(readAuthority(text)).toBeUndefined()
  })
})
