/**
 * Strategy `token`: people paste a Kubernetes token of the home cluster, and may add one of each further cluster. Each
 * token is kept in a session of its own and shown to its cluster only; the API server says whose it is and whether it is
 * still good (reference: auth.md 6.3).
 */
import type { AuthInfo } from '@binocle/api/auth'
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterCredential, Login } from '../access/login.ts'
import { BinocleError } from '../errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { empty, json, type Reply, type Request } from '../http/route.ts'
import { KubeFailure } from '../kube/failure.ts'
import { tokenFacts } from '../kube/jwt.ts'
import type { Strategy } from './auth.ts'
import { bearerIn, isToken } from './bearer.ts'
import { tellTrust, wornAtHome, wornIn } from './impersonation.ts'
import { noKey } from './noKey.ts'
import {
  badToken,
  type ClusterParts,
  cannotConfirm,
  clusterInfoOf,
  confirmed,
  homeOf,
  identityTimeoutMs,
  loginNeeded,
  mustSee,
  refusedLogin,
  toldClusters,
} from './parts.ts'
import { createRecent } from './recent.ts'
import { type Identified, ownerOf, shownName } from './reviews.ts'
import type { Session } from './sessions.ts'
import { rfc1123, rfc3339 } from './times.ts'

export function createTokenStrategy(parts: ClusterParts): Strategy {
  const { sessions, clusters, clock, audit, keyOf, log } = parts
  const { impersonation } = parts.config.auth
  const owners = createRecent<Identified>(clock)
  if (impersonation.enabled) tellTrust(impersonation, { authority: 'the home cluster', key: 'auth.impersonation', log })

  /** The session that the request carries for `home`, and those for other clusters. Throws 401 or 503. */
  function carried(incoming: Incoming, home: ClusterName): Carried {
    const read = sessions.read(incoming, home)
    if (read.state === 'unavailable') throw noKey()
    if (read.state === 'over') sessions.clear(incoming)
    const first = read.state === 'open' ? held(read.session) : undefined
    if (first === undefined) throw loginNeeded()
    const others = clusters.list().flatMap(({ name }) => {
      if (name === home || impersonation.enabled) return []
      const other = sessions.read(incoming, name)
      if (other.state === 'over') sessions.clear(incoming, name)
      const more = other.state === 'open' ? held(other.session) : undefined
      return more === undefined ? [] : [more]
    })
    return { first, others }
  }

  function loginOf(first: Held, others: readonly Held[]): Login {
    const credentials = new Map([first, ...others].map((each) => [each.session.cluster, credentialOf(each)]))
    return {
      strategy: 'token',
      user: first.user,
      key: [...credentials.values()].map(keyOf).join(' '),
      sessionId: first.session.sessionId,
      expiresAt: first.session.expiresAt,
      on: (cluster) => credentials.get(cluster),
    }
  }

  /** The token only says who asks: clusters are asked by our accounts. Throws BIN-AUTH-TOKEN, BIN-AUTH-FORBIDDEN or 503. */
  async function impersonated(who: Held): Promise<Login> {
    const { cluster: home, expiresAt, sessionId } = who.session
    const owner = await ownerOfHeld(who)
    const on = wornIn(wornAtHome(owner, impersonation, { home, log }))
    return { strategy: 'token', user: shownName(owner.user), key: keyOf(on(home)), sessionId, expiresAt, on }
  }

  const newLogin = (first: Held, others: readonly Held[] = []): Promise<Login> =>
    impersonation.enabled ? impersonated(first) : Promise.resolve(loginOf(first, others))

  async function confirmedLogin(incoming: Incoming): Promise<Login> {
    const home = homeOf(parts)
    return await stillGood(incoming, home, carried(incoming, home))
  }

  async function stillGood(incoming: Incoming, home: ClusterName, { first, others }: Carried): Promise<Login> {
    if (impersonation.enabled)
      return await impersonated(first).catch((error: unknown) => {
        if (!(error instanceof BinocleError) || error.code !== 'BIN-AUTH-TOKEN') throw error
        sessions.clear(incoming)
        throw loginNeeded()
      })
    const login = loginOf(first, others)
    await confirmedAt(home, incoming, login)
    return login
  }

  /** Whose token is not good any more is logged out. */
  const confirmedAt = (home: ClusterName, incoming: Incoming, login: Login) =>
    confirmed(parts, login, home, () => {
      sessions.clear(incoming)
      return loginNeeded()
    })

  /** Of a token that nobody has kept: as if it had just been pasted. Throws BIN-AUTH-TOKEN. */
  async function identified(cluster: ClusterName, token: string): Promise<Held> {
    const session = { cluster, sessionId: '', expiresAt: endOf(token), payload: {} }
    const unnamed: Held = { session, token, user: '' }
    if (session.expiresAt <= clock()) throw badToken()
    if (impersonation.enabled) {
      const login = await impersonated(unnamed)
      await mustSee(parts, login, cluster, badToken)
      return { ...unnamed, user: login.user }
    }
    const seen = await confirmed(parts, loginOf(unnamed, []), cluster, badToken)
    // The same text as for a token that is not valid: whoever tries tokens learns nothing.
    if (seen.length === 0) throw badToken()
    const owner = await ownerOfHeld(unnamed)
    return { ...unnamed, user: shownName(owner.user) }
  }

  const ownerOfHeld = (who: Held): Promise<Identified> => owners.get(keyOf(credentialOf(who)), () => ownerOfToken(who))

  async function ownerOfToken(unnamed: Held): Promise<Identified> {
    const { cluster } = unnamed.session
    const api = clusters.apiAs(credentialOf(unnamed))
    if (api === undefined) throw cannotConfirm(cluster)
    const owner = await ownerOf(api, clusters.api(cluster), unnamed.token, identityTimeoutMs).catch(
      (error: unknown) => {
        throw isRejection(error) ? badToken() : cannotConfirm(cluster)
      },
    )
    if (owner === undefined) throw badToken()
    return owner
  }

  const endOf = (token: string): number =>
    Math.min(
      clock() + parts.config.auth.loginToken.expirationS * 1000,
      tokenFacts(token).expiresAt ?? Number.POSITIVE_INFINITY,
    )

  /** A bearer header alone, where that is allowed: no cookie, nothing kept. */
  async function bearerLogin(incoming: Incoming): Promise<Login | undefined> {
    if (!parts.config.auth.acceptBearer) return undefined
    const bearer = bearerIn(incoming)
    if (bearer.state === 'absent') return undefined
    if (bearer.state === 'malformed') throw badToken()
    return await newLogin(await identified(homeOf(parts), bearer.token))
  }

  async function authenticate(request: Request): Promise<Reply> {
    const { incoming } = request
    const cluster = wantedCluster(request, homeOf(parts))
    try {
      if (incoming.method !== 'POST') throw malformed('Log in with POST.')
      return await begin(incoming, cluster, postedToken(incoming))
    } catch (error) {
      const where = clusters.get(cluster) === undefined ? {} : { cluster }
      audit.record({ ...refusedLogin(error), ...where }, incoming)
      throw error
    }
  }

  async function begin(incoming: Incoming, cluster: ClusterName, token: string): Promise<Reply> {
    const home = homeOf(parts)
    if (cluster !== home && impersonation.enabled) throw malformed('One login counts in all clusters.')
    if (cluster !== home) await confirmedLogin(incoming)
    // What is not there answers as what is there and does not know the token.
    if (clusters.get(cluster)?.accessible !== true) throw badToken()
    const { session, ...held } = await identified(cluster, token).catch((error: unknown) => {
      if (cluster === home && error instanceof BinocleError && error.status === 401) sessions.clear(incoming)
      throw error
    })
    const payload = { token: held.token, user: held.user }
    const begun = sessions.write(incoming, { cluster, expiresAt: session.expiresAt, payload })
    // Another person may log in by the same browser: what the one before was let into is not theirs.
    if (cluster === home) for (const { name } of clusters.list()) if (name !== home) sessions.end(incoming, name)
    const login = await newLogin({ ...held, session: begun })
    audit.record({ type: 'login', verb: 'login', outcome: 'success', cluster, status: 200 }, incoming, login)
    return json({ expiresOn: rfc3339(begun.expiresAt), username: held.user })
  }

  /** Who is logged in stays so while the cluster cannot say: to send them to a login that must fail would help nobody. */
  async function info(incoming: Incoming): Promise<AuthInfo> {
    let sessionInfo: AuthInfo['sessionInfo'] = {}
    try {
      const home = homeOf(parts)
      const held = carried(incoming, home)
      sessionInfo = sessionInfoOf(held.first, held.others)
      const login = await stillGood(incoming, home, held)
      if (impersonation.enabled) {
        const told = await toldClusters(parts, login, home)
        sessionInfo = { ...sessionInfo, clusterInfo: clusterInfoOf(told, held.first.session.expiresAt) }
      }
    } catch (error) {
      if (!(error instanceof BinocleError)) throw error
      if (error.status !== 503) sessionInfo = {}
    }
    return { ...(impersonation.enabled ? { impersonationEnabled: true } : {}), sessionInfo, strategy: 'token' }
  }

  async function logout({ incoming }: Request): Promise<Reply> {
    const [first, ...others] = sessions.end(incoming).flatMap((session) => held(session) ?? [])
    // What no cluster knows any more is over all the same.
    const login = first === undefined ? undefined : await newLogin(first, others).catch(() => undefined)
    if (login !== undefined) parts.access.forget(login)
    audit.record({ type: 'logout', verb: 'logout', outcome: 'success', status: 204 }, incoming, login)
    return empty(204)
  }

  return {
    loginOf: async (incoming) => (await bearerLogin(incoming)) ?? (await confirmedLogin(incoming)),
    info,
    authenticate,
    logout,
  }
}

/** A session of this strategy, read. */
interface Held {
  readonly session: Session
  readonly token: string
  /** As shown. */
  readonly user: string
}

interface Carried {
  readonly first: Held
  readonly others: readonly Held[]
}

function held(session: Session): Held | undefined {
  const { token, user } = session.payload
  return typeof token === 'string' && token !== '' && typeof user === 'string' ? { session, token, user } : undefined
}

const credentialOf = ({ session, token }: Held): ClusterCredential => ({
  cluster: session.cluster,
  kind: 'bearer',
  token,
})

function sessionInfoOf(first: Held, others: readonly Held[]): AuthInfo['sessionInfo'] {
  const clusterInfo = Object.fromEntries(
    [first, ...others].map(({ session: { cluster, expiresAt } }) => [
      cluster,
      { name: cluster, expiresOn: rfc1123(expiresAt) },
    ]),
  )
  return { clusterInfo, expiresOn: rfc1123(first.session.expiresAt), username: first.user }
}

const wantedCluster = ({ query }: Request, home: ClusterName): ClusterName => query.text('clusterName') || home

/** Never of the query: URLs are written into logs. */
function postedToken({ body }: Incoming): string {
  const tokens = new URLSearchParams(body).getAll('token')
  const token = (tokens[0] ?? '').trim()
  if (token === '' || tokens.length > 1) throw malformed('Token is missing')
  if (!isToken(token)) throw malformed('Token is not one')
  return token
}

const malformed = (message: string): BinocleError =>
  new BinocleError('BIN-AUTH-REQUEST', message, { remedy: 'Send one `token` in the body, as a form.' })

const isRejection = (error: unknown): boolean => error instanceof KubeFailure && error.reason === 'unauthorized'
