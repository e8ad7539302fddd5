/** The strategy `openid`: people log in at one provider by the authorization code flow, and by nothing else. */
import type { AuthInfo } from '@binocle/api/auth'
import type { ClusterName } from '@binocle/api/identity'
import type { Login } from '../../access/login.ts'
import type { OpenIdConfig } from '../../config/auth.ts'
import { BinocleError } from '../../errors.ts'
import type { Incoming } from '../../http/incoming.ts'
import { empty, json, type Reply, type Request } from '../../http/route.ts'
import type { Strategy } from '../auth.ts'
import { noKey } from '../noKey.ts'
import { homeOf, loginNeeded, type StrategyParts, toldClusters } from '../parts.ts'
import type { Session } from '../sessions.ts'
import { rfc1123 } from '../times.ts'
import { type AdmissionParts, createAdmission } from './admission.ts'
import { createBearerLogins } from './bearer.ts'
import { type ClusterLogins, createClusterLogins, type Joined } from './clusterLogins.ts'
import { createFlow } from './flow.ts'
import { createLogins, type Logins } from './logins.ts'
import { endsOn, type Person, personOf } from './person.ts'
import { createProvider } from './provider.ts'
import { createProviderHttp } from './providerHttp.ts'

/** Where Kiali's installers mount it; without it the console is a public client. */
const usualSecretFile = '/kiali-secret/oidc-secret'

/** Throws BIN-CONFIG-CREDENTIAL for a client secret that is not there, or may not be used. */
export function createOpenIdStrategy(parts: StrategyParts): Strategy {
  const { auth } = parts.config
  const { clientSecretFile } = auth.openid
  const secret = {
    key: 'auth.openid.client_secret_file',
    files: [clientSecretFile],
    mustExist: clientSecretFile !== usualSecretFile,
  }
  // What cannot be read now would end the first login.
  parts.credentials.current(secret)
  const http = createProviderHttp({
    ...auth.openid,
    ca: () => parts.cas.pool('openid'),
    plainHttp: auth.development,
  })
  const provider = createProvider({
    auth,
    http,
    clientSecret: () => parts.credentials.current(secret)?.reveal() ?? '',
    clock: parts.clock,
  })
  const clusterLogins = createClusterLogins({
    ...parts,
    providerOf: (cluster, client) => {
      const { clientSecretFile, ...registered } = client
      const own = {
        key: `auth.openid.clusters.${cluster}.client_secret_file`,
        files: [clientSecretFile],
        mustExist: true,
      }
      const clientSecret = (): string =>
        clientSecretFile === '' ? '' : (parts.credentials.current(own)?.reveal() ?? '')
      clientSecret()
      const openid = { ...auth.openid, ...registered, authorizationEndpoint: '', discoveryOverride: discovered }
      return createProvider({ auth: { ...auth, openid }, http, clientSecret, clock: parts.clock })
    },
  })
  return { ...strategyOver({ ...parts, provider, clusterLogins, logins: createLogins(parts) }), close: http.close }
}

/** Of a cluster's provider nothing is stated but where it is. */
const discovered: OpenIdConfig['discoveryOverride'] = {
  authorizationEndpoint: '',
  tokenEndpoint: '',
  jwksUri: '',
  userinfoEndpoint: '',
  endSessionEndpoint: '',
}

function strategyOver(around: StrategyParts & AdmissionParts & { readonly clusterLogins: ClusterLogins }): Strategy {
  const { access, audit, clock, clusterLogins, clusters, config, external, logins, provider, sessions } = around
  const settings = config.auth.openid
  const { webRoot } = config.server
  const flow = createFlow({
    ...around,
    client: settings,
    redirectUri: external.url,
    admit: createAdmission(around),
  })
  const bearerLogin = createBearerLogins(around)

  /** Throws BIN-AUTH-LOGIN, and clears what is over. */
  function sessionOf(incoming: Incoming): { readonly session: Session; readonly person: Person } {
    const read = sessions.read(incoming, homeOf(around))
    if (read.state === 'unavailable') throw noKey()
    const person = read.state === 'open' ? personOf(read.session.payload) : undefined
    if (read.state === 'open' && person !== undefined) return { session: read.session, person }
    sessions.clear(incoming)
    throw loginNeeded()
  }

  const loginOf = async (incoming: Incoming): Promise<Login> =>
    (await bearerLogin(incoming)) ?? (await sessionLogin(incoming)).login

  /** Throws BIN-AUTH-LOGIN, and clears what no cluster knows any more. */
  async function sessionLogin(incoming: Incoming): Promise<Joined & { readonly person: Person }> {
    const { session, person } = sessionOf(incoming)
    const { login, endsAt } = await clusterLogins.joined(incoming, logins(person, { ...session, nowMs: clock() }))
    // Where our own accounts are shown, nothing that a cluster says ends the session of a person.
    if (settings.disableRbac || config.auth.impersonation.enabled) return { login, person, endsAt }
    const states = await Promise.all(clusters.list().map(async ({ name }) => (await access.visible(login, name)).state))
    const rejected = states.filter((state) => state === 'rejected').length
    if (rejected > 0 && states.every((state) => state === 'rejected' || state === 'absent')) {
      sessions.clear(incoming)
      throw loginNeeded()
    }
    return { login, person, endsAt }
  }

  async function logout({ incoming }: Request): Promise<Reply> {
    const ended = sessions.end(incoming)
    for (const each of ended) {
      const user = clusterLogins.userOf(each)
      if (user === undefined) continue
      const { cluster } = each
      audit.record({ type: 'logout', outcome: 'success', verb: 'logout', status: 204, cluster, user }, incoming)
    }
    const session = ended.find((each) => clusterLogins.userOf(each) === undefined)
    const person = session === undefined ? undefined : personOf(session.payload)
    if (session === undefined || person === undefined) {
      audit.record({ type: 'logout', outcome: 'success', verb: 'logout', status: 204 }, incoming)
      return empty(204)
    }
    const url = await provider
      .logoutUrl(() => ({
        id_token_hint: person.idToken ?? person.token,
        client_id: settings.clientId,
        post_logout_redirect_uri: settings.postLogoutRedirectUri || external.url(incoming),
        state: sessions.openFlow(incoming, logoutS, { kind: 'logout' }),
      }))
      // Logging out here is done; that the provider does not answer must not undo it.
      .catch(() => undefined)
    const status = url === undefined ? 204 : 200
    const login = loginOver(logins, person, { ...session, nowMs: clock() })
    audit.record({ type: 'logout', outcome: 'success', verb: 'logout', status }, incoming, login)
    return url === undefined ? empty(204) : json({ redirect_url: url })
  }

  return {
    loginOf,
    info: async (incoming) => ({
      strategy: 'openid',
      ...(config.auth.impersonation.enabled ? { impersonationEnabled: true } : {}),
      authorizationEndpoint: `${external.url(incoming)}/api/auth/openid_redirect`,
      ...withEndpoints(clusterLogins.endpoints(incoming)),
      sessionInfo: await sessionLogin(incoming).then(
        async (joined) => sessionInfoOf(joined, await toldClusters(around, joined.login)),
        () => ({}),
      ),
    }),
    authenticate: () => {
      throw new BinocleError('BIN-AUTH-REQUEST', 'People log in at the identity provider.', {
        remedy: 'Open api/auth/openid_redirect in a browser.',
      })
    },
    logout,
    routes: [
      {
        method: 'GET',
        path: '/api/auth/openid_redirect',
        parameters: ['return'],
        auth: 'none',
        handle: ({ incoming }) => flow.begin(incoming),
      },
      ...clusterLogins.routes,
    ],
    page: async (incoming) => {
      if (incoming.path !== webRoot && incoming.path !== `${webRoot}/`) return undefined
      const query = new URLSearchParams(incoming.search)
      return ['code', 'state', 'error'].some((name) => query.has(name)) ? await flow.end(incoming) : undefined
    },
  }
}

/** How long people may take to come back from logging out at the provider. */
const logoutS = 300

/** Who may not be impersonated any more may still log out. */
function loginOver(logins: Logins, person: Person, standing: Parameters<Logins>[1]): Login | undefined {
  try {
    return logins(person, standing)
  } catch {
    return undefined
  }
}

const withEndpoints = (authorizationEndpointPerCluster: Record<ClusterName, string> | undefined): Partial<AuthInfo> =>
  authorizationEndpointPerCluster === undefined ? {} : { authorizationEndpointPerCluster }

function sessionInfoOf(
  { login, person, endsAt }: Joined & { readonly person: Person },
  clusters: readonly ClusterName[],
): AuthInfo['sessionInfo'] {
  const { expiresAt = 0, user } = login
  const ends = (name: ClusterName): number => endsAt.get(name) ?? endsOn(person, name, expiresAt)
  return {
    username: user,
    expiresOn: rfc1123(expiresAt),
    clusterInfo: Object.fromEntries(clusters.map((name) => [name, { name, expiresOn: rfc1123(ends(name)) }])),
  }
}
