import { createHash, createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { OpenIdError } from './failure.ts'
import { anyLogin, type Expected, validateIdToken } from './idToken.ts'
import { createKeys, type Keys } from './keys.ts'

const nowS = 1_800_000_000
const expected: Expected = {
  issuer: 'https://idp.example',
  clientId: 'console',
  signingAlgs: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'],
  nonce: 'the-nonce',
  usernameClaim: 'sub',
}
type Claims = Readonly<Record<string, unknown>>

const good: Claims = {
  iss: 'https://idp.example',
  aud: 'console',
  sub: 'ann',
  iat: nowS,
  exp: nowS + 300,
  nonce: 'the-nonce',
}

let rsa: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
let stranger: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
let keys: Keys
const more: Record<string, KeyObject> = {}

beforeAll(() => {
  rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const ed = generateKeyPairSync('ed25519')
  more.ES256 = p256.privateKey
  more.ES384 = p384.privateKey
  more.EdDSA = ed.privateKey
  const set = [
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa' },
    { ...p256.publicKey.export({ format: 'jwk' }), kid: 'ES256' },
    { ...p384.publicKey.export({ format: 'jwk' }), kid: 'ES384' },
    { ...ed.publicKey.export({ format: 'jwk' }), kid: 'EdDSA' },
  ]
  keys = createKeys(
    () => Promise.resolve(JSON.stringify({ keys: set })),
    () => 0,
  )
})

/** Whatever the claims are: a library for tokens would refuse some. */
const signed = (claims: Claims, header: object = {}, key = rsa.privateKey): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'RS256', kid: 'rsa', ...header })
    .sign(key)

/** Written by hand, for what no library would sign. */
const compact = (header: object, claims: object, signature = ''): string =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${signature}`

async function verdict(token: string, more: Partial<Expected> = {}): Promise<string> {
  try {
    return (await validateIdToken(token, { ...expected, ...more }, keys, nowS * 1000)).username
  } catch (error) {
    if (!(error instanceof OpenIdError)) throw error
    expect(error.failure).toBe('token')
    return error.message.replace('the id_token is refused: ', '')
  }
}

describe('a valid id_token', () => {
  it('names its subject and its end', async () => {
    const token = await signed(good)
    expect(await validateIdToken(token, expected, keys, nowS * 1000)).toMatchObject({
      subject: 'ann',
      username: 'ann',
      expiresAtMs: (nowS + 300) * 1000,
    })
  })

  it.each(['PS256', 'ES256', 'ES384', 'EdDSA'])('may be signed with %s', async (alg) => {
    const key = more[alg] ?? rsa.privateKey
    expect(await verdict(await signed(good, { alg, kid: alg in more ? alg : 'rsa' }, key))).toBe('ann')
  })

  it('needs no kid where one key fits', async () => {
    const key = more.EdDSA ?? rsa.privateKey
    expect(await verdict(await signed(good, { alg: 'EdDSA', kid: undefined }, key))).toBe('ann')
  })
})

describe('the signature of an id_token', () => {
  it('AUTH-100: is needed (alg none)', async () => {
    expect(await verdict(compact({ alg: 'none' }, good))).toBe('its algorithm is not one of signing_algs')
  })

  it('AUTH-100: is not a shared secret, least of all our own public key', async () => {
    const text = compact({ alg: 'HS256', kid: 'rsa' }, good).slice(0, -1)
    const secret = rsa.publicKey.export({ type: 'spki', format: 'pem' })
    const token = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
    expect(await verdict(token)).toBe('its algorithm is not one of signing_algs')
    expect(await verdict(token, { signingAlgs: ['HS256', 'RS256'] })).toBe('its algorithm is not one of signing_algs')
  })

  it.each([
    ['by a key of nobody', () => signed(good, {}, stranger.privateKey), 'its signature'],
    ['by an unknown key', () => signed(good, { kid: 'other' }), 'no key of the provider'],
    ['with an algorithm that is not allowed', () => signed(good, { alg: 'RS512' }), 'its algorithm'],
    ['with a key of another algorithm', () => signed(good, { alg: 'PS256', kid: 'ES256' }), 'no key of the provider'],
    [
      'with a key that the token brings along',
      () => signed(good, { kid: undefined, jwk: stranger.publicKey.export({ format: 'jwk' }) }, stranger.privateKey),
      'its signature',
    ],
    [
      'with a key from an address in the token',
      () => signed(good, { kid: 'mine', jku: 'https://evil.example/keys' }, stranger.privateKey),
      'no key of the provider',
    ],
    [
      'with an extension that must be understood',
      () => Promise.resolve(compact({ alg: 'RS256', kid: 'rsa', crit: ['exp'], exp: 1 }, good, 'AAAA')),
      'its header demands an extension',
    ],
    ['with an empty kid', () => signed(good, { kid: '' }), 'its kid is no text'],
    ['of changed claims', async () => swapped(await signed(good), { ...good, sub: 'eve' }), 'its signature'],
    ['of no token', () => Promise.resolve('not.a.jwt'), 'it is no JWT'],
    ['of an empty text', () => Promise.resolve(''), 'it is no JWT'],
  ])('AUTH-100: is refused %s', async (_case, token, why) => {
    expect(await verdict(await token())).toContain(why)
  })
})

describe('the audience of an id_token', () => {
  it.each([
    ['a text', { aud: 'console' }, 'ann'],
    ['a list', { aud: ['console'] }, 'ann'],
    ['several, issued to us', { aud: ['console', 'other'], azp: 'console' }, 'ann'],
    ['several, issued to nobody', { aud: ['console', 'other'] }, 'it has several audiences and no azp'],
    ['several, issued to another', { aud: ['console', 'other'], azp: 'other' }, 'it was issued to another client'],
    ['ours, issued to another', { azp: 'other' }, 'it was issued to another client'],
    ['another', { aud: 'other' }, 'it is for another audience'],
    ['part of ours', { aud: 'cons' }, 'it is for another audience'],
    ['none', { aud: undefined }, 'it is for another audience'],
    ['an empty list', { aud: [] }, 'it is for another audience'],
  ])('AUTH-101: %s', async (_case, claims: Claims, expectedVerdict) => {
    expect(await verdict(await signed({ ...good, ...claims }))).toBe(expectedVerdict)
  })
})

describe('an id_token of a login that was not ours', () => {
  it('may be older and have another nonce, and nothing else', async () => {
    const elsewhere = { ...good, nonce: 'other', iat: nowS - 3600 }
    expect(await verdict(await signed(elsewhere), { nonce: anyLogin })).toBe('ann')
    expect(await verdict(await signed({ ...elsewhere, aud: 'other' }), { nonce: anyLogin })).toContain('audience')
    expect(await verdict(await signed({ ...elsewhere, exp: nowS }), { nonce: anyLogin })).toBe('it is expired')
  })
})

describe('the claims of an id_token', () => {
  it.each([
    ['another issuer', { iss: 'https://idp.example/' }, 'its iss is another'],
    ['no issuer', { iss: undefined }, 'its iss is another'],
    ['expired', { exp: nowS }, 'it is expired'],
    ['without end', { exp: undefined }, 'it has no number in exp'],
    ['issued in two minutes', { iat: nowS + 120 }, 'it was issued in the future'],
    ['issued an hour ago', { iat: nowS - 3600 }, 'it was issued long ago'],
    ['issued at no time', { iat: undefined }, 'it has no number in iat'],
    ['not valid yet', { nbf: nowS + 120 }, 'it is not valid yet'],
    ['nobody', { sub: '' }, 'it has no sub'],
    ['a number for a name', { sub: 7 }, 'it has no sub'],
    ['an end in a text', { exp: '9999999999' }, 'it has no number in exp'],
    ['issued at a text', { iat: 'now' }, 'it has no number in iat'],
  ])('AUTH-T33: %s', async (_case, claims: Claims, why) => {
    expect(await verdict(await signed({ ...good, ...claims }))).toBe(why)
  })

  it.each([
    ['another nonce', { nonce: 'other' }],
    ['no nonce', { nonce: undefined }],
    ['the beginning of the nonce', { nonce: 'the' }],
  ])('AUTH-92: %s is refused', async (_case, claims) => {
    expect(await verdict(await signed({ ...good, ...claims }))).toBe('its nonce is not that of this login')
  })

  it('AUTH-92: an empty nonce never matches', async () => {
    const token = await signed({ ...good, nonce: '' })
    expect(await verdict(token, { nonce: '' })).toBe('its nonce is not that of this login')
  })

  it.each([
    ['missing', undefined],
    ['a number', 7],
    ['a list', ['ann']],
    ['empty', ' '],
  ])('AUTH-104: a name that is %s is refused', async (_case, name) => {
    const token = await signed({ ...good, preferred_username: name })
    expect(await verdict(token, { usernameClaim: 'preferred_username' })).toContain('preferred_username')
  })

  it('takes the name from the claim that is configured', async () => {
    const token = await signed({ ...good, email: 'ann@corp.example' })
    expect(await verdict(token, { usernameClaim: 'email' })).toBe('ann@corp.example')
  })

  it.each([
    ['the hash of the access token', 'ann', createHash('sha256').update('opaque').digest().subarray(0, 16)],
    ['the hash of another', 'its at_hash is of another access token', Buffer.alloc(16)],
  ])('AUTH-105: an at_hash that is %s', async (_case, why, hash) => {
    const token = await signed({ ...good, at_hash: hash.toString('base64url') })
    expect(await verdict(token, { accessToken: 'opaque' })).toBe(why)
  })

  it.each([
    ['young enough', { auth_time: nowS - 100 }, 'ann'],
    ['too old', { auth_time: nowS - 400 }, 'the login is older than max_age'],
    ['of unknown age', {}, 'it has no number in auth_time'],
  ])('with max_age, a login %s', async (_case, claims, why) => {
    expect(await verdict(await signed({ ...good, ...claims }), { maxAgeS: 300 })).toBe(why)
  })

  it.each([
    ['asked for', { acr: 'two-factors' }, 'ann'],
    ['not asked for', { acr: 'password' }, 'its acr is none of those asked for'],
    ['unknown', {}, 'its acr is none of those asked for'],
  ])('with acr_values, a class that is %s', async (_case, claims, why) => {
    expect(await verdict(await signed({ ...good, ...claims }), { acrValues: ['two-factors'] })).toBe(why)
  })
})

function swapped(token: string, claims: object): string {
  const [header, , signature] = token.split('.')
  return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
}
