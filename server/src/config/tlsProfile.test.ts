import { describe, expect, it } from 'vitest'
import { tlsPolicyOf } from './tlsPolicy.ts'
import { profileWishes } from './tlsProfile.ts'

const object = (tlsSecurityProfile?: object) => ({
  apiVersion: 'config.openshift.io/v1',
  kind: 'APIServer',
  metadata: { name: 'cluster' },
  spec: tlsSecurityProfile === undefined ? {} : { tlsSecurityProfile },
})

const policy = (tlsSecurityProfile?: object) => {
  const wishes = profileWishes(object(tlsSecurityProfile))
  return wishes && tlsPolicyOf(wishes, () => true).policy
}

const twelve = ['TLSv1.2', 'TLSv1.3']

describe('a TLS profile of OpenShift', () => {
  it.each<[string, object | undefined, readonly string[], RegExp | undefined]>([
    ['Intermediate', { type: 'Intermediate' }, twelve, /^ECDHE-ECDSA-AES128-GCM-SHA256:.*CHACHA20-POLY1305:TLS_AES/],
    ['none, which is Intermediate', undefined, twelve, /^ECDHE-ECDSA-AES128-GCM-SHA256:/],
    ['Modern', { type: 'Modern' }, ['TLSv1.3', 'TLSv1.3'], undefined],
    [
      'Custom',
      { type: 'Custom', custom: { minTLSVersion: 'VersionTLS12', ciphers: ['ECDHE-RSA-AES128-GCM-SHA256', 'NEW'] } },
      twelve,
      /^ECDHE-RSA-AES128-GCM-SHA256:TLS_AES/,
    ],
    [
      'Custom with 1.3',
      { type: 'Custom', custom: { minTLSVersion: 'VersionTLS13' } },
      ['TLSv1.3', 'TLSv1.3'],
      undefined,
    ],
  ])('AUTH-163: is read: %s', (_which, profile, versions, ciphers) => {
    const read = policy(profile)
    expect([read?.minVersion, read?.maxVersion]).toEqual(versions)
    if (ciphers === undefined) expect(read?.ciphers).toBeUndefined()
    else expect(read?.ciphers).toMatch(ciphers)
  })

  it('AUTH-163: that asks for TLS 1.0 is refused: Old', () => {
    expect(() => policy({ type: 'Old' })).toThrow('min_version "VersionTLS10" is too old to be safe')
  })

  it.each([
    ['another kind', { kind: 'Status' }],
    ['nothing', undefined],
    ['an unknown profile', object({ type: 'Newest' })],
  ])('AUTH-163: cannot be read of %s', (_what, answer) => {
    expect(profileWishes(answer)).toBeUndefined()
  })
})
