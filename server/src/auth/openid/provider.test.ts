import { generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import { type HostileIssuer, startHostileIssuer } from './hostileIssuer.ts'
import { createProvider } from './provider.ts'
import { createProviderHttp, type ProviderHttp } from './providerHttp.ts'

let issuer: HostileIssuer
let http: ProviderHttp

beforeAll(async () => {
  issuer = await startHostileIssuer('a client: with + odd/name')
  http = createProviderHttp({
    ca: () => [issuer.caPem],
    insecureSkipVerifyTls: false,
    httpProxy: '',
    httpsProxy: '',
    plainHttp: false,
  })
})
afterAll(async () => {
  await http.close()
  await issuer.close()
})
beforeEach(() => issuer.behave({}))

function providerWith(openid: object = {}, secret = '') {
  const document = {
    auth: { strategy: 'openid', openid: { issuer_uri: issuer.issuer, client_id: issuer.clientId, ...openid } },
    server: { web_fqdn: 'mesh.example' },
  }
  const { config } = loadConfig({ file: { name: 'test', text: JSON.stringify(document) } })
  return createProvider({ auth: config.auth, http, clientSecret: () => secret, clock: Date.now })
}

const login = { code: 'c', redirectUri: 'https://mesh.example', verifier: 'v' }
const tokenRequest = () => issuer.asked.find(({ path }) => path === '/token')
const failure = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: Error) => error.message,
  )

describe('the token request', () => {
  it('AUTH-95: of a confidential client proves it by Basic, each part URL-encoded', async () => {
    await providerWith({}, 'p@ss: wörd%').redeem(login)
    const [scheme, encoded = ''] = (tokenRequest()?.authorization ?? '').split(' ')
    const parts = Buffer.from(encoded, 'base64').toString('latin1').split(':')
    const decoded = parts.map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
    expect([scheme, ...decoded]).toEqual(['Basic', issuer.clientId, 'p@ss: wörd%'])
    expect(tokenRequest()?.body.has('client_id')).toBe(false)
    expect(tokenRequest()?.body.has('client_secret')).toBe(false)
  })

  it.each([
    ['RSA', 'RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['P-256', 'ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['P-384', 'ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ] as const)('AUTH-95: of a client with a private key (%s) is proved by what it signs', async (_name, alg, make) => {
    const { privateKey, publicKey } = make()
    await providerWith({}, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()).redeem(login)
    const { authorization, body } = tokenRequest() ?? {}
    expect([authorization, body?.has('client_secret'), body?.get('client_assertion_type')]).toEqual([
      '',
      false,
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    ])
    const { payload, protectedHeader } = await jwtVerify(body?.get('client_assertion') ?? '', publicKey)
    expect([protectedHeader.alg, payload.iss, payload.sub, payload.aud]).toEqual([
      alg,
      issuer.clientId,
      issuer.clientId,
      issuer.issuer,
    ])
  })

  it('of a client with a key that is none is not sent', async () => {
    const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'
    expect(await failure(providerWith({}, broken).redeem(login))).toContain("the client's private key cannot be used")
    expect(tokenRequest()).toBeUndefined()
  })

  it('AUTH-95: of a public client names it in the form', async () => {
    await providerWith().redeem(login)
    expect(tokenRequest()?.authorization).toBe('')
    expect(tokenRequest()?.body.get('client_id')).toBe(issuer.clientId)
  })

  it('is a POST of exactly what it needs', async () => {
    await providerWith().redeem(login)
    expect(tokenRequest()?.method).toBe('POST')
    expect(Object.fromEntries(tokenRequest()?.body ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: 'c',
      redirect_uri: 'https://mesh.example',
      code_verifier: 'v',
      client_id: issuer.clientId,
    })
  })

  it.each([302, 307, 308])('AUTH-96: answered with a redirect (%i) is not repeated elsewhere', async (status) => {
    const away = { '/token': (it: Redirects) => redirected(it, status, `${issuer.issuer}/elsewhere`) }
    issuer.behave({ instead: away })
    expect(await failure(providerWith().redeem(login))).toContain("the provider's answer is none that we understand")
    expect(issuer.asked.map(({ path }) => path)).not.toContain('/elsewhere')
  })

  it('AUTH-105: without an access token in the answer is refused', async () => {
    issuer.behave({ answer: { access_token: undefined } })
    const provider = providerWith({ api_token: 'access_token' })
    expect(await failure(provider.redeem(login))).toBe('what the provider issued is refused (OAUTH_INVALID_RESPONSE)')
  })

  it('AUTH-98: goes to the configured endpoint, and nothing is discovered', async () => {
    const stated = {
      authorization_endpoint: `${issuer.issuer}/authorize?tenant=7`,
      token_endpoint: `${issuer.issuer}/token`,
      jwks_uri: `${issuer.issuer}/keys`,
    }
    const provider = providerWith({ discovery_override: stated })
    await provider.redeem(login)
    expect(issuer.asked.map(({ path }) => path)).toEqual(['/token'])
    expect(await provider.authorizationUrl({ scope: 'openid' })).toBe(
      `${issuer.issuer}/authorize?tenant=7&scope=openid&client_id=a+client%3A+with+%2B+odd%2Fname&response_type=code`,
    )
  })
})

describe('where people are sent to log out', () => {
  const parameters = () => ({ id_token_hint: 'the-token', client_id: issuer.clientId, state: 's' })
  const urlWith = (metadata: object, openid: object = {}) => {
    issuer.behave({ metadata: { ...metadata } })
    return providerWith(openid).logoutUrl(parameters)
  }

  it('AUTH-113: the end_session_endpoint of the provider', async () => {
    const url = new URL((await urlWith({ end_session_endpoint: `${issuer.issuer}/bye?x=1` })) ?? '')
    expect(`${url.origin}${url.pathname}`).toBe(`${issuer.issuer}/bye`)
    expect(Object.fromEntries(url.searchParams)).toEqual({ x: '1', ...parameters() })
  })

  it.each([
    ['none', undefined],
    ['of another origin', 'https://evil.example/bye'],
    ['in the open', 'http://127.0.0.1/bye'],
    ['of another scheme', 'javascript:alert(1)'],
    ['of another port', 'https://127.0.0.1:1/bye'],
    ['no URL', 'bye'],
  ])('AUTH-114: not an endpoint that is %s', async (_what, endpoint) => {
    expect(await urlWith({ end_session_endpoint: endpoint })).toBeUndefined()
  })

  it('AUTH-T76: not where metadata of somebody else would send the token', async () => {
    expect(
      await urlWith({ end_session_endpoint: `https://${new URL(issuer.issuer).host}.evil.example/` }),
    ).toBeUndefined()
    expect(await urlWith({ end_session_endpoint: `https://127.0.0.1@evil.example/` })).toBeUndefined()
  })

  it('an endpoint elsewhere that the configuration names', async () => {
    const stated = {
      authorization_endpoint: `${issuer.issuer}/authorize`,
      token_endpoint: `${issuer.issuer}/token`,
      jwks_uri: `${issuer.issuer}/keys`,
      end_session_endpoint: 'https://logout.example/bye',
    }
    expect(await urlWith({}, { discovery_override: stated })).toContain('https://logout.example/bye?')
  })
})

interface Redirects {
  writeHead(status: number, headers: Record<string, string>): { end(): unknown }
}

const redirected = (response: Redirects, status: number, location: string): void =>
  void response.writeHead(status, { location }).end()
