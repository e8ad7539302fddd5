/**
 * Tokens of an OpenID provider, as kube-apiserver takes them with its `--oidc-*` flags: signature by the provider's
 * published keys, issuer, audience and times checked; the claim `sub` is the user, `groups` the groups.
 */
import { request as requestInTheOpen } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { Identities } from './identities.ts'

export interface OidcIssuer {
  /** As in the tokens; a real API server takes https alone. */
  readonly issuer: string
  /** The audience that tokens must be for. */
  readonly clientId: string
  /** PEM of who vouches for the provider. */
  readonly caPem: string
}

/** Makes the person of a valid token one of `identities`, until the token ends; leaves all others as they are. */
export type AdmitToken = (token: string) => Promise<void>

/** Asks the provider for its keys at the first token, and when none of those it knows fits. */
export function admitOidc(oidc: OidcIssuer, identities: Identities, clock: () => number): AdmitToken {
  let keys: ReturnType<typeof createLocalJWKSet> | undefined
  const verified = async (token: string, anew: boolean): Promise<JWTPayload> => {
    if (keys === undefined || anew) keys = createLocalJWKSet(await fetchKeys(oidc))
    const { payload } = await jwtVerify(token, keys, {
      issuer: oidc.issuer,
      audience: oidc.clientId,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(clock()),
    })
    return payload
  }
  return async (token) => {
    if (token.split('.').length !== 3 || identities.viewerOf(token) !== undefined) return
    try {
      const { exp, groups, sub } = await verified(token, false).catch((error: unknown) => {
        if (isUnknownKey(error)) return verified(token, true)
        throw error
      })
      if (sub === undefined || sub === '') return
      const listed = Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : []
      identities.add({ token, user: sub, groups: listed, expiresAtMs: (exp ?? 0) * 1000 })
    } catch {
      // Nobody's token: whoever shows it is told so like with any other.
    }
  }
}

const isUnknownKey = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY'

async function fetchKeys({ issuer, caPem }: OidcIssuer): Promise<JSONWebKeySet> {
  const metadata = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, caPem)
  if (!isFields(metadata) || metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string')
    throw new Error('no metadata of this issuer')
  const set = await fetchJson(metadata.jwks_uri, caPem)
  if (!isFields(set) || !Array.isArray(set.keys)) throw new Error('no keys')
  return { keys: set.keys }
}

function fetchJson(url: string, ca: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? requestOverTls : requestInTheOpen
    const asked = request(url, { ca, timeout: 5_000, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
        } catch (error) {
          reject(error)
        }
      })
    })
    asked.on('timeout', () => asked.destroy(new Error('the provider does not answer')))
    asked.on('error', reject)
    asked.end()
  })
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
