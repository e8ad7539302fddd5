/** Which key can have signed with which algorithm. Only asymmetric ones: a shared secret proves nothing about its issuer. */
import type { JWK } from 'jose'

/** What `auth.openid.signing_algs` may name. */
export const signingAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const

const smallestRsaBytes = 256

/** Can `key` verify what says it was signed with `alg`? RFC 7517 4: by type, curve, use and the key's own algorithm. */
export function suits(key: JWK, alg: string): boolean {
  if (key.use !== undefined && key.use !== 'sig') return false
  if (key.key_ops !== undefined && !(Array.isArray(key.key_ops) && key.key_ops.includes('verify'))) return false
  if (key.alg !== undefined && key.alg !== alg) return false
  if (/^[RP]S(256|384|512)$/.test(alg)) return key.kty === 'RSA' && modulusBytes(key.n) >= smallestRsaBytes
  if (alg === 'EdDSA') return key.kty === 'OKP' && key.crv === 'Ed25519'
  return key.kty === 'EC' && key.crv === curves[alg]
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function modulusBytes(modulus: unknown): number {
  if (typeof modulus !== 'string') return 0
  const bytes = Buffer.from(modulus, 'base64url')
  return (
    bytes.length -
    Math.max(
      0,
      bytes.findIndex((byte) => byte !== 0),
    )
  )
}

/** The hash that `at_hash` is made with (OpenID Connect Core 3.1.3.6). */
export const hashOf = (alg: string): string => {
  if (alg === 'EdDSA') return 'sha512'
  return `sha${alg.slice(2)}`
}
