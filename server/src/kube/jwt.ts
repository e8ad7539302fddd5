/** What a token says of itself. Nothing is verified: it only serves to explain why an API server rejects it. */
import { isRecord } from '../inventory/json.ts'

export interface TokenFacts {
  /** Unix ms. */
  readonly expiresAt?: number
  /** `system:serviceaccount:istio-system:kiali` */
  readonly subject?: string
}

/** Empty for a token that is no JWT. */
export function tokenFacts(token: string): TokenFacts {
  const [, body = ''] = token.split('.')
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
    if (!isRecord(claims)) return {}
    return {
      ...(typeof claims.exp === 'number' ? { expiresAt: claims.exp * 1000 } : {}),
      ...(typeof claims.sub === 'string' ? { subject: claims.sub } : {}),
    }
  } catch {
    return {}
  }
}
