/**
 * What changes something must come from our own page, or from no page at all. The browser says where a request comes
 * from (`Sec-Fetch-Site`, else `Origin`); cookies alone prove nothing, for a neighbour of our host is the same site.
 */
import type { Config } from '../../config/config.ts'
import { BinocleError } from '../../errors.ts'
import type { External } from '../external.ts'
import { type Asked, type Gate, type Incoming, isChange } from '../incoming.ts'

export function csrfGate(
  config: { readonly auth: Pick<Config['auth'], 'acceptBearer' | 'strategy'>; readonly server: Config['server'] },
  external: Pick<External, 'origin'>,
): Gate {
  const trusted = new Set(config.server.trustedOrigins ?? [])
  const isPinned = config.server.external?.host !== undefined
  const takesBearer = bearerIsLogin(config.auth)
  const refusalOf = (incoming: Incoming, isNavigable: boolean): string | undefined => {
    const origin = one(incoming, 'origin')
    if (origin !== undefined && trusted.has(origin)) return undefined
    const site = one(incoming, 'sec-fetch-site')
    if (site !== undefined) {
      const isOwn = site === 'same-origin' || (site === 'none' && isNavigable)
      return isOwn ? undefined : 'The request comes from another site.'
    }
    if (origin !== undefined) {
      const isOwn = origin === external.origin(incoming) || (!isPinned && isAskedFor(origin, incoming))
      return isOwn ? undefined : 'The request comes from another origin.'
    }
    if (incoming.headers.cookie === undefined) return undefined
    const isOurPage = ['kiali-ui', 'x-auth-type-kiali-ui'].some((name) => one(incoming, name) !== undefined)
    return isOurPage ? undefined : 'Nothing says where the request comes from.'
  }
  return (incoming, route) => {
    if (!isGuarded(incoming, route)) return
    // A page of another origin cannot add this header without asking us first; a proxy that adds it proves nothing.
    if (takesBearer && incoming.headers.authorization !== undefined) return
    const refusal = refusalOf(incoming, incoming.method === 'GET')
    if (refusal !== undefined)
      throw new BinocleError('BIN-REQUEST-ORIGIN', refusal, {
        remedy: 'Use the page of the console itself, or name the other origin in server.trusted_origins.',
      })
  }
}

/** Strategies under which the client itself, and no browser or proxy, adds `Authorization`. */
const bearerIsLogin = ({ acceptBearer, strategy }: Pick<Config['auth'], 'acceptBearer' | 'strategy'>): boolean =>
  strategy === 'openshift' || (acceptBearer && (strategy === 'token' || strategy === 'openid'))

/** GET changes nothing, but for beginning and ending a session. */
function isGuarded(incoming: Incoming, route: Asked | undefined): boolean {
  const { headers } = incoming
  if (isChange(incoming)) return true
  return route?.path === '/api/logout' || route?.path === '/api/authenticate' || headers.upgrade !== undefined
}

/**
 * Where no host is pinned a proxy may have ended TLS without saying so: scheme and default port are not compared. Hosts
 * that are not ours have been refused before.
 */
function isAskedFor(origin: string, incoming: Incoming): boolean {
  try {
    return new URL(origin).host === new URL(`${origin.split(':', 1)[0]}://${one(incoming, 'host') ?? ''}`).host
  } catch {
    return false
  }
}

/** undefined when it is not there; what is there twice is joined by Node and equals nothing. */
function one({ headers }: Incoming, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(',') : value
}
