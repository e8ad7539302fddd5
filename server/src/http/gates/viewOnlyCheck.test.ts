import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../../access/anonymous.ts'
import { anonymousLogin } from '../../access/login.ts'
import type { AuditEvent } from '../../audit.ts'
import { loadConfig } from '../../config/load.ts'
import { incomingWith } from '../testing.ts'
import { viewOnlyCheck, viewOnlyReason } from './viewOnlyCheck.ts'

const records: [AuditEvent, string | undefined][] = []
const reasonOf = (text: string) => viewOnlyReason(loadConfig({ file: { name: 'x', text } }).config)
const check = viewOnlyCheck(
  { record: (event, _incoming, login) => records.push([event, login?.user]) },
  reasonOf('deployment: {view_only_mode: true}') ?? { message: '', remedy: '' },
)
const viewer = { ...anonymousViewer, login: anonymousLogin }
const ask = (method: string, path: string) => () => check(incomingWith({ method }), { path }, viewer)

describe('in view-only mode', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('AUTH-151: %s is refused', (method) => {
    expect(ask(method, '/api/namespaces/:namespace/istio/:group/:version/:kind/:object')).toThrow(
      'The console is in view-only mode.',
    )
  })

  it.each([
    ['GET', '/api/namespaces'],
    ['POST', '/api/authenticate'],
    ['POST', '/api/logout'],
    ['POST', '/api/multicluster/clusters/:cluster/retry'],
    ['POST', '/api/stats/metrics'],
  ])('%s %s goes on', (method, path) => {
    expect(ask(method, path)).not.toThrow()
  })

  it('who tried is named in the audit', () => {
    records.splice(0)
    expect(ask('DELETE', '/api/x')).toThrow()
    expect(records).toEqual([
      [{ type: 'write', outcome: 'denied', verb: 'delete', status: 403, reason: 'BIN-VIEW-ONLY' }, 'anonymous'],
    ])
  })
})

describe('where nobody logs in', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('AUTH-63: %s is refused by default', (method) => {
    const reason = reasonOf('auth: {strategy: anonymous}') ?? { message: 'none', remedy: '' }
    const open = viewOnlyCheck({ record: () => {} }, reason)
    expect(() => open(incomingWith({ method }), { path: '/api/x' }, viewer)).toThrow(
      'Nobody changes anything where nobody logs in.',
    )
  })

  it.each(['auth: {strategy: anonymous, anonymous: {allow_writes: true}}', 'auth: {strategy: token}'])(
    'changes are for the clusters to allow with %s',
    (text) => {
      expect(reasonOf(text)).toBeUndefined()
    },
  )
})
