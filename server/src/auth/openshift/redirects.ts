/**
 * Logging in to a cluster by its OAuth server: where the browser is sent, and what becomes of the answer it brings
 * back. One redirect URI per cluster, a state bound to the cluster and its server: an answer of one is no answer of
 * another (reference: auth.md 6.5.2, 7.3).
 */
import type { ClusterName } from '@binocle/api/identity'
import { randomPKCECodeVerifier } from 'openid-client'
import type { Audit } from '../../audit.ts'
import { BinocleError } from '../../errors.ts'
import type { Incoming } from '../../http/incoming.ts'
import { type Reply, type Request, type Route, redirect } from '../../http/route.ts'
import type { Log } from '../../kube/surroundings.ts'
import type { Sessions } from '../sessions.ts'
import type { AuthorizationServer } from './authorizationServer.ts'
import type { AuthorizationServers } from './authorizationServers.ts'
import { authorizationUrl, exchangeCode, type Trust } from './exchange.ts'

/** What the page is told of a failed login: one of these words, never a text from elsewhere. */
export type LoginFailure = 'forbidden' | 'idp' | 'state' | 'token'

export interface RedirectsOptions {
  readonly servers: AuthorizationServers
  readonly sessions: Sessions
  readonly home: () => ClusterName
  readonly webRoot: string
  /** Where we are from outside. */
  readonly urlOf: (incoming: Incoming) => string
  readonly trustOf: (cluster: ClusterName) => Trust
  /** Id of the open session at home; undefined: nobody is logged in there. */
  readonly homeSession: (incoming: Incoming) => string | undefined
  /** Begins the session; audits its success. `home`: id of the session at home that it belongs to, of another cluster's login. */
  readonly admit: (incoming: Incoming, login: Admission) => Promise<LoginFailure | undefined>
  readonly audit: Audit
  readonly log: Log
}

export interface Admission {
  readonly cluster: ClusterName
  readonly token: string
  /** Seconds from now. */
  readonly lifeS: number
  readonly home?: string
  /** Nobody logged in here to get it. */
  readonly foreign?: true
}

/** For signing in. */
const longestFlowS = 600

export function redirectRoutes(options: RedirectsOptions): readonly Route[] {
  const { audit, home, homeSession, servers, sessions, webRoot } = options

  const warned = new Set<ClusterName>()

  async function begin(incoming: Incoming, server: AuthorizationServer): Promise<Reply> {
    const { cluster, issuer, tokenMaxAgeS } = server
    const belongsTo = cluster === home() ? '' : homeSession(incoming)
    // The way back comes from elsewhere, so that the session at home does not come along then.
    if (belongsTo === undefined) return failed(incoming, cluster, 'forbidden')
    warnOfElsewhere(incoming, server)
    const verifier = randomPKCECodeVerifier()
    const contents = { cluster, issuer, verifier, home: belongsTo }
    const state = sessions.openFlow(incoming, Math.min(tokenMaxAgeS, longestFlowS), contents)
    return redirect(await authorizationUrl(server, state, verifier))
  }

  /** Without our cookie there the login can only fail, and nobody would see why. */
  function warnOfElsewhere(incoming: Incoming, { cluster, clientId, redirectUri }: AuthorizationServer): void {
    const own = options.urlOf(incoming)
    if (redirectUri.startsWith(`${own}/`) || warned.has(cluster)) return
    warned.add(cluster)
    options.log('warn', 'the OAuthClient sends people back to another address', {
      cluster,
      clientId,
      redirectUri,
      console: own,
      remedy: 'Correct its first redirect URI, or server.web_fqdn, server.web_schema and server.web_port.',
    })
  }

  async function end(incoming: Incoming, server: AuthorizationServer): Promise<Reply> {
    const { cluster, issuer } = server
    const query = new URLSearchParams(incoming.search)
    const state = query.get('state') ?? ''
    const flow = state === '' ? undefined : sessions.takeFlow(incoming, state)
    if (flow === undefined || flow.cluster !== cluster || flow.issuer !== issuer)
      return failed(incoming, cluster, 'state')
    const { home: belongsTo, verifier } = flow
    if (typeof verifier !== 'string' || typeof belongsTo !== 'string') return failed(incoming, cluster, 'state')
    if (query.has('error') || !query.has('code'))
      return failed(incoming, cluster, query.get('error') === 'access_denied' ? 'forbidden' : 'idp')
    const search = incoming.search
    const exchanged = await exchangeCode(server, { search, state, verifier }, options.trustOf(cluster))
    if ('failed' in exchanged) {
      const { cause, failed: how } = exchanged
      options.log('warn', 'no token for a login', { cluster, cause })
      return failed(incoming, cluster, how === 'refused' ? 'token' : 'idp')
    }
    const failure = await options.admit(incoming, {
      ...exchanged,
      cluster,
      ...(belongsTo === '' ? {} : { home: belongsTo }),
    })
    return failure === undefined ? redirect(`${webRoot}/`) : failed(incoming, cluster, failure)
  }

  function failed(incoming: Incoming, cluster: ClusterName, failure: LoginFailure): Reply {
    const outcome = failure === 'forbidden' ? 'denied' : 'failure'
    audit.record({ type: 'login', outcome, verb: 'login', cluster, status: 302, reason: failure }, incoming)
    return redirect(`${webRoot}/?${new URLSearchParams({ openshift_error: failure, cluster })}`)
  }

  const routes = (
    path: string,
    handle: (incoming: Incoming, server: AuthorizationServer) => Promise<Reply>,
  ): Route[] => [
    {
      method: 'GET',
      path,
      auth: 'none',
      handle: async ({ incoming }) => {
        const server = servers.of(home())
        return server === undefined ? failed(incoming, home(), 'idp') : handle(incoming, server)
      },
    },
    {
      method: 'GET',
      path: `${path}/:cluster`,
      auth: 'none',
      handle: async (request) => handle(request.incoming, serverNamed(servers, request)),
    },
  ]
  return [...routes('/api/auth/redirect', begin), ...routes('/api/auth/callback', end)]
}

/** Throws BIN-NOT-FOUND for what is no cluster to log in to, without repeating what was asked for. */
function serverNamed(servers: AuthorizationServers, { path }: Request): AuthorizationServer {
  const server = servers.of(path.cluster ?? '')
  if (server !== undefined) return server
  throw new BinocleError('BIN-NOT-FOUND', 'There is no such cluster to log in to.', {
    remedy: 'Choose one of those that the page offers.',
  })
}
