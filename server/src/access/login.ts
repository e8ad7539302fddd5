/**
 * Who asks, and as whom each cluster is asked for them. A strategy (`auth/`) makes a `Login` of a request; `access/`
 * makes a `Viewer` of a login. No part of it is ever sent to a client.
 */
import type { AuthStrategy } from '@binocle/api/auth'
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterCredential } from '../clusters/credential.ts'

export type { ClusterCredential, Impersonation } from '../clusters/credential.ts'

export interface Login {
  readonly strategy: AuthStrategy
  /** For the page and the audit. */
  readonly user: string
  /** Under impersonation: whose credential it really is. */
  readonly actor?: string
  /**
   * Two logins of the same identity, and no others, have the same key: keyed, domain-separated, made of everything that
   * may change an answer (kind, token, user, groups, uid, extras), each with its length. Never of nothing.
   */
  readonly key: string
  /** New at each login; '' where there is none. Keys what is kept per session. */
  readonly sessionId: string
  /** Unix ms; absent = the login does not end by itself. */
  readonly expiresAt?: number
  /** undefined = no credential for that cluster: it is not there for this person. */
  on(cluster: ClusterName): ClusterCredential | undefined
}

/** Everybody, where nobody logs in: the console's own account in every cluster. */
export const anonymousLogin: Login = {
  strategy: 'anonymous',
  user: 'anonymous',
  key: 'anonymous',
  sessionId: '',
  on: (cluster) => ({ cluster, kind: 'console' }),
}
