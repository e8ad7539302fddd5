/** Who may knock: bearer tokens and the users they stand for. Tokens can be added and revoked while the server runs. */

export interface Identity {
  readonly token: string
  readonly user: string
  readonly uid?: string
  readonly groups: readonly string[]
  /** Unix ms by the server's clock; absent = never. */
  readonly expiresAtMs?: number
}

/** The one who asks, as authorization sees him. */
export interface Viewer {
  readonly user: string
  readonly uid?: string
  readonly groups: readonly string[]
}

export interface Identities {
  /** Undefined: the token is unknown, revoked or expired. */
  viewerOf(token: string): Viewer | undefined
  add(identity: Identity): void
  revoke(token: string): void
}

/** Who shows no token at all. */
export const anonymous: Viewer = { user: 'system:anonymous', groups: ['system:unauthenticated'] }

export function createIdentities(initial: readonly Identity[], clock: () => number): Identities {
  const byToken = new Map(initial.map((identity) => [identity.token, identity]))
  return {
    viewerOf(token) {
      const identity = byToken.get(token)
      if (!identity || (identity.expiresAtMs !== undefined && identity.expiresAtMs <= clock())) return undefined
      return authenticated(identity)
    },
    add: (identity) => void byToken.set(identity.token, identity),
    revoke: (token) => void byToken.delete(token),
  }
}

/** With the groups that every user and every service account has. */
export function authenticated({ user, uid, groups }: Viewer): Viewer {
  const parts = user.split(':')
  const account =
    user.startsWith('system:serviceaccount:') && parts.length === 4
      ? ['system:serviceaccounts', `system:serviceaccounts:${parts[2]}`]
      : []
  return {
    user,
    ...(uid === undefined ? {} : { uid }),
    groups: [...new Set([...groups, ...account, 'system:authenticated'])],
  }
}
