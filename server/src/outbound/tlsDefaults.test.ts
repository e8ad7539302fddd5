import tls from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultTlsPolicy, type TlsPolicy } from '../config/tlsPolicy.ts'
import { adoptTlsPolicy } from './tlsDefaults.ts'

const before = { ...tls }
afterEach(() => {
  const { DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE, DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION } = before
  Object.assign(tls, { DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE, DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION })
})

const only13: TlsPolicy = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
  groups: 'P-256',
}

describe('the TLS policy of the process', () => {
  it('is what Node takes for its own, until it is taken back', () => {
    const restore = adoptTlsPolicy(only13)
    expect([tls.DEFAULT_MIN_VERSION, tls.DEFAULT_CIPHERS, tls.DEFAULT_ECDH_CURVE]).toEqual([
      'TLSv1.3',
      'TLS_AES_128_GCM_SHA256',
      'P-256',
    ])
    restore()
    expect([tls.DEFAULT_MIN_VERSION, tls.DEFAULT_CIPHERS, tls.DEFAULT_ECDH_CURVE]).toEqual([
      before.DEFAULT_MIN_VERSION,
      before.DEFAULT_CIPHERS,
      before.DEFAULT_ECDH_CURVE,
    ])
  })

  it('does not lower what Node was started with', () => {
    tls.DEFAULT_MIN_VERSION = 'TLSv1.3'
    adoptTlsPolicy(defaultTlsPolicy)
    expect(tls.DEFAULT_MIN_VERSION).toBe('TLSv1.3')
  })

  it('raises what Node was started with', () => {
    tls.DEFAULT_MIN_VERSION = 'TLSv1'
    adoptTlsPolicy(defaultTlsPolicy)
    expect(tls.DEFAULT_MIN_VERSION).toBe('TLSv1.2')
  })
})
