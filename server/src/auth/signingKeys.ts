/**
 * The key that sessions are sealed with, and those before it for a while: from the configuration, or from a file that may
 * be replaced while people are logged in. There is no key by default: whoever knows it is everybody.
 */
import { randomBytes } from 'node:crypto'
import type { AuthConfig } from '../config/auth.ts'
import type { CredentialSource } from '../config/credential.ts'
import { BinocleError } from '../errors.ts'
import type { Log } from '../kube/surroundings.ts'
import type { Credentials } from '../outbound/credentials.ts'
import { type DerivedKey, derivedKey, type Keys } from './keyRing.ts'
import { hasKeyLength, isWeak, keyBytes } from './keyStrength.ts'

export interface KeySurroundings {
  readonly auth: AuthConfig
  readonly credentials: Credentials
  readonly clock: () => number
  readonly log: Log
}

/** Throws BIN-CONFIG-KEY or BIN-CONFIG-CREDENTIAL: without a key there is no start, unless nobody logs in. */
export function createSigningKeys({ auth, credentials, clock, log }: KeySurroundings): Keys {
  const { keyOverlapMs, previousSigningKeys, signingKey } = auth.loginToken
  const startedAt = clock()
  const text = (source: CredentialSource): string | undefined => credentials.current(source)?.reveal()
  const first = text(signingKey)
  if (auth.strategy === 'anonymous' || (first === undefined && auth.development)) {
    if (auth.strategy !== 'anonymous')
      log('warn', 'sessions end with this process: login_token.signing_key is not set', {})
    const key = derivedKey(randomBytes(32))
    return { current: () => key, previous: () => [] }
  }
  if (first === undefined) throw missing()
  const configured = previousSigningKeys.map((source) => derivedKey(judged(text(source) ?? '', source.key, auth)))
  let held: Held = { text: first, key: derivedKey(judged(first, signingKey.key, auth)) }
  let replaced: readonly Replaced[] = configured.map((key) => ({ key, until: startedAt + keyOverlapMs }))

  function look(): DerivedKey | undefined {
    let now: string | undefined
    try {
      now = text(signingKey)
    } catch {
      // Taken away: nobody is let in by a key that is not meant to be there any more.
      return undefined
    }
    if (now === undefined) return undefined
    if (now !== held.text) {
      const key = usable(now)
      if (key !== undefined) replaced = [...replaced, { key: held.key, until: clock() + keyOverlapMs }]
      held = { text: now, key: key ?? held.key }
    }
    return held.key
  }

  function usable(next: string): DerivedKey | undefined {
    try {
      return derivedKey(judged(next, signingKey.key, auth))
    } catch (error) {
      const reason = error instanceof BinocleError ? error.message : 'it cannot be read'
      log('error', 'the new key of sessions is not used; the one before stays', { reason })
      return undefined
    }
  }

  return {
    current: look,
    previous: () => {
      const now = clock()
      replaced = replaced.filter(({ until }) => until > now)
      return replaced.map(({ key }) => key)
    },
  }
}

interface Held {
  /** As it stands in its source, whether or not it could be used. */
  readonly text: string
  readonly key: DerivedKey
}

interface Replaced {
  readonly key: DerivedKey
  /** Unix ms. */
  readonly until: number
}

function judged(text: string, key: string, { development }: AuthConfig): Uint8Array {
  const bytes = keyBytes(text)
  if (bytes === undefined || !hasKeyLength(bytes))
    throw new BinocleError('BIN-CONFIG-KEY', `${key} has ${bytes?.length ?? 0} bytes, not 16, 24 or 32.`, { remedy })
  if (isWeak(bytes) && !development)
    throw new BinocleError('BIN-CONFIG-KEY', `${key} can be guessed: whoever knows it is everybody.`, { remedy })
  return bytes
}

const missing = (): BinocleError =>
  new BinocleError('BIN-CONFIG-KEY', 'login_token.signing_key is not set: sessions need a key.', { remedy })

const remedy =
  'Generate one: `echo "base64:$(openssl rand -base64 32)"`. Keep it in a file or a Secret and name its path; all replicas share it.'
