/**
 * What the way back from a login left in the address. It only chooses one of our own words: anybody can write such an
 * address, so that nothing of it is ever shown, and all of it is taken away at once.
 */

/** Why a login failed elsewhere, as the server says it; `other`: any text that is not one of its words. */
export type LoginFailure = (typeof words)[number] | 'other'

const words = ['domain', 'forbidden', 'idp', 'state', 'timeout', 'token', 'unavailable'] as const

export interface LoginAnswer {
  readonly failure?: LoginFailure
  /** As written; to be compared with the names of clusters, never to be shown. */
  readonly cluster?: string
}

/** Kiali's names, those of OAuth answers, and a token that may have come along. */
const failing = ['openid_error', 'openshift_error', 'error', 'error_description'] as const
const secret = ['code', 'state', 'session_state', 'iss', 'oauth_token'] as const

/** `search` and `hash` as `location` has them. The rest is what the address should be. */
export function loginAnswer(search: string, hash: string): { answer: LoginAnswer; search: string; hash: string } {
  const query = new URLSearchParams(search)
  const failed = failing.find((name) => query.has(name))
  const cluster = query.has('openshift_error') ? (query.get('cluster') ?? undefined) : undefined
  const mine = [...failing, ...secret, ...(query.has('openshift_error') ? ['cluster'] : [])].filter((name) =>
    query.has(name),
  )
  for (const name of mine) query.delete(name)
  return {
    answer: failed === undefined ? {} : { failure: wordOf(search, failed), ...(cluster ? { cluster } : {}) },
    // What we do not touch stays as it was written.
    search: mine.length === 0 ? search : query.size === 0 ? '' : `?${query}`,
    hash: /(^#|&)(access_token|code|error|id_token|state)=/.test(hash) ? '' : hash,
  }
}

function wordOf(search: string, name: string): LoginFailure {
  const said = new URLSearchParams(search).get(name)
  return words.find((word) => word === said) ?? 'other'
}
