import { describe, expect, it } from 'vitest'
import { BinocleError } from '../../errors.ts'
import { createExternal } from '../external.ts'
import { incomingWith } from '../testing.ts'
import { hostGate } from './hostGate.ts'

const server = {
  address: '0.0.0.0',
  port: 20001,
  webRoot: '',
  metricsPort: undefined,
  external: { host: 'mesh.example.com' },
  hostAliases: ['alias.example.com', '*.apps.example.com'],
  trustedProxies: ['10.0.0.9'],
}
const deployment = { clusterWideAccess: true, viewOnlyMode: false, namespace: 'istio-system', instanceName: 'kiali' }
const gate = hostGate({ server, deployment }, createExternal(server))

function answerTo(headers: Record<string, string>, path = '/api/status', address = '192.0.2.1'): number {
  try {
    gate(incomingWith({ headers, address }), { path })
    return 200
  } catch (error) {
    return error instanceof BinocleError ? error.status : 500
  }
}

describe('the names of the console', () => {
  it.each([
    'mesh.example.com',
    'MESH.example.com:443',
    'alias.example.com',
    'a.apps.example.com',
    'localhost:20001',
    '127.0.0.1',
    '192.0.2.10:8080',
    '[::1]:20001',
    'kiali.istio-system',
    'kiali.istio-system.svc',
    'kiali.istio-system.svc.cluster.local:20001',
  ])('are answered: %s', (host) => {
    expect(answerTo({ host })).toBe(200)
  })

  it.each([
    'evil.example',
    'mesh.example.com.evil.example',
    'apps.example.com',
    'xapps.example.com',
    'kiali.istio-system.svc.evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'user@mesh.example.com',
    '',
  ])('AUTH-169: are no others: %j is 421', (host) => {
    expect(answerTo({ host })).toBe(421)
  })

  it('do not matter to a probe', () => {
    expect(answerTo({ host: '' }, '/healthz')).toBe(200)
  })

  it('AUTH-T37: are not changed by a header of a client, and are by one of a trusted proxy', () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'mesh.example.com' }
    expect(answerTo(headers)).toBe(421)
    expect(answerTo(headers, '/api/status', '10.0.0.9')).toBe(200)
    expect(answerTo({ host: '10.0.0.1', 'x-forwarded-host': 'evil.example' }, '/api/status', '10.0.0.9')).toBe(421)
  })
})
