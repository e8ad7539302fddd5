/**
 * Clusters that believe a provider of their own (`auth.openid.clusters`): people log in to each of them apart, in a
 * session of its own, beside the one for all others. Whose accounts these are, nobody assumes: a token goes to the
 * cluster it was got for and nowhere else, and the audit names the person as that provider does (reference: auth.md 7.3).
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Login } from '../../access/login.ts'
import type { OpenIdConfig } from '../../config/auth.ts'
import { BinocleError } from '../../errors.ts'
import type { Incoming } from '../../http/incoming.ts'
import { type Route, variable } from '../../http/route.ts'
import { homeOf, type StrategyParts } from '../parts.ts'
import type { Session } from '../sessions.ts'
import { OpenIdError } from './failure.ts'
import { type Admitted, createFlow, type Flow } from './flow.ts'
import { keyOf, type Person, payloadOf, personOf } from './person.ts'
import type { Provider } from './provider.ts'

type ClusterLoginParts = Pick<
  StrategyParts,
  'access' | 'audit' | 'clock' | 'clusters' | 'config' | 'external' | 'log' | 'sessions'
> & { readonly providerOf: (cluster: ClusterName, client: OpenIdConfig['clusters'][string]) => Provider }

export interface ClusterLogins {
  /** `login` with what the request carries for these clusters; what one of them rejects is cleared. */
  joined(incoming: Incoming, login: Login): Promise<Joined>
  /** Where to log in to each, by cluster; undefined where there is none. */
  endpoints(incoming: Incoming): Readonly<Record<ClusterName, string>> | undefined
  /** Who a session of one of these clusters is of; undefined for sessions of others. */
  userOf(session: Session): string | undefined
  readonly routes: readonly Route[]
}

export interface Joined {
  readonly login: Login
  /** When the login of a cluster ends, Unix ms; missing: with the one for all. */
  readonly endsAt: ReadonlyMap<ClusterName, number>
}

export function createClusterLogins(parts: ClusterLoginParts): ClusterLogins {
  const { access, audit, clusters, config, external, sessions } = parts
  const { openid } = config.auth
  const flows = new Map(Object.entries(openid.clusters).map(([cluster, client]) => [cluster, flowOf(cluster, client)]))

  /** Home has a provider: its own session is the one for all. */
  const apart = (): ClusterName[] => [...flows.keys()].filter((cluster) => cluster !== homeOf(parts))

  function flowOf(cluster: ClusterName, client: OpenIdConfig['clusters'][string]): Flow {
    const provider = parts.providerOf(cluster, client)
    return createFlow({
      ...parts,
      provider,
      client,
      cluster,
      redirectUri: (incoming) => `${external.url(incoming)}/api/auth/openid_callback/${encodeURIComponent(cluster)}`,
      admit: (incoming, admitted) => admit(incoming, cluster, admitted),
    })
  }

  async function admit(incoming: Incoming, cluster: ClusterName, { issuer, token, tokens }: Admitted): Promise<void> {
    const shown = openid.apiToken === 'access_token' ? tokens.accessToken : tokens.idToken
    const person: Person = {
      issuer,
      subject: token.subject,
      username: token.username,
      token: shown,
      ...(shown === tokens.idToken ? {} : { idToken: tokens.idToken }),
    }
    mustBeLetIn(cluster, await access.visible(loginIn(cluster, person, { expiresAt: token.expiresAtMs }), cluster))
    const session = sessions.write(incoming, { cluster, expiresAt: token.expiresAtMs, payload: payloadOf(person) })
    const event = { type: 'login', outcome: 'success', verb: 'login', cluster } as const
    audit.record(event, incoming, loginIn(cluster, person, session))
  }

  function carried(incoming: Incoming): Carried[] {
    return apart().flatMap((cluster) => {
      const read = sessions.read(incoming, cluster)
      const person = read.state === 'open' ? personOf(read.session.payload) : undefined
      if (read.state === 'open' && person !== undefined) return [{ cluster, person, session: read.session }]
      if (read.state === 'over' || read.state === 'open') sessions.clear(incoming, cluster)
      return []
    })
  }

  function flowAt(name: string): Flow {
    const flow = apart().includes(name) ? flows.get(name) : undefined
    if (flow !== undefined) return flow
    throw new BinocleError('BIN-NOT-FOUND', 'There is no provider of that cluster.', {
      remedy: 'Use one of authorizationEndpointPerCluster of GET /api/auth/info.',
    })
  }

  const route = (path: string, handle: Route['handle'], parameters?: readonly string[]): Route => ({
    method: 'GET',
    path,
    auth: 'none',
    handle,
    ...(parameters === undefined ? {} : { parameters }),
  })

  return {
    joined: async (incoming, login) => {
      const others = flows.size === 0 ? [] : carried(incoming)
      const states = await Promise.all(
        others.map(({ cluster, person, session }) => access.visible(loginIn(cluster, person, session), cluster)),
      )
      const kept = others.filter(({ cluster }, at) => {
        if (states[at]?.state !== 'rejected') return true
        sessions.clear(incoming, cluster)
        return false
      })
      return {
        login: kept.length === 0 ? login : together(login, kept),
        endsAt: new Map(kept.map(({ cluster, session }) => [cluster, session.expiresAt])),
      }
    },
    endpoints: (incoming) => {
      const names = flows.size === 0 ? [] : apart().filter((name) => clusters.get(name) !== undefined)
      if (names.length === 0) return undefined
      const at = `${external.url(incoming)}/api/auth/openid_redirect`
      return Object.fromEntries(names.map((name) => [name, `${at}/${encodeURIComponent(name)}`]))
    },
    userOf: ({ cluster, payload }) => (flows.has(cluster) ? personOf(payload)?.username : undefined),
    routes:
      flows.size === 0
        ? []
        : [
            route(
              '/api/auth/openid_redirect/:cluster',
              (request) => flowAt(variable(request, 'cluster')).begin(request.incoming),
              ['return'],
            ),
            route('/api/auth/openid_callback/:cluster', (request) =>
              flowAt(variable(request, 'cluster')).end(request.incoming),
            ),
          ],
  }
}

interface Carried {
  readonly cluster: ClusterName
  readonly person: Person
  readonly session: Session
}

const keyIn = (cluster: ClusterName, { issuer, subject, token }: Person): string =>
  keyOf(['of one cluster', cluster, issuer, subject, token])

/** In one cluster, and in no other. */
const loginIn = (
  cluster: ClusterName,
  person: Person,
  { expiresAt, sessionId = '' }: { readonly expiresAt: number; readonly sessionId?: string },
): Login => ({
  strategy: 'openid',
  user: person.username,
  key: keyIn(cluster, person),
  sessionId,
  expiresAt,
  on: (name) => (name === cluster ? { cluster, kind: 'bearer', token: person.token } : undefined),
})

function together(login: Login, others: readonly Carried[]): Login {
  const byCluster = new Map(others.map((other) => [other.cluster, other.person]))
  return {
    ...login,
    key: keyOf(['together', login.key, ...others.flatMap(({ cluster, person }) => [cluster, keyIn(cluster, person)])]),
    on: (cluster) => {
      const own = byCluster.get(cluster)
      return own === undefined ? login.on(cluster) : { cluster, kind: 'bearer', token: own.token }
    },
  }
}

/** Throws OpenIdError unless there is something to see in it, or it cannot say so now. */
function mustBeLetIn(cluster: ClusterName, seen: Awaited<ReturnType<ClusterLoginParts['access']['visible']>>): void {
  if (seen.state === 'known' && seen.namespaces.length > 0) return
  if (seen.state === 'unknown' || seen.state === 'absent')
    throw new OpenIdError('unavailable', `${cluster} cannot say now what the person may see`)
  if (seen.state === 'rejected') throw new OpenIdError('token', `${cluster} does not accept the token`)
  throw new OpenIdError('forbidden', `the person may see no namespace of ${cluster}`)
}
