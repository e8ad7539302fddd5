import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { type TlsWishes, tlsPolicyOf } from './tlsPolicy.ts'

const nothing: TlsWishes = { minVersion: '', maxVersion: '', ciphers: [], groups: [] }
const works = (name: string): boolean => !name.includes('MLKEM')
const suites = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'

describe('the TLS policy', () => {
  it.each<[string, Partial<TlsWishes>, object]>([
    ['nothing is said', {}, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' }],
    ['1.3 is the least', { minVersion: 'TLSv1.3' }, { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' }],
    [
      "versions are spelled Go's way",
      { minVersion: 'VersionTLS12', maxVersion: 'VersionTLS12' },
      { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
    ],
    ['versions are spelled short', { minVersion: 'TLS1.3' }, { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' }],
    [
      "ciphers have IANA's names",
      { ciphers: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'] },
      {
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
        ciphers: `ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:${suites}`,
      },
    ],
    [
      "ciphers have OpenSSL's names",
      { ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'] },
      { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', ciphers: `ECDHE-RSA-AES256-GCM-SHA384:${suites}` },
    ],
    [
      'ciphers are named and 1.3 is the least: they say nothing then',
      { minVersion: 'TLSv1.3', ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'] },
      { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
    ],
    [
      'groups are named',
      { groups: ['X25519', 'secp256r1', 'secp384r1'] },
      { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', groups: 'X25519:P-256:P-384' },
    ],
  ])('when %s', (_when, wishes, policy) => {
    expect(tlsPolicyOf({ ...nothing, ...wishes }, works)).toEqual({ policy, unknown: [] })
  })

  it('leaves out names that nobody here knows, and tells of them', () => {
    const wishes = {
      ...nothing,
      ciphers: ['NEW-CIPHER', 'ECDHE-RSA-AES128-GCM-SHA256'],
      groups: ['X25519MLKEM768', 'X25519'],
    }
    expect(tlsPolicyOf(wishes, works)).toEqual({
      policy: {
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
        ciphers: `ECDHE-RSA-AES128-GCM-SHA256:${suites}`,
        groups: 'X25519',
      },
      unknown: ['X25519MLKEM768', 'NEW-CIPHER'],
    })
  })

  it.each<[Partial<TlsWishes>, string]>([
    [{ minVersion: 'TLSv1.0' }, 'min_version "TLSv1.0" is too old to be safe.'],
    [{ minVersion: 'VersionTLS11' }, 'min_version "VersionTLS11" is too old to be safe.'],
    [{ maxVersion: 'TLSv1.1' }, 'max_version "TLSv1.1" is too old to be safe.'],
    [{ minVersion: 'tls13' }, 'min_version "tls13" is no version of TLS.'],
    [{ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }, 'max_version is below min_version.'],
    [{ ciphers: ['NULL-SHA256'] }, 'none of cipher_suites is known here: NULL-SHA256.'],
    [{ ciphers: ['TLS_RSA_WITH_RC4_128_SHA'] }, 'none of cipher_suites is known here: TLS_RSA_WITH_RC4_128_SHA.'],
    [{ groups: ['X25519MLKEM768'] }, 'none of groups is known here: X25519MLKEM768.'],
    [{ groups: ['sect283k1'] }, 'none of groups is known here: sect283k1.'],
  ])('refuses %j', (wishes, words) => {
    const refusal = (() => {
      try {
        tlsPolicyOf({ ...nothing, ...wishes }, works)
      } catch (error) {
        return error instanceof BinocleError ? `${error.code} ${error.message}` : String(error)
      }
      return 'nothing'
    })()
    expect(refusal).toBe(`BIN-CONFIG-TLS deployment.tls_config: ${words}`)
  })
})
