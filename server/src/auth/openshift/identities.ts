/**
 * Who asks: from the sessions or the bearer token of a request to a login. The home cluster decides whether there is
 * one; another cluster only ever takes itself away.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterCredential, Login } from '../../access/login.ts'
import type { Incoming } from '../../http/incoming.ts'
import { bearerIn } from '../bearer.ts'
import { authenticatedGroup, oauthGroup, worn, wornIn } from '../impersonation.ts'
import { badToken, cannotConfirm, homeOf, loginNeeded, mayNotUse, type StrategyParts } from '../parts.ts'
import { type Held, type HeldToken, heldBy } from './held.ts'
import type { Identified, People, Person } from './people.ts'

export interface IdentifiedLogin {
  readonly login: Login
  /** undefined: by a bearer token, which leaves no session. */
  readonly held: Held | undefined
}

export interface Identities {
  /** Throws BIN-AUTH-LOGIN, BIN-AUTH-TOKEN, BIN-AUTH-FORBIDDEN or BIN-AUTH-UNAVAILABLE. */
  identify(incoming: Incoming): Promise<IdentifiedLogin>
  /** Throws BIN-AUTH-FORBIDDEN for who may not use the console. */
  refuse(person: Person): void
  /** The login of somebody who is known at home. Throws BIN-AUTH-FORBIDDEN. */
  admitted(person: Person, home: Pick<HeldToken, 'session' | 'token'>): Login
  /** Id of the session at home, whether or not it is still good there. */
  homeSession(incoming: Incoming): string | undefined
}

/** Other clusters are waited for so long; an answer that comes later counts for the next request. */
const patienceMs = 500

/** What everybody has who logged in through OpenShift. */
const automaticGroups = [authenticatedGroup, oauthGroup] as const

export function createIdentities(parts: StrategyParts, people: People): Identities {
  const { clock, clusters, config, keyOf, log, sessions } = parts
  const { timers } = parts.surroundings
  const { impersonation } = config.auth.openshift

  /** In turn: the sessions of clusters that are known, home left out. */
  function held(incoming: Incoming, home: ClusterName): Held | undefined {
    const others = impersonation.enabled
      ? []
      : clusters.list().filter(({ accessible, name }) => accessible && name !== home)
    return heldBy(
      incoming,
      sessions,
      home,
      others.map(({ name }) => name),
    )
  }

  async function bySession(incoming: Incoming): Promise<IdentifiedLogin> {
    const home = homeOf(parts)
    const carried = held(incoming, home)
    if (carried === undefined) return over(incoming)
    const gone = Promise.all(carried.others.map(({ session, token }) => isRejected(session.cluster, token)))
    const identified = await people.whoIs(home, carried.home.token)
    if (identified.state === 'rejected') return over(incoming)
    const person = personIn(identified, home)
    if (impersonation.enabled) return { login: masked(person, carried.home.session), held: carried }
    const rejected = await gone
    const others = carried.others.filter((_, index) => rejected[index] !== true)
    for (const other of carried.others) if (!others.includes(other)) sessions.clear(incoming, other.session.cluster)
    return { login: withTokens(person, carried.home, others), held: { ...carried, others } }
  }

  /** Whether another cluster knows the token no more. One that does not say so in time has not said so. */
  function isRejected(cluster: ClusterName, token: string): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = timers.after(patienceMs, () => resolve(false))
      void people.whoIs(cluster, token).then(({ state }) => {
        cancel()
        resolve(state === 'rejected')
      })
    })
  }

  function over(incoming: Incoming): never {
    sessions.clear(incoming)
    throw loginNeeded()
  }

  async function byBearer(token: string): Promise<IdentifiedLogin> {
    const home = homeOf(parts)
    const identified = await people.whoIs(home, token)
    if (identified.state === 'rejected') throw badToken()
    const expiresAt = clock() + config.auth.loginToken.expirationS * 1000
    const session = { cluster: home, sessionId: '', expiresAt, payload: {} }
    return { login: admitted(personIn(identified, home), { session, token }), held: undefined }
  }

  function personIn(identified: Identified, home: ClusterName): Person {
    if (identified.state === 'known') return identified.person
    throw identified.state === 'forbidden' ? mayNotUse(home) : cannotConfirm(home)
  }

  const admitted: Identities['admitted'] = (person, home) =>
    impersonation.enabled ? masked(person, home.session) : withTokens(person, home, [])

  const impersonated = (person: Person) => worn(person, impersonation, automaticGroups, { home: homeOf(parts), log })

  function masked(person: Person, { cluster, sessionId, expiresAt }: HeldToken['session']): Login {
    const on = wornIn(impersonated(person))
    return { strategy: 'openshift', user: person.name, key: keyOf(on(cluster)), sessionId, expiresAt, on }
  }

  function withTokens(person: Person, home: Pick<HeldToken, 'session' | 'token'>, others: readonly HeldToken[]): Login {
    const credentials = new Map(
      [home, ...others].map(({ session: { cluster }, token }): [ClusterName, ClusterCredential] => [
        cluster,
        { cluster, kind: 'bearer', token },
      ]),
    )
    const { sessionId, expiresAt } = home.session
    return {
      strategy: 'openshift',
      user: person.name,
      key: [...credentials.values()].map(keyOf).join(' '),
      sessionId,
      expiresAt,
      on: (cluster) => credentials.get(cluster),
    }
  }

  return {
    identify: async (incoming) => {
      const bearer = bearerIn(incoming)
      if (bearer.state === 'malformed') throw badToken()
      return bearer.state === 'token' ? byBearer(bearer.token) : bySession(incoming)
    },
    refuse: (person) => {
      if (impersonation.enabled) impersonated(person)
    },
    admitted,
    homeSession: (incoming) => held(incoming, homeOf(parts))?.home.session.sessionId,
  }
}
