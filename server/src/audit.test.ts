import { describe, expect, it } from 'vitest'
import { anonymousLogin, type Login } from './access/login.ts'
import { type AuditEvent, createAudit } from './audit.ts'
import { createExternal } from './http/external.ts'
import { incomingWith } from './http/testing.ts'
import { redactedLog } from './redact.ts'

const external = createExternal({ address: '', port: 0, webRoot: '', metricsPort: undefined })

function lineOf(event: AuditEvent, given: Parameters<typeof incomingWith>[0] = {}, login?: Login): string {
  const lines: string[] = []
  const audit = createAudit({ strategy: 'token', write: (line) => lines.push(line), external, clock: () => 0 })
  audit.record(event, incomingWith(given), login)
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

const parsed = (line: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(line)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const ann: Login = { ...anonymousLogin, strategy: 'token', user: 'ann', key: 'k', sessionId: 'session-1' }
const write: AuditEvent = {
  type: 'write',
  outcome: 'success',
  verb: 'update',
  cluster: 'west',
  namespace: 'shop',
  gvk: 'networking.istio.io/v1, Kind=VirtualService',
  name: 'web',
  status: 200,
  bodySha256: 'ab12',
  bodyBytes: 17,
}

describe('a line of the audit', () => {
  it('AUTH-179: says who, what, where and how it ended', () => {
    const record = parsed(lineOf(write, { address: '192.0.2.1', requestId: 'r-7' }, ann))
    expect(record).toEqual({
      audit: true,
      ts: '1970-01-01T00:00:00.000Z',
      type: 'write',
      outcome: 'success',
      user: 'ann',
      strategy: 'token',
      cluster: 'west',
      namespace: 'shop',
      gvk: 'networking.istio.io/v1, Kind=VirtualService',
      name: 'web',
      verb: 'update',
      requestId: 'r-7',
      client: '192.0.2.1',
      sessionFp: expect.stringMatching(/^[0-9a-f]{16}$/),
      status: 200,
      bodySha256: 'ab12',
      bodyBytes: 17,
    })
  })

  it.each(['denied', 'failure'] as const)('AUTH-179: is written for what was not done as well: %s', (outcome) => {
    const record = parsed(lineOf({ type: 'login', outcome, verb: 'login', status: 401, reason: 'BIN-AUTH-TOKEN' }))
    expect(record).toMatchObject({ outcome, user: '', cluster: '', status: 401, reason: 'BIN-AUTH-TOKEN' })
  })

  it('names both under impersonation: whose credential it is, and as whom', () => {
    expect(parsed(lineOf(write, {}, { ...ann, user: 'bea', actor: 'proxy' }))).toMatchObject({
      user: 'proxy',
      impersonatedUser: 'bea',
    })
  })

  it('AUTH-65: names everybody `anonymous` where nobody logs in', () => {
    expect(parsed(lineOf(write, {}, anonymousLogin))).toMatchObject({ user: 'anonymous', cluster: 'west' })
  })

  it('AUTH-29: does not take the user from a header', () => {
    expect(lineOf(write, { headers: { 'kiali-user': 'admin' } }, ann)).not.toContain('admin')
  })

  it('AUTH-T40: names the user of the login, whatever the client calls itself', () => {
    const headers = { 'kiali-user': 'admin', 'x-request-id': 'forged', 'x-forwarded-for': '203.0.113.9' }
    const record = parsed(lineOf(write, { headers, address: '192.0.2.1', requestId: 'r-8' }, ann))
    expect(record).toMatchObject({ user: 'ann', requestId: 'r-8', client: '192.0.2.1' })
  })

  it('holds no session id and no credential', () => {
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'
    const line = lineOf({ ...write, name: `Bearer ${jwt}`, reason: `token=${jwt}` }, {}, ann)
    expect(line).not.toContain('session-1')
    expect(line).not.toContain(jwt)
  })
})

const hostile = [
  'a\r\nAUDIT: {"audit":true,"user":"admin"}',
  'a\nb',
  'a\u2028b\u2029c',
  'a\u0085b',
  '\u001b[31mred\u001b[0m',
  '\u009b31m',
  '\u202Etxt.exe',
  '\u2066isolate\u2069',
  '"},{"audit":true',
  'a\u0000b',
  '\ud800',
  '\u{1F600}',
  'x'.repeat(100_000),
  '</script><script>',
]

describe('what comes from outside', () => {
  it.each(hostile)('AUTH-T60: stays within its field and its line: %j', (text) => {
    const line = lineOf(
      { ...write, cluster: text, namespace: text, gvk: text, name: text, verb: text, reason: text, path: text },
      { address: text, requestId: text },
      { ...ann, user: text, actor: text },
    )
    // Printable ASCII, and nothing else: no line ends, no colour, no direction.
    expect(line).toMatch(/^[\x20-\x7e]+$/)
    expect(line.length).toBeLessThan(10_000)
    expect(parsed(line)).toMatchObject({ audit: true, type: 'write', outcome: 'success' })
  })

  it('AUTH-179: reads back as it was, when it is short', () => {
    const name = 'ü \u001b[31m "quoted"\r\n'
    expect(parsed(lineOf({ ...write, name })).name).toBe(name)
  })
})

describe('the stream of the audit', () => {
  it('AUTH-180: is its own: a log that writes nothing takes no line from it', () => {
    const lines: string[] = []
    const logged: string[] = []
    const log = redactedLog((level, message) => {
      if (level === 'error') logged.push(message)
    })
    const audit = createAudit({ strategy: 'token', write: (line) => lines.push(line), external, clock: () => 0 })
    for (let count = 0; count < 1000; count += 1) {
      log('info', 'not written')
      audit.record(write, incomingWith(), ann)
    }
    expect([logged.length, lines.length]).toEqual([0, 1000])
  })
})
