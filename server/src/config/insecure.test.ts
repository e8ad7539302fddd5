import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { insecurities, refuseUnverifiedTls } from './insecure.ts'
import { loadConfig } from './load.ts'

const found = (text: string) =>
  insecurities(loadConfig({ file: { name: 'config.yaml', text } }).config).map(({ message }) => message.split(':')[0])

describe('switched-off protections', () => {
  it('are none by default', () => expect(found('')).toEqual([]))

  it.each([
    'external_services: {prometheus: {auth: {insecure_skip_verify: true}}}',
    'external_services: {prometheus: {auth: {type: bearer, token: x}}}',
    'external_services: {prometheus: {custom_headers: {X-Tenant: x}}}',
    'clustering: {allow_insecure_tls: [west]}',
    'clustering: {allow_loopback: true}',
    'clustering: {enable_exec_provider: true}',
    'credentials: {allow_world_readable: true}',
    'auth: {development: true}',
  ])('AUTH-14: are named: %s', (text) => {
    expect(found(text)).toHaveLength(1)
  })

  it('AUTH-14: are named without what was written', () => {
    const text = 'external_services: {prometheus: {auth: {type: bearer, token: c4nary}, custom_headers: {A: c4nary}}}'
    const { config } = loadConfig({ file: { name: 'config.yaml', text } })
    expect(JSON.stringify(insecurities(config))).not.toContain('c4nary')
  })

  it('are none where a credential goes to Prometheus over TLS, or stays on this machine', () => {
    for (const url of ['https://prometheus.example', 'http://127.0.0.1:9090', 'http://localhost:9090']) {
      expect(found(`external_services: {prometheus: {url: "${url}", auth: {type: bearer, token: x}}}`)).toEqual([])
    }
  })

  it('AUTH-13: are refused where Node itself would verify nothing', () => {
    expect(() => refuseUnverifiedTls({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toThrow(BinocleError)
    expect(() => refuseUnverifiedTls({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).not.toThrow()
    expect(() => refuseUnverifiedTls({})).not.toThrow()
  })
})
