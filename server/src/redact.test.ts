import { describe, expect, it } from 'vitest'
import { fingerprint, redact, redactedLog, redactText, urlForLog } from './redact.ts'

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'

describe('a text for the log', () => {
  it.each([
    [`Bearer ${jwt} was refused`, 'Bearer [redacted] was refused'],
    [`token ${jwt}`, 'token [redacted]'],
    ['Authorization: Bearer opaque-token-1', 'Authorization: Bearer [redacted]'],
    ['basic dXNlcjpwYXNz', 'basic [redacted]'],
    ['http://user:pass@proxy:3128/path', 'http://[redacted]@proxy:3128/path'],
    ['GET /?code=abc&state=def', 'GET /?code=[redacted]&state=[redacted]'],
    ['logout?id_token_hint=abc&x=1', 'logout?id_token_hint=[redacted]&x=1'],
    ['cookie kiali-token-east=abcdef; a=b', 'cookie kiali-token-east=[redacted]; a=b'],
    ['sha256~AbCdEf0123456789', '[redacted]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', '[redacted]'],
  ])('loses what looks like a credential: %s', (text, expected) => {
    expect(redactText(text)).toBe(expected)
  })

  it.each([
    'west rejected our token (401)',
    'BIN-CLUSTER-AUTH: code 401, state reachable',
    '/api/namespaces/shop/services?clusterName=west',
    'https://mesh.example.com:8443/kiali',
  ])('keeps everything else: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })
})

describe('fields for the log', () => {
  it('lose the value of what has a secret name, at any depth', () => {
    expect(
      redact({ cluster: 'west', token: 'abc', auth: { password: 'p', users: [{ clientSecret: 's', name: 'ann' }] } }),
    ).toEqual({
      cluster: 'west',
      token: '[redacted]',
      auth: { password: '[redacted]', users: [{ clientSecret: '[redacted]', name: 'ann' }] },
    })
  })

  it('hold an error by its message, searched', () => {
    expect(redact({ error: new Error(`no ${jwt}`) })).toEqual({ error: 'no [redacted]' })
  })

  it('end where they are nested without end', () => {
    const circle: Record<string, unknown> = {}
    circle.again = circle
    expect(JSON.stringify(redact(circle))).toContain('[redacted]')
  })
})

describe('the log', () => {
  it('is searched in words and fields', () => {
    const lines: unknown[] = []
    redactedLog((...line) => lines.push(line))('warn', `got ${jwt}`, { url: 'https://a:b@c/', secret: 'x' })
    expect(lines).toEqual([['warn', 'got [redacted]', { url: 'https://[redacted]@c/', secret: '[redacted]' }]])
  })
})

describe('an address for the log', () => {
  it('has no query, no fragment and no password', () => {
    expect(urlForLog('https://a:b@idp.example/auth?code=1#x')).toBe('https://[redacted]@idp.example/auth')
  })
})

describe('a fingerprint', () => {
  it('tells secrets apart and holds nothing of them', () => {
    expect(fingerprint('one')).toMatch(/^[0-9a-f]{16}$/)
    expect(fingerprint('one')).toBe(fingerprint('one'))
    expect(fingerprint('one')).not.toBe(fingerprint('two'))
    expect(fingerprint('')).toBe('')
  })
})
