/**
 * A bearer header as a login, where `auth.accept_bearer` allows it: for programs that have an id_token of the same
 * provider. It is judged like the token of a login, for each request, and nothing is kept but the verdict for a moment.
 */
import type { Login } from '../../access/login.ts'
import { BinocleError } from '../../errors.ts'
import type { Incoming } from '../../http/incoming.ts'
import { bearerIn } from '../bearer.ts'
import { badToken, homeOf, type StrategyParts } from '../parts.ts'
import { createRecent } from '../recent.ts'
import { type AdmissionParts, mustSeeSomething } from './admission.ts'
import { domainAllowed } from './domains.ts'
import { OpenIdError } from './failure.ts'
import { anyLogin, type IdToken } from './idToken.ts'

/** Rejects with BIN-AUTH-TOKEN or BIN-AUTH-UNAVAILABLE; undefined: there is no such header, or it counts nothing. */
export function createBearerLogins(
  around: AdmissionParts & Pick<StrategyParts, 'keyOf'>,
): (incoming: Incoming) => Promise<Login | undefined> {
  const { access, clock, clusters, config, keyOf, logins, provider } = around
  const { enabled: impersonates } = config.auth.impersonation
  const settings = config.auth.openid
  const verdicts = createRecent<IdToken>(clock)
  // Clusters that are shown access tokens would take none of these.
  const accepts = config.auth.acceptBearer && (settings.disableRbac || impersonates || settings.apiToken === 'id_token')

  async function judged(token: string): Promise<Login> {
    const key = keyOf({ cluster: homeOf(around), kind: 'bearer', token })
    const { claims, expiresAtMs, subject, username } = await verdicts.get(key, () =>
      provider.validate(token, { nonce: anyLogin }),
    )
    if (expiresAtMs <= clock() || !domainAllowed(claims, settings.allowedDomains)) throw badToken()
    const issuer = settings.issuerUri
    const standing = { sessionId: '', expiresAt: expiresAtMs, nowMs: clock() }
    const login = logins({ issuer, subject, username, token }, standing)
    if (!settings.disableRbac)
      mustSeeSomething(await Promise.all(clusters.list().map(({ name }) => access.visible(login, name))), impersonates)
    return login
  }

  return async (incoming) => {
    const bearer = accepts ? bearerIn(incoming) : undefined
    if (bearer === undefined || bearer.state === 'absent') return undefined
    if (bearer.state === 'malformed') throw badToken()
    try {
      return await judged(bearer.token)
    } catch (error) {
      if (!(error instanceof OpenIdError)) throw error
      throw error.failure === 'idp' || error.failure === 'unavailable' ? unavailable() : badToken()
    }
  }
}

const unavailable = (): BinocleError =>
  new BinocleError('BIN-AUTH-UNAVAILABLE', 'Nobody can confirm the token now.', { remedy: 'Try again.' })
