/**
 * OpenShift's TLS profile: `APIServer/cluster`, `spec.tlsSecurityProfile` (reference: auth.md 9.4). Its named profiles are
 * those of the cluster's own documentation; what they say becomes wishes like any other.
 */
import type { TlsWishes } from './tlsPolicy.ts'

/** Of the object as the API gives it. Without a profile it is `Intermediate`; undefined = it is not such an object. */
export function profileWishes(object: unknown): TlsWishes | undefined {
  if (fieldOf(object, 'kind') !== 'APIServer') return undefined
  const profile = fieldOf(fieldOf(object, 'spec'), 'tlsSecurityProfile')
  const type = fieldOf(profile, 'type') ?? 'Intermediate'
  if (type === 'Custom') {
    const custom = fieldOf(profile, 'custom')
    const minVersion = fieldOf(custom, 'minTLSVersion')
    return {
      ...nothing,
      minVersion: typeof minVersion === 'string' ? minVersion : '',
      ciphers: texts(fieldOf(custom, 'ciphers')),
    }
  }
  return typeof type === 'string' ? named[type] : undefined
}

const nothing: TlsWishes = { minVersion: '', maxVersion: '', ciphers: [], groups: [] }

const intermediate = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
]

const named: Readonly<Record<string, TlsWishes>> = {
  // It asks for TLS 1.0, which is refused where versions are read.
  Old: { ...nothing, minVersion: 'VersionTLS10' },
  Intermediate: { ...nothing, minVersion: 'VersionTLS12', ciphers: intermediate },
  Modern: { ...nothing, minVersion: 'VersionTLS13' },
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
