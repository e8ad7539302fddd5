import { BinocleError } from '../errors.ts'

/** There is no key of sessions now. */
export const noKey = (): BinocleError =>
  new BinocleError('BIN-AUTH-UNAVAILABLE', 'The key of sessions cannot be read.', {
    remedy: 'Put back the file that login_token.signing_key names.',
    retryAfterS: 30,
  })
