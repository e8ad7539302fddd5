/**
 * Is this id_token valid, for us, now, and for this very login? The complete list of OpenID Connect Core 3.1.3.7, in
 * both modes of access: with RBAC the clusters check the token once more, but the name, the domain and the end of the
 * session are taken from it here (reference: auth.md 6.4.6).
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { compactVerify, decodeProtectedHeader, importJWK, type JWTPayload } from 'jose'
import { hashOf, signingAlgorithms } from './algorithms.ts'
import { OpenIdError } from './failure.ts'
import type { Keys } from './keys.ts'

/** Instead of a nonce: the token comes from a login that was not ours, so that neither its nonce nor its age is known. */
export const anyLogin: unique symbol = Symbol('any login')

export interface Expected {
  readonly issuer: string
  readonly clientId: string
  readonly signingAlgs: readonly string[]
  /** The `nonce` parameter of the authorization request. */
  readonly nonce: string | typeof anyLogin
  /** What came with the id_token: its hash is checked where the token holds one. */
  readonly accessToken?: string
  /** Of `additional_request_params`: the login must not be older. */
  readonly maxAgeS?: number
  /** Of `additional_request_params`: the login must be of one of these classes. */
  readonly acrValues?: readonly string[]
  readonly usernameClaim: string
}

export interface IdToken {
  readonly claims: JWTPayload
  readonly subject: string
  /** `username_claim`: for people to read, nothing is decided by it. */
  readonly username: string
  /** Unix ms. */
  readonly expiresAtMs: number
}

const leewayS = 60
/** A token that we ask for is issued for us, just now. */
const oldestS = 600

/** Rejects with OpenIdError `token`, or `idp` where the keys cannot be fetched. `nowMs`: Unix ms. */
export async function validateIdToken(token: string, expected: Expected, keys: Keys, nowMs: number): Promise<IdToken> {
  const alg = algorithmOf(token, expected.signingAlgs)
  const claims = await verified(token, alg, keys)
  const nowS = nowMs / 1000
  audience(claims, expected)
  times(claims, expected, nowS)
  if (expected.nonce !== anyLogin && !equal(claims.nonce, expected.nonce)) refuse('its nonce is not that of this login')
  if (expected.accessToken !== undefined && claims.at_hash !== undefined)
    if (!equal(claims.at_hash, halfHash(alg, expected.accessToken))) refuse('its at_hash is of another access token')
  if (expected.acrValues !== undefined && !expected.acrValues.some((acr) => acr === claims.acr))
    refuse('its acr is none of those asked for')
  const { sub } = claims
  if (typeof sub !== 'string' || sub === '') return refuse('it has no sub')
  const username = claims[expected.usernameClaim]
  if (typeof username !== 'string' || username.trim() === '')
    return refuse(`it has no text in the claim ${JSON.stringify(expected.usernameClaim)}`)
  return { claims, subject: sub, username, expiresAtMs: numberOf(claims, 'exp') * 1000 }
}

function refuse(why: string, cause?: unknown): never {
  throw new OpenIdError('token', `the id_token is refused: ${why}`, cause)
}

/** `jku`, `jwk` and `x5u` of the header are not looked at: keys come from the provider's metadata alone. */
function algorithmOf(token: string, allowed: readonly string[]): string {
  const { alg, crit } = headerOf(token)
  if (crit !== undefined) refuse('its header demands an extension')
  const known = signingAlgorithms.find((each) => each === alg)
  if (known === undefined || !allowed.includes(known)) return refuse('its algorithm is not one of signing_algs')
  return known
}

function headerOf(token: string): ReturnType<typeof decodeProtectedHeader> {
  try {
    return decodeProtectedHeader(token)
  } catch (cause) {
    return refuse('it is no JWT', cause)
  }
}

async function verified(token: string, alg: string, keys: Keys): Promise<JWTPayload> {
  const { kid } = headerOf(token)
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) refuse('its kid is no text')
  const key = await keys.keyFor({ alg, ...(kid === undefined ? {} : { kid }) })
  try {
    const { payload } = await compactVerify(token, await importJWK({ ...key, alg }), { algorithms: [alg] })
    return claimsOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
  } catch (cause) {
    return refuse('its signature is not that of the provider, or it is no JWT', cause)
  }
}

function claimsOf(value: unknown): JWTPayload {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no claims')
  return { ...value }
}

function audience(claims: JWTPayload, { issuer, clientId }: Expected): void {
  const { iss, aud, azp } = claims
  if (iss !== issuer) refuse('its iss is another')
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!audiences.includes(clientId)) refuse('it is for another audience')
  if (audiences.length > 1 && azp === undefined) refuse('it has several audiences and no azp')
  if (azp !== undefined && azp !== clientId) refuse('it was issued to another client')
}

function times(claims: JWTPayload, { maxAgeS, nonce }: Expected, nowS: number): void {
  // No leeway at the end: a session ends with its token, and would be over before it began.
  if (numberOf(claims, 'exp') <= nowS) refuse('it is expired')
  const issuedAtS = numberOf(claims, 'iat')
  if (issuedAtS > nowS + leewayS) refuse('it was issued in the future')
  if (nonce !== anyLogin && issuedAtS < nowS - oldestS) refuse('it was issued long ago')
  if (claims.nbf !== undefined && numberOf(claims, 'nbf') > nowS + leewayS) refuse('it is not valid yet')
  if (maxAgeS !== undefined && numberOf(claims, 'auth_time') + maxAgeS + leewayS < nowS)
    refuse('the login is older than max_age')
}

function numberOf(claims: JWTPayload, name: string): number {
  const value = claims[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(`it has no number in ${name}`)
}

function halfHash(alg: string, accessToken: string): string {
  const digest = createHash(hashOf(alg)).update(accessToken, 'ascii').digest()
  return digest.subarray(0, digest.length / 2).toString('base64url')
}

function equal(value: unknown, expected: string): boolean {
  if (typeof value !== 'string' || expected === '') return false
  const [given, wanted] = [Buffer.from(value), Buffer.from(expected)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
