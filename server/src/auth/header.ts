/**
 * Strategy `header`: a proxy in front knows who asks and says so with every request. The token that it sends is good for
 * the home cluster, and for all only where that is configured; the home cluster says whose it is (reference: auth.md 6.2).
 */
import { createHash } from 'node:crypto'
import type { AuthInfo } from '@binocle/api/auth'
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterCredential, Impersonation, Login } from '../access/login.ts'
import { BinocleError } from '../errors.ts'
import { rangesOf, within } from '../http/external.ts'
import type { Incoming } from '../http/incoming.ts'
import { empty, json, type Reply, type Request } from '../http/route.ts'
import { KubeFailure } from '../kube/failure.ts'
import type { Strategy } from './auth.ts'
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
  mayNotUse,
  refusedLogin,
  toldClusters,
} from './parts.ts'
import { impersonationRefusal } from './privileged.ts'
import { type Proxied, proxiedOf, readable } from './proxyHeaders.ts'
import { createRecent } from './recent.ts'
import { type Identified, reviewToken, shownName, whoAmI } from './reviews.ts'
import type { Session } from './sessions.ts'
import { rfc1123, rfc3339 } from './times.ts'

/** The configuration names the networks of the proxy, or says that this is development. */
export function createHeaderStrategy(parts: ClusterParts): Strategy {
  const { sessions, clusters, clock, audit, config, keyOf } = parts
  const { trustedProxies } = config.auth.header
  const proxies = rangesOf(trustedProxies)
  const { impersonation } = config.auth
  const owners = createRecent<Identified | undefined>(clock)
  /** Those whom the proxy names, by whose token may act as them. */
  const named = createRecent<Identified>(clock)
  if (impersonation.enabled)
    tellTrust(impersonation, { authority: 'the home cluster', key: 'auth.impersonation', log: parts.log })

  /** Throws what the answer shall be. */
  function said(incoming: Incoming): Proxied {
    if (trustedProxies.length > 0 && !within(proxies, incoming.address))
      throw new BinocleError('BIN-AUTH-FORBIDDEN', 'Requests come through the proxy only.', {
        remedy: 'Use the address of the proxy, or add its network to auth.header.trusted_proxies.',
      })
    const proxied = proxiedOf(incoming)
    if (proxied === undefined)
      throw new BinocleError('BIN-AUTH-TOKEN', 'Token is missing', { remedy: 'Log in at the proxy.' })
    refusePrivileged(proxied)
    return proxied
  }

  /** Whose the token is, as the home cluster says; asked again after ten seconds. */
  async function ownerOf(home: ClusterName, token: string): Promise<Identified> {
    const owner = await owners.get(keyOf({ cluster: home, kind: 'bearer', token }), async () => {
      const reviewer = clusters.api(home)
      if (reviewer === undefined) throw cannotConfirm(home)
      try {
        return await reviewToken(reviewer, token, identityTimeoutMs)
      } catch (error) {
        const reason = error instanceof KubeFailure ? error.message : 'it answers something else'
        parts.log('error', 'a token cannot be reviewed', { cluster: home, reason })
        throw cannotConfirm(home)
      }
    })
    if (owner === undefined) throw badToken()
    return owner
  }

  async function identified(incoming: Incoming): Promise<Person> {
    const home = homeOf(parts)
    try {
      const proxied = said(incoming)
      const owner = await ownerOf(home, proxied.token)
      const { impersonate } = proxied
      const user = impersonate === undefined ? shownName(owner.user) : readable(impersonate.user)
      const on = impersonation.enabled ? await onEverywhere(home, proxied, owner) : onTokens(home, proxied)
      return { home, proxied, owner, user, on, binding: bindingOf(owner, proxied) }
    } catch (error) {
      if (error instanceof BinocleError && error.status === 401) sessions.clear(incoming)
      throw error
    }
  }

  /** Clusters are shown the token itself. */
  function onTokens(home: ClusterName, { impersonate, token }: Proxied): Login['on'] {
    const credentialOf = (cluster: ClusterName): ClusterCredential => ({
      cluster,
      kind: 'bearer',
      token,
      ...(impersonate === undefined ? {} : { impersonate }),
    })
    return (cluster) => (cluster === home || config.auth.header.clusters === 'all' ? credentialOf(cluster) : undefined)
  }

  /** The token only says who asks: clusters are asked by our accounts, also those of which it is no token. */
  async function onEverywhere(home: ClusterName, proxied: Proxied, owner: Identified): Promise<Login['on']> {
    const { impersonate } = proxied
    const asked = impersonate === undefined ? owner : await namedBy(home, proxied.token, impersonate)
    const { groups, user } = wornAtHome(asked, impersonation, { home, log: parts.log })
    const { extra, uid } = impersonate ?? {}
    return wornIn({ user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) })
  }

  /** Home answers for whom the proxy names, and only if the token may act as them: our own account could as anybody. */
  const namedBy = (home: ClusterName, token: string, impersonate: Impersonation): Promise<Identified> => {
    const credential: ClusterCredential = { cluster: home, kind: 'bearer', token, impersonate }
    return named.get(keyOf(credential), async () => {
      try {
        const api = clusters.apiAs(credential)
        const answer = api && (await whoAmI(api, identityTimeoutMs))
        if (answer !== undefined) return answer
      } catch (error) {
        const reason = error instanceof KubeFailure ? error.reason : undefined
        if (reason === 'unauthorized') throw badToken()
        if (reason === 'forbidden') throw mayNotUse(home)
        const message = error instanceof KubeFailure ? error.message : 'it answers something else'
        parts.log('error', 'whom the proxy names cannot be looked up', { cluster: home, reason: message })
      }
      throw cannotConfirm(home)
    })
  }

  function loginOf({ home, on, owner, proxied, user }: Person, session: Session | undefined): Login {
    const atHome = on(home)
    if (atHome === undefined) throw cannotConfirm(home)
    return {
      strategy: 'header',
      user,
      ...(proxied.impersonate === undefined ? {} : { actor: owner.user }),
      key: `${config.auth.header.clusters} ${keyOf(atHome)}`,
      sessionId: session?.sessionId ?? '',
      on,
    }
  }

  /** What the cookie says counts only for the person it was made for: the proxy may know another one by now. */
  function sessionOf(incoming: Incoming, person: Person): Session | undefined {
    const read = sessions.read(incoming, person.home)
    if (read.state === 'unavailable') throw noKey()
    if (read.state === 'over') sessions.clear(incoming, person.home)
    if (read.state !== 'open') return undefined
    return read.session.payload.binding === person.binding ? read.session : begun(incoming, person)
  }

  const begun = (incoming: Incoming, { binding, home, user }: Person): Session =>
    sessions.write(incoming, {
      cluster: home,
      expiresAt: clock() + config.auth.loginToken.expirationS * 1000,
      payload: { subject: user, binding },
    })

  async function authenticate({ incoming }: Request): Promise<Reply> {
    try {
      const person = await identified(incoming)
      const session = begun(incoming, person)
      const login = loginOf(person, session)
      audit.record({ type: 'login', verb: 'login', outcome: 'success', status: 200 }, incoming, login)
      return json({ expiresOn: rfc3339(session.expiresAt), username: person.user })
    } catch (error) {
      audit.record(refusedLogin(error), incoming)
      throw error
    }
  }

  async function info(incoming: Incoming): Promise<AuthInfo> {
    try {
      const person = await identified(incoming)
      const session = sessionOf(incoming, person)
      const expiresAt = session?.expiresAt ?? clock() + config.auth.loginToken.expirationS * 1000
      const told = await toldClusters(parts, loginOf(person, session), person.home)
      const clusterInfo = clusterInfoOf(told, expiresAt)
      return { sessionInfo: { clusterInfo, expiresOn: rfc1123(expiresAt), username: person.user }, strategy: 'header' }
    } catch (error) {
      if (!(error instanceof BinocleError)) throw error
      return { sessionInfo: {}, strategy: 'header' }
    }
  }

  async function logout({ incoming }: Request): Promise<Reply> {
    const person = await identified(incoming).catch(() => undefined)
    const session = sessions.end(incoming).find(({ cluster }) => cluster === person?.home)
    const login = person === undefined ? undefined : loginOf(person, session)
    if (login !== undefined) parts.access.forget(login)
    audit.record({ type: 'logout', verb: 'logout', outcome: 'success', status: 204 }, incoming, login)
    return empty(204)
  }

  return {
    loginOf: async (incoming) => {
      const person = await identified(incoming)
      const login = loginOf(person, sessionOf(incoming, person))
      // Home has just said who it is; whether our own account is well there is not the person's affair.
      if (impersonation.enabled) return login
      await confirmed(parts, login, person.home, () => {
        sessions.clear(incoming)
        return badToken()
      })
      return login
    },
    info,
    authenticate,
    logout,
  }
}

interface Person {
  readonly home: ClusterName
  readonly proxied: Proxied
  readonly owner: Identified
  /** As shown. */
  readonly user: string
  readonly on: Login['on']
  /** The same for as long as the proxy says the same person, whatever token it uses. */
  readonly binding: string
}

function refusePrivileged({ impersonate }: Proxied): void {
  if (impersonate === undefined) return
  const shown = { user: readable(impersonate.user), groups: impersonate.groups.map(readable) }
  const refusal = impersonationRefusal(shown)
  if (refusal !== undefined)
    throw new BinocleError('BIN-AUTH-FORBIDDEN', `The proxy names a ${refusal.why} ${refusal.what} to act as.`, {
      remedy: 'Correct what the proxy sends in Impersonate-User and Impersonate-Group.',
    })
}

function bindingOf(owner: Identified, { impersonate }: Proxied): string {
  const groups = [...(impersonate?.groups ?? owner.groups)].sort()
  const extras = Object.entries(impersonate?.extra ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const identity = JSON.stringify([owner.user, impersonate?.user ?? null, impersonate?.uid ?? null, groups, extras])
  return createHash('sha256').update(identity).digest('base64url')
}
