/** The sessions that a request carries: that of the home cluster, and those of other clusters that belong to it. */
import type { ClusterName } from '@binocle/api/identity'
import type { Incoming } from '../../http/incoming.ts'
import { noKey } from '../noKey.ts'
import type { Session, Sessions } from '../sessions.ts'

export interface HeldToken {
  readonly session: Session
  readonly token: string
  /** As known when the session began. */
  readonly user: string
  /** Nobody logged in here to get it: it is not ours to end. */
  readonly foreign: boolean
}

export interface Held {
  readonly home: HeldToken
  readonly others: readonly HeldToken[]
}

/** What a session keeps. `home`: id of the session at home to which another cluster's belongs. */
export const payloadOf = (
  token: string,
  user: string,
  more: { readonly home?: string; readonly foreign?: true } = {},
) => ({ access_token: token, user, ...more })

/** undefined: a session that we did not write so. */
export function tokenIn(session: Session): HeldToken | undefined {
  const { access_token: token, foreign, user } = session.payload
  if (typeof token !== 'string' || token === '' || typeof user !== 'string') return undefined
  return { session, token, user, foreign: foreign === true }
}

/**
 * undefined: nobody is logged in at home, whatever else there is. A session of another cluster that belongs to another
 * one at home is somebody else's, and goes. Throws BIN-AUTH-UNAVAILABLE.
 */
export function heldBy(
  incoming: Incoming,
  sessions: Sessions,
  home: ClusterName,
  others: readonly ClusterName[],
): Held | undefined {
  const read = sessions.read(incoming, home)
  if (read.state === 'unavailable') throw noKey()
  const own = read.state === 'open' ? tokenIn(read.session) : undefined
  if (own === undefined) return undefined
  const beside: HeldToken[] = []
  for (const cluster of others) {
    const other = sessions.read(incoming, cluster)
    if (other.state === 'absent') continue
    const belongs = other.state === 'open' && other.session.payload.home === own.session.sessionId
    const held = belongs ? tokenIn(other.session) : undefined
    if (held === undefined) sessions.clear(incoming, cluster)
    else beside.push(held)
  }
  return { home: own, others: beside }
}
