/**
 * Why a login at the provider failed. The browser learns one word of a closed set (`?openid_error=`); what exactly was
 * wrong goes to the log under the request's id, and never holds a token, a code or an address of the query.
 */

import { BinocleError } from '../../errors.ts'

export type OpenIdFailure =
  /** The provider's answer belongs to no login that this browser has begun, or names another provider. */
  | 'state'
  /** It came too late. */
  | 'timeout'
  /** What the provider issued is not valid for us. */
  | 'token'
  /** The person's domain is not one of `allowed_domains`. */
  | 'domain'
  /** They may see no namespace of any cluster. */
  | 'forbidden'
  /** No cluster could say what they may see. */
  | 'unavailable'
  /** The provider refused, or did not answer as providers do. */
  | 'idp'

export class OpenIdError extends Error {
  readonly failure: OpenIdFailure

  constructor(failure: OpenIdFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'OpenIdError'
    this.failure = failure
  }
}

/** Ours are fixed texts; of a defect the stack is wanted, which holds no values. */
export function causeOf(error: unknown): string {
  if (error instanceof OpenIdError || error instanceof BinocleError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : 'unknown'
}
