/**
 * Who comes from the provider for all clusters, and is let in: they must see something somewhere, and a cluster with an
 * audience of its own is shown a token of its own.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Visible } from '../../access/access.ts'
import type { Incoming } from '../../http/incoming.ts'
import { homeOf, type StrategyParts } from '../parts.ts'
import { causeOf, OpenIdError } from './failure.ts'
import type { Admitted } from './flow.ts'
import type { Logins } from './logins.ts'
import { type Person, payloadOf } from './person.ts'
import type { ExchangedToken, Provider } from './provider.ts'

export interface AdmissionParts
  extends Pick<StrategyParts, 'access' | 'audit' | 'clock' | 'clusters' | 'config' | 'log' | 'sessions'> {
  readonly provider: Provider
  readonly logins: Logins
}

export function createAdmission(around: AdmissionParts): (incoming: Incoming, admitted: Admitted) => Promise<void> {
  const { access, audit, clock, clusters, config, log, logins, provider, sessions } = around
  const settings = config.auth.openid
  const { enabled: impersonates } = config.auth.impersonation

  /** A cluster with an audience of its own gets a token for it, and no other: one that cannot be had is left out. */
  async function exchanged(token: string): Promise<Record<ClusterName, ExchangedToken> | undefined> {
    const wanted = Object.entries(settings.clusterAudience)
    if (wanted.length === 0 || settings.disableRbac) return undefined
    const results = await Promise.all(
      wanted.map(async ([cluster, audience]) => {
        try {
          return [[cluster, await provider.exchange(token, settings.apiToken, audience)] as const]
        } catch (error) {
          log('warn', 'no token for the audience of a cluster', { cluster, cause: causeOf(error) })
          return []
        }
      }),
    )
    return Object.fromEntries(results.flat())
  }

  return async (incoming, { issuer, token, tokens: { accessToken, idToken } }) => {
    const shown = settings.apiToken === 'access_token' && !settings.disableRbac && !impersonates ? accessToken : idToken
    const tokens = await exchanged(shown)
    const person: Person = {
      issuer,
      subject: token.subject,
      username: token.username,
      token: shown,
      ...(shown === idToken ? {} : { idToken }),
      ...(tokens === undefined ? {} : { tokens }),
    }
    const standing = { sessionId: '', expiresAt: token.expiresAtMs, nowMs: clock() }
    if (!settings.disableRbac) {
      const login = logins(person, standing)
      mustSeeSomething(await Promise.all(clusters.list().map(({ name }) => access.visible(login, name))), impersonates)
    }
    const session = sessions.write(incoming, {
      cluster: homeOf(around),
      expiresAt: token.expiresAtMs,
      payload: payloadOf(person),
    })
    audit.record(
      { type: 'login', outcome: 'success', verb: 'login' },
      incoming,
      logins(person, { ...standing, ...session }),
    )
  }
}

/**
 * Throws OpenIdError unless there is a namespace of some cluster to see. `byUs`: clusters were asked by our accounts, so
 * that one that rejects these says nothing of the person.
 */
export function mustSeeSomething(answers: readonly Visible[], byUs: boolean): void {
  if (answers.some((each) => each.state === 'known' && each.namespaces.length > 0)) return
  if (answers.some(({ state }) => state === 'unknown' || (byUs && state === 'rejected')))
    throw new OpenIdError('unavailable', 'no cluster can say now what the person may see')
  if (answers.every(({ state }) => state === 'rejected' || state === 'absent'))
    throw new OpenIdError('token', 'no cluster accepts the token: its issuer, audience or claims are not theirs')
  throw new OpenIdError('forbidden', 'the person may see no namespace of any cluster')
}
