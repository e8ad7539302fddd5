/**
 * What a proxy in front says of who asks: a token and, perhaps, as whom to act. Read line by line as it arrived: Node
 * joins and drops lines, and a comma may be part of a group's name (reference: auth.md 6.2).
 */
import type { Impersonation } from '../access/login.ts'
import { BinocleError } from '../errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { bearerIn, headerLines } from './bearer.ts'

export interface Proxied {
  readonly token: string
  readonly impersonate?: Impersonation
}

/** undefined: no token at all. Throws BIN-AUTH-TOKEN or BIN-AUTH-REQUEST for what is ambiguous. */
export function proxiedOf(incoming: Pick<Incoming, 'rawHeaders'>): Proxied | undefined {
  refuseHopByHop(incoming)
  const bearer = bearerIn(incoming)
  if (bearer.state === 'absent') return undefined
  if (bearer.state === 'malformed')
    throw new BinocleError('BIN-AUTH-TOKEN', 'token is not valid or is expired', {
      remedy: 'The proxy must send one line `Authorization: Bearer <token>`.',
    })
  const impersonate = impersonationOf(incoming)
  return { token: bearer.token, ...(impersonate === undefined ? {} : { impersonate }) }
}

/** A header named by `Connection` is for the next hop only: a proxy behind the one that wrote it would take it away. */
function refuseHopByHop(incoming: Pick<Incoming, 'rawHeaders'>): void {
  const named = headerLines(incoming, 'connection')
    .flatMap((line) => line.split(','))
    .map((name) => name.trim().toLowerCase())
  if (named.some((name) => name === 'authorization' || name === 'cookie' || name.startsWith('impersonate-')))
    throw malformed('`Connection` must not name headers of a login.')
}

/** Groups and extras count only beside a user. */
function impersonationOf(incoming: Pick<Incoming, 'rawHeaders'>): Impersonation | undefined {
  const users = headerLines(incoming, 'impersonate-user')
  const [user] = users
  if (user === undefined) return undefined
  if (users.length > 1) throw malformed('`Impersonate-User` came more than once.')
  const uids = headerLines(incoming, 'impersonate-uid')
  if (uids.length > 1) throw malformed('`Impersonate-Uid` came more than once.')
  const [uid] = uids
  const extra = extrasOf(incoming)
  return {
    user,
    groups: headerLines(incoming, 'impersonate-group'),
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

const extraPrefix = 'impersonate-extra-'

/** Names in lower case and percent-decoded, as Kubernetes reads them. */
function extrasOf({ rawHeaders }: Pick<Incoming, 'rawHeaders'>): Readonly<Record<string, readonly string[]>> {
  const extras = new Map<string, string[]>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    if (!name.startsWith(extraPrefix)) continue
    const key = decoded(name.slice(extraPrefix.length))
    if (key === '') throw malformed('`Impersonate-Extra-` names nothing.')
    extras.set(key, [...(extras.get(key) ?? []), rawHeaders[at + 1] ?? ''])
  }
  return Object.fromEntries(extras)
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key).toLowerCase()
  } catch {
    throw malformed('The name of an `Impersonate-Extra-` header cannot be decoded.')
  }
}

const malformed = (message: string): BinocleError =>
  new BinocleError('BIN-AUTH-REQUEST', message, { remedy: 'Correct what the proxy sends.' })

/** Header lines are bytes, which Node shows as Latin-1; most proxies write UTF-8. For people to read, never to send on. */
export function readable(line: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'latin1'))
  } catch {
    return line
  }
}
