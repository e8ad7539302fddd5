/**
 * The login of a person whom the provider vouches for. Clusters are shown their token, or nothing but our own accounts;
 * under impersonation those act as the person: named by claims of the validated id_token, as kube-apiserver would.
 */
import type { JWTPayload } from 'jose'
import { decodeJwt } from 'jose'
import type { Login } from '../../access/login.ts'
import type { OpenIdConfig } from '../../config/auth.ts'
import { authenticatedGroup, type Named, tellTrust, worn, wornIn } from '../impersonation.ts'
import { homeOf, mayNotUse, type StrategyParts } from '../parts.ts'
import { loginOfPerson, type Person, type Standing } from './person.ts'

/** Throws BIN-AUTH-FORBIDDEN for who may not be impersonated. */
export type Logins = (person: Person, standing: Standing) => Login

export function createLogins(parts: Pick<StrategyParts, 'clusters' | 'config' | 'keyOf' | 'log'>): Logins {
  const { impersonation, openid } = parts.config.auth
  const { keyOf, log } = parts
  if (!impersonation.enabled)
    return (person, standing) => {
      // Home is where this login is of.
      const { [homeOf(parts)]: _, ...clusters } = openid.clusters
      return loginOfPerson(person, { ...openid, clusters }, standing)
    }
  tellTrust(impersonation, { authority: openid.issuerUri, key: 'auth.impersonation', log })

  return (person, { expiresAt, sessionId }) => {
    const home = homeOf(parts)
    const named = namedBy(decodeJwt(person.idToken ?? person.token), openid)
    if ('unfit' in named) {
      log('warn', 'somebody may not be impersonated', { user: person.username, reason: named.unfit })
      throw mayNotUse(home)
    }
    const on = wornIn(worn(named, impersonation, [authenticatedGroup], { home, log }))
    return { strategy: 'openid', user: person.username, key: keyOf(on(home)), sessionId, expiresAt, on }
  }
}

type Claimed = Pick<OpenIdConfig, 'groupsClaim' | 'groupsPrefix' | 'usernameClaim' | 'usernamePrefix'>

/**
 * What kube-apiserver makes of the claims. An e-mail address names nobody unless it is verified, where the provider says
 * anything of that; groups are a list of texts, or one.
 */
export function namedBy(claims: JWTPayload, settings: Claimed): Named | { readonly unfit: string } {
  const { groupsClaim, groupsPrefix, usernameClaim, usernamePrefix } = settings
  const name = claims[usernameClaim]
  if (typeof name !== 'string' || name === '') return { unfit: `its claim ${usernameClaim} is no text` }
  const { email_verified: verified } = claims
  if (usernameClaim === 'email' && verified !== undefined && verified !== true)
    return { unfit: 'its e-mail address is not verified' }
  const stated = (groupsClaim === '' ? undefined : claims[groupsClaim]) ?? []
  const groups: readonly unknown[] = Array.isArray(stated) ? stated : [stated]
  const texts = groups.filter((group) => typeof group === 'string')
  if (texts.length < groups.length) return { unfit: `its claim ${groupsClaim} is no list of texts` }
  return { name: `${usernamePrefix}${name}`, groups: texts.map((group) => `${groupsPrefix}${group}`) }
}
