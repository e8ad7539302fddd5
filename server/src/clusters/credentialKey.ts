/**
 * Whose answers are whose: a key of a credential that two credentials share only when they are the same in everything
 * that may change an answer. Caches of clients and of decisions are keyed by it, never by a token or a name.
 */
import { createHmac } from 'node:crypto'
import type { ClusterCredential, Impersonation } from './credential.ts'

export type CredentialKey = (credential: ClusterCredential) => string

/**
 * `secret`: of this process, so that a key says nothing to whoever sees it. Throws for a bearer without a token: it
 * would be nobody's, and equal to every other one.
 */
export function credentialKeys(secret: Uint8Array): CredentialKey {
  /** One person is asked about in all clusters in a row. */
  let last: { readonly identity: string; readonly digest: string } | undefined
  return (credential) => {
    const identity = canonical(credential)
    if (last?.identity !== identity)
      last = { identity, digest: createHmac('sha256', secret).update(identity).digest('base64url') }
    return `${last.digest}.${credential.cluster}`
  }
}

/**
 * Without the cluster. Every part with its length before it, and every list with the number of its parts: no two lists of parts are written
 * alike. Groups and extras count as sets, as they do for Kubernetes.
 */
function canonical(credential: ClusterCredential): string {
  switch (credential.kind) {
    case 'console':
      return parts([credential.kind])
    case 'bearer': {
      if (credential.token === '') throw new Error('a credential without a token is nobody’s')
      const { impersonate, token } = credential
      return parts([credential.kind, token, impersonate === undefined ? '' : identity(impersonate)])
    }
    case 'impersonated':
      return parts([credential.kind, identity(credential.impersonate)])
  }
}

function identity({ user, groups, uid, extra = {} }: Impersonation): string {
  const extras = Object.entries(extra).map(([key, values]) => parts([key, parts(asSet(values))]))
  return parts([user, parts(asSet(groups)), uid === undefined ? '' : parts([uid]), parts(extras.sort())])
}

const asSet = (values: readonly string[]): readonly string[] => [...new Set(values)].sort()

const parts = (values: readonly string[]): string =>
  `${values.length};${values.map((value) => `${value.length}:${value}`).join('')}`
