/**
 * How people log in: exactly one strategy per server. It makes a `Login` of each request, and brings the routes that
 * its login needs.
 */
import type { AuthInfo } from '@binocle/api/auth'
import { anonymousLogin, type Login } from '../access/login.ts'
import type { Incoming } from '../http/incoming.ts'
import { empty, json, type Reply, type Request, type Route } from '../http/route.ts'

export interface Strategy {
  /** Who asks. Throws BIN-AUTH-... to refuse; clears the cookies of a session that is over. */
  loginOf(incoming: Incoming): Promise<Login> | Login
  /** GET /api/auth/info. Never throws because somebody is not logged in. */
  info(incoming: Incoming): Promise<AuthInfo> | AuthInfo
  authenticate(request: Request): Promise<Reply> | Reply
  logout(request: Request): Promise<Reply> | Reply
  /** Routes of its own, such as where a provider sends the browser back to. All are `auth: 'none'`. */
  readonly routes?: readonly Route[]
  /** The page itself is asked for with an answer of the provider in the query: undefined = serve the page. */
  page?(incoming: Incoming): Promise<Reply | undefined>
  /** Lets go of what it holds open. */
  close?(): Promise<void>
}

export const anonymousStrategy: Strategy = {
  loginOf: () => anonymousLogin,
  info: () => ({ sessionInfo: {}, strategy: 'anonymous' }),
  authenticate: () => empty(200),
  logout: () => empty(204),
}

export function authRoutes(strategy: Strategy): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/auth/info',
      auth: 'none',
      handle: async ({ incoming }) => json(await strategy.info(incoming)),
    },
    ...(['GET', 'POST'] as const).map(
      (method): Route => ({
        method,
        path: '/api/authenticate',
        auth: 'none',
        maxBodyBytes: 64 * 1024,
        handle: (request) => strategy.authenticate(request),
      }),
    ),
    ...(['GET', 'POST'] as const).map(
      (method): Route => ({
        method,
        path: '/api/logout',
        auth: 'none',
        handle: async (request) => forgetful(await strategy.logout(request)),
      }),
    ),
    ...(strategy.routes ?? []),
  ]
}

/** What the browser has kept of what somebody saw is not for the next one at that machine. */
function forgetful(reply: Reply): Reply {
  if (reply.kind !== 'empty' && reply.kind !== 'json') return reply
  return { ...reply, headers: { ...reply.headers, 'clear-site-data': '"cache"' } }
}
