import { describe, expect, it } from 'vitest'
import { createMetadata, keptMs } from './metadata.ts'

const issuer = 'https://idp.example/realm/'
const noOverride = {
  authorizationEndpoint: '',
  tokenEndpoint: '',
  jwksUri: '',
  userinfoEndpoint: '',
  endSessionEndpoint: '',
}
const settings = { issuerUri: issuer, authorizationEndpoint: '', discoveryOverride: noOverride }
const whole = {
  issuer,
  authorization_endpoint: 'https://idp.example/authorize',
  token_endpoint: 'https://idp.example/token',
  jwks_uri: 'https://idp.example/keys',
  response_types_supported: ['code', 'id_token'],
}

function provider(document: object = whole, more: object = {}) {
  const asked: string[] = []
  const state = { asked, down: false, nowMs: 0, document }
  const read = createMetadata(
    { ...settings, ...more },
    async (url) => {
      state.asked.push(url)
      if (state.down) throw new Error('down')
      return JSON.stringify(state.document)
    },
    () => state.nowMs,
  )
  return { state, read }
}

describe('the metadata of the provider', () => {
  it('lies under the issuer without its trailing slash', async () => {
    const { state, read } = provider()
    await read()
    expect(state.asked).toEqual(['https://idp.example/realm/.well-known/openid-configuration'])
  })

  it.each([
    ['another name', { issuer: 'https://evil.example' }],
    ['its name without the slash', { issuer: 'https://idp.example/realm' }],
    ['no name', { issuer: undefined }],
  ])('AUTH-97: is refused with %s', async (_case, more) => {
    await expect(provider({ ...whole, ...more }).read()).rejects.toThrow('calls itself by another name')
  })

  it.each([
    [['plain'], false],
    [[], false],
    [['plain', 'S256'], true],
    [undefined, true],
  ])(
    'AUTH-T32: is refused when the ways to prove a code are listed as %j, and S256 is not one',
    async (methods, fit) => {
      const { read } = provider({ ...whole, code_challenge_methods_supported: methods })
      await (fit ? expect(read()).resolves.toBeDefined() : expect(read()).rejects.toThrow('S256'))
    },
  )

  it('needs the code flow', async () => {
    const { read } = provider({ ...whole, response_types_supported: ['id_token token'] })
    await expect(read()).rejects.toThrow('authorization code flow')
  })

  it.each(['authorization_endpoint', 'token_endpoint', 'jwks_uri'])('needs %s', async (name) => {
    await expect(provider({ ...whole, [name]: '' }).read()).rejects.toThrow(name)
  })

  it('AUTH-98: is not asked for when the endpoints are configured', async () => {
    const { state, read } = provider(whole, {
      discoveryOverride: {
        ...noOverride,
        authorizationEndpoint: 'https://other.example/authorize',
        tokenEndpoint: 'https://other.example/token',
        jwksUri: 'https://other.example/keys',
      },
    })
    expect(await read()).toMatchObject({ issuer, tokenEndpoint: 'https://other.example/token' })
    expect(state.asked).toEqual([])
  })

  it('AUTH-98: is asked for when only one of both endpoints is configured', async () => {
    const { read } = provider(whole, {
      discoveryOverride: { ...noOverride, tokenEndpoint: 'https://other.example/token' },
    })
    expect(await read()).toMatchObject({ tokenEndpoint: 'https://idp.example/token' })
  })

  it('AUTH-99: the deprecated key replaces the authorization endpoint and nothing else', async () => {
    const { read } = provider(whole, { authorizationEndpoint: 'https://front.example/login' })
    expect(await read()).toEqual({
      issuer,
      authorizationEndpoint: 'https://front.example/login',
      tokenEndpoint: 'https://idp.example/token',
      jwksUri: 'https://idp.example/keys',
      namesItself: false,
    })
  })

  it('is kept for an hour, and fetched once for all who ask at a time', async () => {
    const { state, read } = provider()
    await Promise.all([read(), read()])
    state.nowMs = keptMs - 1
    await read()
    expect(state.asked).toHaveLength(1)
    state.nowMs = keptMs
    await read()
    expect(state.asked).toHaveLength(2)
  })

  it('is kept for longer while the provider does not answer', async () => {
    const { state, read } = provider()
    await read()
    state.nowMs = 5 * keptMs
    state.down = true
    expect(await read()).toMatchObject({ tokenEndpoint: 'https://idp.example/token' })
  })

  it('is not kept when it has become another provider', async () => {
    const { state, read } = provider()
    await read()
    state.nowMs = keptMs
    state.document = { ...whole, issuer: 'https://evil.example' }
    await expect(read()).rejects.toThrow('calls itself by another name')
  })
})
