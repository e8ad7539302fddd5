/** Sessions that are not begun: over a way that others may listen on, beside others they could be taken for, too large. */
import type { ClusterName } from '@binocle/api/identity'
import type { AuthConfig } from '../config/auth.ts'
import { BinocleError } from '../errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { isReserved, namesCollide } from './cookies.ts'

interface Limits {
  readonly auth: AuthConfig
  readonly home: () => ClusterName
  readonly clusters: () => readonly ClusterName[]
  readonly isSecure: (incoming: Incoming) => boolean
  /** Of all headers of a request. */
  readonly maxHeaderBytes: number
}

/** Throws BIN-AUTH-REQUEST. */
export function refuseInsecure({ auth, isSecure }: Limits, incoming: Incoming): void {
  if (isSecure(incoming) || auth.session.allowInsecureCookies || auth.development || isLocal(incoming)) return
  throw new BinocleError('BIN-AUTH-REQUEST', 'Nobody logs in over plain HTTP from another machine.', {
    remedy:
      'Serve the console over HTTPS and set server.web_schema or server.web_fqdn, or set auth.session.allow_insecure_cookies.',
  })
}

const isLocal = ({ address }: Incoming): boolean => /^(::ffff:)?127\.|^::1$/.test(address)

/** Throws BIN-AUTH-REQUEST. The home cluster is never in question: the others give way. */
export function refuseCollision(cluster: ClusterName, { clusters, home }: Limits): void {
  if (cluster === home()) return
  const other = [...clusters(), home()].find((name) => name !== cluster && namesCollide(name, cluster))
  if (other === undefined && !isReserved(cluster)) return
  throw new BinocleError(
    'BIN-AUTH-REQUEST',
    `Cookies of ${cluster} could be taken for others: nobody can log in there.`,
    {
      remedy: other === undefined ? 'Rename the cluster.' : `Rename ${cluster} or ${other}.`,
    },
  )
}

/** What the browser would send from now on must leave room for the rest of a request's headers. Throws BIN-AUTH-SIZE. */
export function refuseOversize(
  present: ReadonlyMap<string, string>,
  cookies: ReadonlyMap<string, string>,
  leftover: readonly string[],
  chunks: number,
  { auth, maxHeaderBytes }: Limits,
): void {
  const stays = [...present].filter(([name]) => !cookies.has(name) && !leftover.includes(name))
  const bytes = [...stays, ...cookies].reduce((sum, [name, value]) => sum + name.length + value.length + 3, 0)
  if (chunks <= auth.session.maxChunks && bytes <= 0.75 * maxHeaderBytes) return
  throw new BinocleError('BIN-AUTH-SIZE', 'The session would be too large for the headers of a request.', {
    remedy:
      'Use a shorter token, log out of other clusters, or raise server.max_header_bytes and auth.session.max_chunks.',
  })
}
