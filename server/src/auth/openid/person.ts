/**
 * Who has logged in, as the session keeps them, and the credential that each cluster is shown for them. With RBAC that
 * is their own token; without it the console's account of that very cluster, and their token goes nowhere.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { ClusterName } from '@binocle/api/identity'
import { decodeJwt } from 'jose'
import type { ClusterCredential, Login } from '../../access/login.ts'
import type { OpenIdConfig } from '../../config/auth.ts'
import { isRecord } from '../../inventory/json.ts'
import type { ExchangedToken } from './provider.ts'

export interface Person {
  readonly issuer: string
  readonly subject: string
  /** For people to read. */
  readonly username: string
  /** What Kubernetes is shown; without RBAC only a hint for logging out. */
  readonly token: string
  /** Where `token` is another one: the hint for logging out. */
  readonly idToken?: string
  /** Of clusters with an audience of their own. */
  readonly tokens?: Readonly<Record<ClusterName, ExchangedToken>>
}

/** Field names as Kiali's where it has them. */
export const payloadOf = ({ issuer, subject, username, token, idToken, tokens }: Person): Record<string, unknown> => ({
  issuer,
  subject,
  username,
  token,
  ...(idToken === undefined ? {} : { id_token: idToken }),
  ...(tokens === undefined ? {} : { tokens }),
})

/** undefined: no payload of ours, or its token is another person's. */
export function personOf(payload: Readonly<Record<string, unknown>>): Person | undefined {
  const { issuer, subject, username, token, id_token: idToken, tokens } = payload
  if (typeof issuer !== 'string' || typeof subject !== 'string' || typeof username !== 'string') return undefined
  if (typeof token !== 'string' || token === '' || subject === '') return undefined
  if (idToken !== undefined && typeof idToken !== 'string') return undefined
  if (subjectIn(idToken ?? token) !== subject) return undefined
  return {
    issuer,
    subject,
    username,
    token,
    ...(idToken === undefined ? {} : { idToken }),
    ...(isRecord(tokens) ? { tokens: exchangedOf(tokens) } : {}),
  }
}

export interface Standing {
  readonly sessionId: string
  /** Unix ms. */
  readonly expiresAt: number
  readonly nowMs: number
}

export function loginOfPerson(
  person: Person,
  settings: Pick<OpenIdConfig, 'clusterAudience' | 'clusters' | 'disableRbac'>,
  { sessionId, expiresAt, nowMs }: Standing,
): Login {
  const { issuer, subject, token, tokens = {}, username } = person
  const on = (cluster: ClusterName): ClusterCredential | undefined => {
    if (settings.disableRbac) return { cluster, kind: 'console' }
    // It believes another provider: see `clusterLogins.ts`.
    if (Object.hasOwn(settings.clusters, cluster)) return undefined
    if (!Object.hasOwn(settings.clusterAudience, cluster)) return { cluster, kind: 'bearer', token }
    const own = Object.hasOwn(tokens, cluster) ? tokens[cluster] : undefined
    if (own === undefined || (own.expiresAtMs !== undefined && own.expiresAtMs <= nowMs)) return undefined
    return { cluster, kind: 'bearer', token: own.token }
  }
  const usable = Object.entries(tokens).filter(([cluster]) => on(cluster) !== undefined)
  const shown = settings.disableRbac ? [] : [token, ...usable.flatMap(([cluster, own]) => [cluster, own.token])]
  return { strategy: 'openid', user: username, key: keyOf([issuer, subject, ...shown]), sessionId, expiresAt, on }
}

/** When a cluster stops taking what it is shown, Unix ms. */
export const endsOn = (person: Person, cluster: ClusterName, expiresAt: number): number =>
  Math.min(expiresAt, person.tokens?.[cluster]?.expiresAtMs ?? expiresAt)

const processKey = randomBytes(32)

/** Each part with its length before it: no two lists are written alike. */
export const keyOf = (parts: readonly string[]): string =>
  createHmac('sha256', processKey)
    .update(['openid', ...parts].map((part) => `${part.length}:${part}`).join(''))
    .digest('base64url')

function subjectIn(token: string): unknown {
  try {
    return decodeJwt(token).sub
  } catch {
    return undefined
  }
}

const exchangedOf = (tokens: Readonly<Record<string, unknown>>): Record<ClusterName, ExchangedToken> =>
  Object.fromEntries(
    Object.entries(tokens).flatMap(([cluster, own]) => {
      if (!isRecord(own) || typeof own.token !== 'string' || own.token === '') return []
      const { token, expiresAtMs } = own
      return [[cluster, { token, ...(typeof expiresAtMs === 'number' ? { expiresAtMs } : {}) }]]
    }),
  )
