import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { loadConfig } from './load.ts'

const serverOf = (text: string) => loadConfig({ file: { name: 'config.yaml', text } }).config.server

function refusalOf(text: string): string {
  try {
    serverOf(text)
  } catch (error) {
    return error instanceof BinocleError ? `${error.code} ${error.message}` : String(error)
  }
  return 'accepted'
}

describe('server.web_root', () => {
  it.each([
    ['/', ''],
    ['/kiali', '/kiali'],
    ['/mesh/console-1', '/mesh/console-1'],
  ])('AUTH-10: accepts %s', (written, webRoot) => {
    expect(serverOf(`server: {web_root: ${written}}`).webRoot).toBe(webRoot)
  })

  it.each(['/x/', 'x', '/a/../b', '/a/./b', '//a', '/a//b', '/a b', '/<script>', '/a?b', '/a%2f', "/a'b"])(
    'AUTH-10: rejects %s',
    (written) => {
      expect(refusalOf(`server: {web_root: ${JSON.stringify(written)}}`)).toBe(
        `BIN-CONFIG-KEY server.web_root ${JSON.stringify(written)} is not a path.`,
      )
    },
  )
})

describe('lists of who may reach the console', () => {
  it('keep addresses, networks, names and origins', () => {
    expect(
      serverOf(`server:
  trusted_proxies: [10.0.0.0/8, 192.0.2.1, "fd00::/8"]
  host_aliases: [Console.example.com, "*.mesh.example.com"]
  trusted_origins: ["https://portal.example.com"]
  frame_ancestors: ["https://portal.example.com:8443"]
  cors_origins: ["http://localhost:3000"]`),
    ).toMatchObject({
      trustedProxies: ['10.0.0.0/8', '192.0.2.1', 'fd00::/8'],
      hostAliases: ['console.example.com', '*.mesh.example.com'],
      trustedOrigins: ['https://portal.example.com'],
      frameAncestors: ['https://portal.example.com:8443'],
      corsOrigins: ['http://localhost:3000'],
    })
  })

  it.each([
    ['trusted_proxies', '10.0.0.0/33', 'an address or a CIDR'],
    ['trusted_proxies', 'proxy.example.com', 'an address or a CIDR'],
    ['host_aliases', 'https://console.example.com', 'a host name'],
    ['host_aliases', '*', 'a host name'],
    ['trusted_origins', 'https://portal.example.com/', 'an origin such as `https://console.example.com`'],
    ['trusted_origins', 'https://portal.example.com:443', 'an origin such as `https://console.example.com`'],
    ['frame_ancestors', '*', 'an origin such as `https://console.example.com`'],
    ['cors_origins', 'null', 'an origin such as `https://console.example.com`'],
  ])('refuse in %s: %s', (key, text, expected) => {
    expect(refusalOf(`server: {${key}: ["${text}"]}`)).toBe(
      `BIN-CONFIG-KEY server.${key}: "${text}" is not ${expected}.`,
    )
  })
})

describe('what is pinned of the external URL', () => {
  it('is kept in parts', () => {
    expect(serverOf('server: {web_schema: https, web_fqdn: Mesh.example.com, web_port: 8443}').external).toEqual({
      scheme: 'https',
      host: 'mesh.example.com',
      port: 8443,
    })
  })

  it.each(['https://mesh.example.com', 'mesh.example.com:8443', 'mesh.example.com/kiali', 'a b'])(
    'is refused when the name is %s',
    (name) => {
      expect(refusalOf(`server: {web_fqdn: "${name}"}`)).toContain('is not a host name without scheme and port')
    },
  )
})

describe('the certificate', () => {
  it('needs its key', () => {
    expect(refusalOf('identity: {cert_file: /tls/tls.crt}')).toBe(
      'BIN-CONFIG-KEY identity.cert_file and identity.private_key_file belong together.',
    )
  })
})

describe('answers for pages of every origin', () => {
  it.each(['anonymous', 'header'])(
    'AUTH-171: are refused under %s, where nothing but the network asks who it is',
    (strategy) => {
      expect(
        refusalOf(
          `auth: {strategy: ${strategy}, header: {trusted_proxies: [192.0.2.1]}}\nserver: {cors_allow_all: true}`,
        ),
      ).toBe(
        `BIN-CONFIG-KEY server.cors_allow_all cannot be combined with auth.strategy \`${strategy}\`: any page could read the mesh.`,
      )
    },
  )
})

describe('rate limits', () => {
  it('can be switched off', () => {
    expect(serverOf('').rates).toMatchObject({ rps: 50, burst: 200, peoplePerAddress: 10 })
    expect(serverOf('server: {rate_limits: {enabled: false}}').rates).toBeUndefined()
  })
})
