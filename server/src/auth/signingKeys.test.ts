import { describe, expect, it } from 'vitest'
import type { AuthConfig } from '../config/auth.ts'
import { loadConfig } from '../config/load.ts'
import { Secret } from '../config/secret.ts'
import { BinocleError } from '../errors.ts'
import { createKeyRing } from './keyRing.ts'
import { createSigningKeys } from './signingKeys.ts'

const keyA = 'q7Zr1nXk0Vb3LmT9'
const keyB = 'Zp4Xw8Ye2Rt6Qu1N'
const keyC = 'Mc3Vb7Nx5Lk9Jh0G'

function authOf(more: Partial<AuthConfig> = {}, yaml = ''): AuthConfig {
  const text = `auth: {strategy: token}\nlogin_token: {${yaml}}`
  return { ...loadConfig({ file: { name: 'x', text } }).config.auth, ...more }
}

/** `values` by configuration key: read anew each time; throws what is an error. */
function keysOf(auth: AuthConfig, values: Record<string, string | Error | undefined>, time = { now: 0 }) {
  const messages: string[] = []
  const keys = createSigningKeys({
    auth,
    clock: () => time.now,
    log: (_level, message) => messages.push(message),
    credentials: {
      current: ({ key }) => {
        const value = values[key]
        if (value instanceof Error) throw value
        return value === undefined ? undefined : new Secret(value)
      },
    },
  })
  return { ring: createKeyRing(keys), messages }
}

const current = 'login_token.signing_key'
const previous = 'login_token.previous_signing_keys'

function refusalOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return error instanceof BinocleError ? `${error.code}: ${error.message}` : String(error)
  }
  return 'none'
}

describe('the key of sessions', () => {
  it.each(['token', 'header', 'openid', 'openshift'] as const)('AUTH-3: of another length stops %s', (strategy) => {
    expect(refusalOf(() => keysOf(authOf({ strategy }), { [current]: 'kiali' }))).toBe(
      'BIN-CONFIG-KEY: login_token.signing_key has 5 bytes, not 16, 24 or 32.',
    )
  })

  it('AUTH-3: is not needed where nobody logs in', () => {
    expect(keysOf(authOf({ strategy: 'anonymous' }), { [current]: 'kiali' }).ring.usable()).toBe(true)
  })

  it.each(['aaaaaaaaaaaaaaaa', '1234567890123456'])('AUTH-T25: %s stops the start', (key) => {
    expect(refusalOf(() => keysOf(authOf(), { [current]: key }))).toBe(
      'BIN-CONFIG-KEY: login_token.signing_key can be guessed: whoever knows it is everybody.',
    )
  })

  it('AUTH-T25: none by default stops the start', () => {
    expect(refusalOf(() => keysOf(authOf(), {}))).toBe(
      'BIN-CONFIG-KEY: login_token.signing_key is not set: sessions need a key.',
    )
  })

  it('may be a weak one, or of this process alone, for development', () => {
    const development = authOf({ development: true })
    expect(keysOf(development, { [current]: 'aaaaaaaaaaaaaaaa' }).ring.usable()).toBe(true)
    expect(keysOf(development, {}).messages).toEqual([
      'sessions end with this process: login_token.signing_key is not set',
    ])
  })

  it('AUTH-4: a previous one that can be guessed stops the start', () => {
    const auth = authOf({}, 'previous_signing_keys: [aaaaaaaaaaaaaaaa]')
    expect(refusalOf(() => keysOf(auth, { [current]: keyA, [previous]: 'aaaaaaaaaaaaaaaa' }))).toBe(
      'BIN-CONFIG-KEY: login_token.previous_signing_keys can be guessed: whoever knows it is everybody.',
    )
  })
})

describe('a key that is replaced', () => {
  const sealedWith = (key: string): string => keysOf(authOf(), { [current]: key }).ring.seal('session', 'x', []) ?? ''

  it('AUTH-49: opens what it sealed for the overlap, and nothing after', () => {
    const time = { now: 0 }
    const values: Record<string, string> = { [current]: keyA }
    const { ring } = keysOf(authOf({}, 'key_overlap: 1h'), values, time)
    const sealed = ring.seal('session', 'x', []) ?? ''
    values[current] = keyB
    expect(ring.open('session', sealed, [])).toEqual({ plain: 'x', current: false })
    time.now = 3_600_000 - 1
    expect(ring.open('session', sealed, [])).toEqual({ plain: 'x', current: false })
    time.now = 3_600_000
    expect(ring.open('session', sealed, [])).toBeUndefined()
  })

  it('AUTH-49: that was there before the start is accepted for the overlap', () => {
    const time = { now: 0 }
    const auth = authOf({}, `key_overlap: 1m, previous_signing_keys: [${keyC}]`)
    const { ring } = keysOf(auth, { [current]: keyA, [previous]: keyC }, time)
    const sealed = sealedWith(keyC)
    expect(ring.open('session', sealed, [])?.current).toBe(false)
    time.now = 60_000
    expect(ring.open('session', sealed, [])).toBeUndefined()
  })

  it('seals with the new one from then on', () => {
    const values: Record<string, string> = { [current]: keyA }
    const { ring } = keysOf(authOf(), values)
    values[current] = keyB
    const other = keysOf(authOf(), { [current]: keyB })
    expect(other.ring.open('session', ring.seal('session', 'x', []) ?? '', [])?.plain).toBe('x')
  })

  it('by one that cannot be used stays, and the log says so', () => {
    const values: Record<string, string> = { [current]: keyA }
    const { ring, messages } = keysOf(authOf(), values)
    const sealed = ring.seal('session', 'x', []) ?? ''
    values[current] = 'too short'
    expect(ring.open('session', sealed, [])).toEqual({ plain: 'x', current: true })
    expect(messages).toEqual(['the new key of sessions is not used; the one before stays'])
  })

  it('by nothing opens and seals nothing until it is back', () => {
    const values: Record<string, string | Error> = { [current]: keyA }
    const { ring } = keysOf(authOf(), values)
    const sealed = ring.seal('session', 'x', []) ?? ''
    values[current] = new Error('gone')
    expect(ring.usable()).toBe(false)
    expect(ring.seal('session', 'x', [])).toBeUndefined()
    values[current] = keyA
    expect(ring.open('session', sealed, [])?.plain).toBe('x')
  })
})
