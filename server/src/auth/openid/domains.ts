/**
 * `auth.openid.allowed_domains`: who may log in by the domain of their account. Google's `hd` speaks first; else the
 * domain of an e-mail address that the provider has verified (reference: auth.md 6.4.8).
 */
import { domainToASCII } from 'node:url'
import type { JWTPayload } from 'jose'

/** Of the claims of a validated id_token. `allowed` empty = everybody. */
export function domainAllowed(claims: JWTPayload, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true
  const domain = domainOf(claims)
  return domain !== undefined && allowed.some((each) => normalised(each) === domain)
}

/** undefined: none that can be trusted. */
function domainOf({ hd, email, email_verified: verified }: JWTPayload): string | undefined {
  if (hd !== undefined) return typeof hd === 'string' ? normalised(hd) : undefined
  if (typeof email !== 'string' || verified !== true) return undefined
  const at = email.lastIndexOf('@')
  // A quoted local part may hold a second address; no account that we could tell apart has one.
  if (at < 1 || email.includes('"')) return undefined
  return normalised(email.slice(at + 1))
}

/** Lower case, in the form that DNS uses; undefined for what is no domain. Never a suffix of another. */
function normalised(text: string): string | undefined {
  if (!/^[^\s@/\\:?#%]+$/.test(text)) return undefined
  const ascii = domainToASCII(text.toLowerCase())
  return ascii === '' ? undefined : ascii
}
