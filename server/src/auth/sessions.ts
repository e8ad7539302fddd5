/**
 * Sessions that the browser keeps: a sealed record per cluster in cookies of Kiali's names, spread over several when it
 * is long. Nothing but the cookie and the shared key is needed to read one, so that any replica serves anybody; what a
 * process remembers (who logged out, who was seen lately) only ends sessions sooner or keeps busy ones (auth.md 5).
 */
import { randomUUID } from 'node:crypto'
import type { ClusterName } from '@binocle/api/identity'
import type { AuthConfig } from '../config/auth.ts'
import { BinocleError } from '../errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { isRecord } from '../inventory/json.ts'
import {
  baseName,
  type CookieAttributes,
  chunkName,
  cookieLine,
  cookiesOf,
  countName,
  deletionLine,
  isFlowName,
  sessionName,
} from './cookies.ts'
import { Expiring } from './expiring.ts'
import { createFlows, type Flows } from './flows.ts'
import type { KeyRing } from './keyRing.ts'
import { noKey } from './noKey.ts'
import { refuseCollision, refuseInsecure, refuseOversize } from './sessionLimits.ts'

export interface Session {
  readonly cluster: ClusterName
  /** A UUID, new at each login. Never sent to a client. */
  readonly sessionId: string
  /** Unix ms. */
  readonly expiresAt: number
  /** As the strategy wrote it: to be parsed by it. */
  readonly payload: Readonly<Record<string, unknown>>
}

export type SessionRead =
  | { readonly state: 'open'; readonly session: Session }
  | { readonly state: 'absent' }
  /** Changed, expired, of another strategy, logged out, ...: over, whatever the reason. */
  | { readonly state: 'over'; readonly why: string }
  /** The key is not there now. */
  | { readonly state: 'unavailable' }

export interface Sessions extends Flows {
  /** The session of `cluster` that the request carries. Sets its cookies anew when it is time to. */
  read(incoming: Incoming, cluster: ClusterName): SessionRead
  /**
   * Begins a session in place of the one that the request carries for its cluster: a new id, cookies on the answer. It ends at `expiresAt` (Unix ms), and no later than configured.
   * Throws BIN-AUTH-TOKEN when that is over, BIN-AUTH-SIZE when the browser could not carry it, BIN-AUTH-REQUEST when it
   * may not be carried over this connection, or beside other clusters' sessions.
   */
  write(incoming: Incoming, session: Pick<Session, 'cluster' | 'expiresAt' | 'payload'>): Session
  /** Deletes the cookies of `cluster`; of all clusters when it is left out. Cookies of logins under way stay. */
  clear(incoming: Incoming, cluster?: ClusterName): void
  /** Ends what the request carries of `cluster`, or of all: copies are worth nothing from now on in this process. */
  end(incoming: Incoming, cluster?: ClusterName): readonly Session[]
  /** The same for one that was read before; its cookies stay. */
  revoke(session: Session): void
}

export interface SessionSurroundings {
  readonly auth: AuthConfig
  readonly keys: KeyRing
  readonly clock: () => number
  readonly home: () => ClusterName
  /** Of all clusters, home included. */
  readonly clusters: () => readonly ClusterName[]
  /** '' for the root. */
  readonly webRoot: string
  /** The browser reaches us over HTTPS. */
  readonly isSecure: (incoming: Incoming) => boolean
  /** Of all headers of a request, as the server accepts them. */
  readonly maxHeaderBytes: number
}

/** 3.5 KiB: with name and attributes a cookie stays below the 4 KiB that browsers keep. */
const chunkCharacters = 3584
/** How old the note of the last use may get before it is written anew. */
const touchMs = 60_000

export function createSessions(around: SessionSurroundings): Sessions {
  const { auth, keys, clock } = around
  const prefix = auth.session.cookiePrefix
  const revoked = new Expiring(100_000)
  const seen = new Expiring(20_000)
  const touched = new WeakMap<Incoming, Set<ClusterName>>()

  const bound = (cluster: ClusterName): readonly string[] => [
    sessionName(prefix, cluster),
    auth.strategy,
    around.home(),
  ]
  const attributes = (incoming: Incoming): CookieAttributes => ({
    secure: around.isSecure(incoming),
    sameSite: 'Strict',
    path: around.webRoot === '' ? '/' : around.webRoot,
  })

  function read(incoming: Incoming, cluster: ClusterName): SessionRead {
    const found = carried(incoming, cluster)
    // A stream asks again with the request that began it: that is no use of the session.
    if (found.state !== 'open' || touched.get(incoming)?.has(cluster)) return found
    touched.set(incoming, (touched.get(incoming) ?? new Set()).add(cluster))
    const now = clock()
    const { session } = found
    seen.set(session.sessionId, now, now + auth.session.idleTimeoutMs, now)
    if (!found.current || now - found.lastSeenAt >= touchMs || hasLeftover(incoming, cluster))
      set(incoming, session, now)
    return { state: 'open', session }
  }

  function carried(incoming: Incoming, cluster: ClusterName): Carried {
    const { all, doubled } = cookiesOf(incoming, prefix)
    if (doubled.size > 0) return over('a cookie came twice')
    const sealed = joined(all, cluster)
    if (sealed === undefined) return { state: 'absent' }
    if (!keys.usable()) return { state: 'unavailable' }
    const opened = sealed === '' ? undefined : keys.open('session', sealed, bound(cluster))
    const record = opened === undefined ? undefined : recordOf(opened.plain)
    if (opened === undefined || record === undefined) return over('it cannot be read')
    const now = clock()
    const { session, strategy, lastSeenAt } = record
    if (strategy !== auth.strategy || session.cluster !== cluster) return over('it is of another login')
    if (now >= session.expiresAt) return over('it has expired')
    if (revoked.get(session.sessionId, now) !== undefined) return over('it was ended')
    const usedAt = Math.max(lastSeenAt, seen.get(session.sessionId, now) ?? 0)
    if (now - usedAt > auth.session.idleTimeoutMs) return over('it was not used')
    return { state: 'open', session, current: opened.current, lastSeenAt }
  }

  /**
   * All chunks as one text; undefined: there is no cookie, '': there are, but not those that there should be. A first one
   * that is not full is all there is: others are left over from a longer session. They cannot be seen, to be deleted,
   * where another site sends the browser to log in.
   */
  function joined(all: ReadonlyMap<string, string>, cluster: ClusterName): string | undefined {
    const name = sessionName(prefix, cluster)
    const first = all.get(name)
    if (first === undefined) return undefined
    if (first.length < chunkCharacters) return first
    const stated = all.get(countName(prefix, cluster))
    if (stated === undefined) return first.length > chunkCharacters ? '' : first
    const count = /^[0-9]{1,3}$/.test(stated) ? Number(stated) : 0
    if (count < 2 || count > auth.session.maxChunks) return ''
    const chunks = Array.from({ length: count }, (_, chunk) => all.get(chunkName(name, chunk)))
    return chunks.some((chunk) => chunk === undefined || chunk.length > chunkCharacters) ? '' : chunks.join('')
  }

  function write(incoming: Incoming, wanted: Pick<Session, 'cluster' | 'expiresAt' | 'payload'>): Session {
    const now = clock()
    const expiresAt = Math.min(wanted.expiresAt, now + auth.loginToken.expirationS * 1000)
    // Also what is no number.
    if (!(expiresAt > now))
      throw new BinocleError('BIN-AUTH-TOKEN', 'The credential has expired.', { remedy: 'Log in with a new one.' })
    refuseInsecure(around, incoming)
    refuseCollision(wanted.cluster, around)
    const session = { ...wanted, expiresAt, sessionId: randomUUID() }
    revokeCarried(incoming, wanted.cluster)
    set(incoming, session, now)
    seen.set(session.sessionId, now, now + auth.session.idleTimeoutMs, now)
    return session
  }

  const revoke = ({ expiresAt, sessionId }: Session): void => revoked.set(sessionId, 1, expiresAt, clock())

  function revokeCarried(incoming: Incoming, cluster: ClusterName): readonly Session[] {
    const found = carried(incoming, cluster)
    if (found.state !== 'open') return []
    revoke(found.session)
    return [found.session]
  }

  function clear(incoming: Incoming, cluster?: ClusterName): void {
    for (const name of cookiesOf(incoming, prefix).all.keys()) {
      const ours = cluster === undefined ? name.startsWith(`${baseName(prefix)}-`) : isOf(cluster, name)
      if (ours && !isFlowName(prefix, name)) incoming.setCookie(deletionLine(name, attributes(incoming)))
    }
  }

  function set(incoming: Incoming, session: Session, now: number): void {
    const { cluster, expiresAt } = session
    const sealed = keys.seal('session', textOf(session, auth.strategy, now), bound(cluster))
    if (sealed === undefined) throw noKey()
    const name = sessionName(prefix, cluster)
    const chunks = sealed.match(new RegExp(`.{1,${chunkCharacters}}`, 'g')) ?? []
    const cookies = new Map(chunks.map((chunk, index) => [chunkName(name, index), chunk]))
    if (chunks.length > 1) cookies.set(countName(prefix, cluster), String(chunks.length))
    const present = cookiesOf(incoming, prefix).all
    const leftover = [...present.keys()].filter((other) => isOf(cluster, other) && !cookies.has(other))
    refuseOversize(present, cookies, leftover, chunks.length, around)
    for (const [cookie, value] of cookies)
      incoming.setCookie(cookieLine(cookie, value, attributes(incoming), { nowMs: now, expiresAt }))
    // After the live ones: a client may keep the first of a name. A single full one must not be taken for a part.
    const full = chunks.length === 1 && sealed.length === chunkCharacters
    const unseen = countName(prefix, cluster)
    for (const cookie of full && !leftover.includes(unseen) ? [...leftover, unseen] : leftover)
      incoming.setCookie(deletionLine(cookie, attributes(incoming)))
  }

  /** Whether cookies of a longer session lie beside one that is complete in its first. */
  function hasLeftover(incoming: Incoming, cluster: ClusterName): boolean {
    const { all } = cookiesOf(incoming, prefix)
    const first = sessionName(prefix, cluster)
    if ((all.get(first) ?? '').length >= chunkCharacters) return false
    return [...all.keys()].some((name) => name !== first && isOf(cluster, name))
  }

  /** Whether `name` is a cookie of the cluster's session, used by it now or not. */
  function isOf(cluster: ClusterName, name: string): boolean {
    const base = sessionName(prefix, cluster)
    if (name === base || name === countName(prefix, cluster)) return true
    if (!name.startsWith(`${base}-`) || !/^[0-9]+$/.test(name.slice(base.length + 1))) return false
    return !around.clusters().some((other) => other !== cluster && sessionName(prefix, other) === name)
  }

  return {
    ...createFlows({ ...around, prefix }),
    read,
    write,
    clear,
    revoke,
    end: (incoming, cluster) => {
      const ended = (cluster === undefined ? around.clusters() : [cluster]).flatMap((name) =>
        revokeCarried(incoming, name),
      )
      clear(incoming, cluster)
      return ended
    },
  }
}

type Carried =
  | Exclude<SessionRead, { state: 'open' }>
  | { readonly state: 'open'; readonly session: Session; readonly current: boolean; readonly lastSeenAt: number }

const over = (why: string): Carried => ({ state: 'over', why })

interface Stored {
  readonly session: Session
  readonly strategy: string
  /** Unix ms. */
  readonly lastSeenAt: number
}

/** Field names as Kiali's; `lastSeen` is ours. */
const textOf = ({ cluster, expiresAt, payload, sessionId }: Session, strategy: string, lastSeen: number): string =>
  JSON.stringify({ cluster, expiresOn: new Date(expiresAt).toISOString(), payload, sessionId, strategy, lastSeen })

function recordOf(text: string): Stored | undefined {
  const record: unknown = parsed(text)
  if (!isRecord(record)) return undefined
  const { cluster, expiresOn, payload, sessionId, strategy, lastSeen } = record
  if (typeof cluster !== 'string' || typeof sessionId !== 'string' || typeof strategy !== 'string') return undefined
  if (typeof expiresOn !== 'string' || typeof lastSeen !== 'number' || !isRecord(payload)) return undefined
  return { session: { cluster, sessionId, expiresAt: Date.parse(expiresOn), payload }, strategy, lastSeenAt: lastSeen }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
