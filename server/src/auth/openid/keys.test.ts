import { describe, expect, it } from 'vitest'
import { createKeys } from './keys.ts'

const seconds = 1000
const hours = 3600 * seconds
const modulus = (bytes: number) => Buffer.alloc(bytes, 0xc1).toString('base64url')
const rsa = (kid: string, more: object = {}) => ({ kty: 'RSA', kid, n: modulus(256), e: 'AQAB', ...more })

/** A provider whose keys change, with a clock that only moves when told. */
function provider(...first: object[]) {
  const state = { keys: first, down: false, nowMs: 0, fetches: 0 }
  const keys = createKeys(
    async () => {
      state.fetches += 1
      if (state.down) throw new Error('down')
      return JSON.stringify({ keys: state.keys })
    },
    () => state.nowMs,
  )
  const has = (kid: string | undefined, alg = 'RS256') =>
    keys.keyFor({ alg, ...(kid === undefined ? {} : { kid }) }).then(
      (key) => key.kid ?? '',
      (error: Error) => error.message,
    )
  return { state, has }
}

const unfit = 'no key of the provider fits the token'

describe('the keys of the provider', () => {
  it('AUTH-102: a new key works without a restart', async () => {
    const { state, has } = provider(rsa('old'))
    expect(await has('old')).toBe('old')
    state.keys = [rsa('old'), rsa('new')]
    state.nowMs = 30 * seconds
    expect(await has('new')).toBe('new')
  })

  it('AUTH-102: a flood of unknown key names asks the provider once in 30 s', async () => {
    const { state, has } = provider(rsa('known'))
    await has('known')
    for (; state.nowMs < 120 * seconds; state.nowMs += 100) await has(`invented-${state.nowMs}`)
    // At the start, and at 30, 60 and 90 s.
    expect(state.fetches).toBe(4)
  })

  it('AUTH-T34: whoever asks at the same moment shares one request', async () => {
    const { state, has } = provider(rsa('a'))
    await Promise.all(['a', 'a', 'b', 'c'].map((kid) => has(kid)))
    expect(state.fetches).toBe(1)
  })

  it('AUTH-T34: a removed key is refused after ten minutes', async () => {
    const { state, has } = provider(rsa('old'))
    await has('old')
    state.keys = [rsa('new')]
    state.nowMs = 599 * seconds
    expect(await has('old')).toBe('old')
    state.nowMs = 600 * seconds
    expect(await has('old')).toBe(unfit)
  })

  it('AUTH-T34: more than 64 keys are refused', async () => {
    const { has } = provider(...Array.from({ length: 65 }, (_, index) => rsa(`${index}`)))
    expect(await has('0')).toBe('the provider has more than 64 keys')
  })

  it('serve a day when the provider is down, and no longer', async () => {
    const { state, has } = provider(rsa('a'))
    await has('a')
    state.down = true
    state.nowMs = 23 * hours
    expect(await has('a')).toBe('a')
    state.nowMs = 24 * hours
    expect(await has('a')).toBe('the keys of the provider cannot be fetched')
  })

  it('are asked for again when the first attempt failed', async () => {
    const { state, has } = provider(rsa('a'))
    state.down = true
    expect(await has('a')).toBe('down')
    state.down = false
    expect(await has('a')).toBe('a')
  })

  it.each([
    ['the only one that fits, without a name', [rsa('a'), { kty: 'EC', crv: 'P-256', kid: 'b' }], undefined, 'a'],
    ['none of two, without a name', [rsa('a'), rsa('b')], undefined, unfit],
    ['none of two of one name', [rsa('a'), rsa('a')], 'a', unfit],
    ['not one to encrypt with', [rsa('a', { use: 'enc' })], 'a', unfit],
    ['not one for another algorithm', [rsa('a', { alg: 'PS256' })], 'a', unfit],
    ['not one that may only sign', [rsa('a', { key_ops: ['sign'] })], 'a', unfit],
    ['not one of another type', [{ kty: 'EC', crv: 'P-256', kid: 'a' }], 'a', unfit],
    ['not a short one', [rsa('a', { n: modulus(128) })], 'a', unfit],
    ['not a short one behind zeros', [rsa('a', { n: `AAAA${modulus(128)}` })], 'a', unfit],
    ['not a shared secret', [{ kty: 'oct', kid: 'a', k: 'c2VjcmV0' }], 'a', unfit],
  ])('%s', async (_case, keys, kid, expected) => {
    const { has } = provider(...keys)
    expect(await has(kid)).toBe(expected)
  })
})
