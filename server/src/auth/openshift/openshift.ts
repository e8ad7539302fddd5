/**
 * The openshift strategy: every cluster has an OAuth server of its own, so that a person logs in to each, at home
 * first; or, with impersonation, at home only. Tokens are asked about with themselves, at the cluster that issued them
 * (reference: auth.md 6.5, 7.3, 7.4).
 */
import type { AuthInfo } from '@binocle/api/auth'
import { BinocleError } from '../../errors.ts'
import type { Incoming } from '../../http/incoming.ts'
import { empty, json, type Reply, type Request, redirect } from '../../http/route.ts'
import type { Strategy } from '../auth.ts'
import { isToken } from '../bearer.ts'
import { homeOf, type StrategyParts, toldClusters } from '../parts.ts'
import { rfc1123 } from '../times.ts'
import type { AuthorizationServers } from './authorizationServers.ts'
import type { Trust } from './exchange.ts'
import { type HeldToken, payloadOf, tokenIn } from './held.ts'
import { createIdentities, type IdentifiedLogin } from './identities.ts'
import { createPeople } from './people.ts'
import { type Admission, type LoginFailure, redirectRoutes } from './redirects.ts'
import { endToken } from './revocation.ts'

export interface OpenShiftParts extends StrategyParts {
  readonly servers: AuthorizationServers
  /** By whom the certificate of a cluster's OAuth server may be signed. */
  readonly trustOf: (cluster: string) => Trust
}

export function createOpenShift(parts: OpenShiftParts): Strategy {
  const { audit, clock, clusters, config, external, servers, sessions } = parts
  const { impersonation, acceptOauthTokenQuery } = config.auth.openshift
  const { webRoot } = config.server
  const people = createPeople({ apiAs: clusters.apiAs, clock })
  const identities = createIdentities(parts, people)

  /** Whose token it is, and the session of it. undefined: done. */
  async function admit(
    incoming: Incoming,
    { cluster, token, lifeS, home, foreign }: Admission,
  ): Promise<LoginFailure | undefined> {
    const identified = await people.whoIs(cluster, token)
    if (identified.state !== 'known') return failures[identified.state]
    const expiresAt = clock() + lifeS * 1000
    try {
      identities.refuse(identified.person)
      const more = { ...(home === undefined ? {} : { home }), ...(foreign === true ? { foreign } : {}) }
      const payload = payloadOf(token, identified.person.name, more)
      const session = sessions.write(incoming, { cluster, expiresAt, payload })
      const login = identities.admitted(identified.person, { session, token })
      audit.record({ type: 'login', outcome: 'success', verb: 'login', cluster, status: 302 }, incoming, login)
      return undefined
    } catch (error) {
      if (!(error instanceof BinocleError)) throw error
      // Whom we do not let in should not be left with a token that we had issued.
      if (foreign !== true) await ended(cluster, token)
      parts.log('warn', 'a login is refused', { cluster, code: error.code, reason: error.message })
      return error.code === 'BIN-AUTH-FORBIDDEN' ? 'forbidden' : 'token'
    }
  }

  async function info(incoming: Incoming): Promise<AuthInfo> {
    const outside = external.url(incoming)
    const redirectTo = (cluster: string): string => `${outside}/api/auth/redirect/${encodeURIComponent(cluster)}`
    const perCluster = servers.list().map(({ cluster }) => [cluster, redirectTo(cluster)] as const)
    return {
      authorizationEndpoint: `${outside}/api/auth/redirect`,
      ...(impersonation.enabled
        ? { impersonationEnabled: true }
        : { authorizationEndpointPerCluster: Object.fromEntries(perCluster) }),
      sessionInfo: await sessionInfo(incoming),
      strategy: 'openshift',
    }
  }

  async function sessionInfo(incoming: Incoming): Promise<AuthInfo['sessionInfo']> {
    try {
      const identified = await identities.identify(incoming)
      const { login } = identified
      return {
        clusterInfo: Object.fromEntries(
          (await endsOf(identified)).map(([name, ms]) => [name, { name, expiresOn: rfc1123(ms) }]),
        ),
        expiresOn: rfc1123(login.expiresAt ?? clock()),
        username: login.user,
      }
    } catch (error) {
      if (!(error instanceof BinocleError)) throw error
      return {}
    }
  }

  /** When the login ends in each cluster, Unix ms. */
  async function endsOf({ login, held }: IdentifiedLogin): Promise<readonly (readonly [string, number])[]> {
    const atHome = login.expiresAt ?? clock()
    // Without impersonation each of them is a login of its own.
    const told = impersonation.enabled ? await toldClusters(parts, login, homeOf(parts)) : undefined
    return clusters.list().flatMap(({ accessible, name }) => {
      if (!accessible || login.on(name) === undefined || told?.includes(name) === false) return []
      const own = held?.others.find(({ session }) => session.cluster === name)
      return [[name, own?.session.expiresAt ?? atHome] as const]
    })
  }

  async function logout({ incoming }: Request): Promise<Reply> {
    const login = await identities.identify(incoming).then(
      (identified) => identified.login,
      () => undefined,
    )
    if (login !== undefined) parts.access.forget(login)
    const ended = sessions.end(incoming).flatMap((session) => tokenIn(session) ?? [])
    const failed = (await Promise.all(ended.map(endAtCluster))).flatMap((cluster) => cluster ?? [])
    const status = failed.length === 0 ? 204 : 200
    for (const { session, user } of ended) {
      const { cluster } = session
      const outcome = failed.includes(cluster) ? 'failure' : 'success'
      audit.record(
        { type: 'logout', outcome, verb: 'logout', cluster, status, user },
        incoming,
        login && { ...login, user },
      )
    }
    return failed.length === 0 ? empty(204) : json({ failed })
  }

  /** The cluster, when the token may still be good there. */
  async function endAtCluster({ session: { cluster }, token, foreign }: HeldToken): Promise<string | undefined> {
    people.forget(cluster, token)
    return foreign || (await ended(cluster, token)) ? undefined : cluster
  }

  const ended = (cluster: string, token: string): Promise<boolean> =>
    endToken(token, { person: clusters.apiAs({ cluster, kind: 'bearer', token }), console: clusters.api(cluster) })

  /** A token in the URL is taken once, where that is configured, and never stays there. */
  async function page(incoming: Incoming): Promise<Reply | undefined> {
    const token = acceptOauthTokenQuery ? new URLSearchParams(incoming.search).get('oauth_token') : null
    if (token === null) return undefined
    const lifeS = config.auth.loginToken.expirationS
    const failure = isToken(token)
      ? await admit(incoming, { cluster: homeOf(parts), token, lifeS, foreign: true })
      : 'token'
    return redirect(failure === undefined ? `${webRoot}/` : `${webRoot}/?openshift_error=${failure}`)
  }

  return {
    loginOf: async (incoming) => (await identities.identify(incoming)).login,
    info,
    authenticate: () => {
      throw new BinocleError('BIN-AUTH-REQUEST', 'People log in at OpenShift.', {
        remedy: 'Send the browser to the authorizationEndpoint of api/auth/info.',
      })
    },
    logout,
    routes: redirectRoutes({
      servers,
      sessions,
      home: () => homeOf(parts),
      webRoot,
      urlOf: external.url,
      trustOf: parts.trustOf,
      homeSession: identities.homeSession,
      admit,
      audit,
      log: parts.log,
    }),
    page,
    close: () => Promise.resolve(servers.close()),
  }
}

const failures = { forbidden: 'forbidden', rejected: 'token', unavailable: 'idp' } as const
