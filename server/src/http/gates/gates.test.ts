import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../../access/anonymous.ts'
import type { AuditEvent } from '../../audit.ts'
import { loadConfig } from '../../config/load.ts'
import { BinocleError } from '../../errors.ts'
import { createExternal } from '../external.ts'
import { incomingWith, requestOf } from '../testing.ts'
import { gatesOf } from './gates.ts'

const { config } = loadConfig({ file: { name: 'c.yaml', text: 'server: {rate_limits: {logins_per_minute: 1}}' } })
const records: AuditEvent[] = []
const gates = gatesOf(config, {
  audit: { record: (event) => records.push(event) },
  external: createExternal(config.server),
  nowMs: () => 0,
})
const host = { host: 'localhost' }

describe('what is refused before it is decided', () => {
  it('AUTH-179: is in the audit when it comes from another site', () => {
    records.splice(0)
    const incoming = incomingWith({ method: 'POST', headers: { ...host, 'sec-fetch-site': 'cross-site' } })
    expect(() => gates.gates.map((gate) => gate(incoming, { path: '/api/authenticate' }))).toThrow()
    expect(records).toEqual([
      { type: 'login', outcome: 'denied', verb: 'post', status: 403, reason: 'BIN-REQUEST-ORIGIN' },
    ])
  })

  it('AUTH-179: is in the audit when somebody tries to log in too often', async () => {
    records.splice(0)
    const [login] = gates.guard([
      {
        method: 'POST',
        path: '/api/authenticate',
        auth: 'none',
        handle: () => {
          throw new BinocleError('BIN-AUTH-TOKEN', 'no')
        },
      },
    ])
    const statuses: number[] = []
    for (const body of ['token=a', 'token=b']) {
      const tried = Promise.resolve(login?.handle(requestOf(anonymousViewer, { method: 'POST', body, headers: host })))
      await tried.catch((error: unknown) => statuses.push(error instanceof BinocleError ? error.status : 0))
    }
    expect(statuses).toEqual([401, 429])
    expect(records).toEqual([
      { type: 'login', outcome: 'denied', verb: 'login', status: 429, reason: 'BIN-REQUEST-RATE' },
    ])
  })
})

describe('their order', () => {
  it('is: names first, so that another name learns nothing of what else is wrong', () => {
    const incoming = incomingWith({ method: 'POST', headers: { host: 'evil.example', 'sec-fetch-site': 'cross-site' } })
    const [first = () => {}] = gates.gates
    expect(() => first(incoming, { path: '/api/x' })).toThrow('does not answer to this host name')
  })
})
