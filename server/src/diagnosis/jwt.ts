/** What a Kubernetes token says of itself. Read, never trusted: only to say when it ends, and whose it is. */
import { isRecord } from '../inventory/json.ts'

export interface TokenClaims {
  /** Unix ms; undefined = never, or not said. */
  readonly expiresAtMs?: number
  readonly subject?: string
}

/** Undefined when the token is no JWT. */
export function claimsOf(token: string): TokenClaims | undefined {
  const [, body, signature] = token.split('.')
  if (body === undefined || signature === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
    if (!isRecord(claims)) return undefined
    return {
      ...(typeof claims.exp === 'number' ? { expiresAtMs: claims.exp * 1000 } : {}),
      ...(typeof claims.sub === 'string' ? { subject: claims.sub } : {}),
    }
  } catch {
    return undefined
  }
}
