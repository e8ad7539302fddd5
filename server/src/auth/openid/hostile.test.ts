/** What a login is worth when the provider, or whoever stands between, does not do what it should. */
import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Browser, Page } from '@binocle/simulator/oidc/testBrowser'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Behaviour, type Fields, type HostileIssuer, startHostileIssuer, unsigned } from './hostileIssuer.ts'
import { consoleToken, type OpenIdBed, startBed } from './testing.ts'

let issuer: HostileIssuer
let withRbac: OpenIdBed
let withoutRbac: OpenIdBed
let skewMs = 0

beforeAll(async () => {
  issuer = await startHostileIssuer()
  const provider = () => Promise.resolve(issuer)
  const clock = () => Date.now() + skewMs
  const extra = { additional_request_params: { ui_locales: 'de en' }, scopes: ['email'] }
  withRbac = await startBed(provider, { clock, openid: extra })
  withoutRbac = await startBed(provider, { clock, openid: { disable_rbac: true, allowed_domains: ['corp.example'] } })
})
afterAll(async () => {
  await Promise.all([withRbac.close(), withoutRbac.close()])
  await issuer.close()
})
beforeEach(() => {
  issuer.behave({})
  skewMs = 0
})

/** From the console to the provider, which sends straight back: the address that the browser is sent to. */
async function sentBack(bed: OpenIdBed, browser: Browser): Promise<string> {
  const page = await browser.follow(`${bed.url}/api/auth/openid_redirect`, { stop: (url) => url.startsWith(bed.url) })
  return page.url
}

async function logIn(bed: OpenIdBed, browser = bed.browser()): Promise<Page> {
  return await browser.open(await sentBack(bed, browser))
}

const inDomain = { email: 'ann@corp.example', email_verified: true }
const isIn = async (bed: OpenIdBed, browser: Browser) =>
  (await browser.open(`${bed.url}/api/namespaces`)).status === 200
const failed = (why: string) => `/mesh/?openid_error=${why}`
const tokenRequests = () => issuer.asked.filter(({ path }) => path === '/token')

describe('an honest answer', () => {
  it('lets in, with RBAC and without', async () => {
    expect((await logIn(withRbac)).location).toBe('/mesh/')
    issuer.behave({ claims: inDomain })
    expect((await logIn(withoutRbac)).location).toBe('/mesh/')
  })
})

const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const nowS = () => Math.floor(Date.now() / 1000)

/** `HS256` with the provider's public key for a secret. */
const confused = (claims: Fields): string => {
  const text = unsigned({ alg: 'HS256', kid: 'first' }, claims).slice(0, -1)
  const secret = issuer.publicKey.export({ type: 'spki', format: 'pem' })
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const vectors: readonly (readonly [string, () => Behaviour])[] = [
  ['no signature', () => ({ token: (claims) => unsigned({ alg: 'none' }, claims) })],
  ['the public key as a secret', () => ({ token: confused })],
  ['the signature of another key', () => ({ key: strangersKey })],
  ['an unknown kid', () => ({ header: { kid: 'other' }, key: strangersKey })],
  ['a jku of its own', () => ({ header: { kid: 'other', jku: 'https://evil.example/keys' }, key: strangersKey })],
  [
    'a demanded extension',
    () => ({ token: (claims) => unsigned({ alg: 'RS256', kid: 'first', crit: ['x'], x: 1 }, claims, 'AA') }),
  ],
  ['another audience', () => ({ claims: { ...inDomain, aud: 'other' } })],
  ['several audiences without azp', () => ({ claims: { ...inDomain, aud: ['console', 'other'] } })],
  ['another azp', () => ({ claims: { ...inDomain, azp: 'other' } })],
  ['another issuer', () => ({ claims: { ...inDomain, iss: 'https://other.example' } })],
  ['an end in the past', () => ({ claims: { ...inDomain, exp: nowS() - 1 } })],
  ['no end', () => ({ claims: { ...inDomain, exp: undefined } })],
  ['an issue in the future', () => ({ claims: { ...inDomain, iat: nowS() + 300 } })],
  ['an issue long ago', () => ({ claims: { ...inDomain, iat: nowS() - 3600 } })],
  ['another nonce', () => ({ claims: { ...inDomain, nonce: 'other' } })],
  ['no nonce', () => ({ claims: { ...inDomain, nonce: undefined } })],
  ['no subject', () => ({ claims: { ...inDomain, sub: undefined } })],
  ['the hash of another access token', () => ({ claims: { ...inDomain, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } })],
  ['no id_token at all', () => ({ answer: { id_token: undefined } })],
]

describe.each([
  ['with RBAC', () => withRbac],
  ['without RBAC', () => withoutRbac],
])('%s, an id_token', (_mode, bedOf) => {
  it.each(vectors)('AUTH-100: with %s is refused', async (_what, behaviour) => {
    const [bed, browser] = [bedOf(), bedOf().browser()]
    issuer.behave(behaviour())
    expect((await logIn(bed, browser)).location).toBe(failed('token'))
    expect(await isIn(bed, browser)).toBe(false)
  })

  it('AUTH-T33: that is good in every claim but one lets nobody in', async () => {
    const browser = bedOf().browser()
    for (const claims of [{ aud: 'other' }, { iss: 'https://other.example' }, { exp: 1 }]) {
      issuer.behave({ claims: { ...inDomain, ...claims } })
      await logIn(bedOf(), browser)
      expect(await isIn(bedOf(), browser)).toBe(false)
    }
  })
})

describe('the domain of a person', () => {
  it('AUTH-111: is read from a token that is valid', async () => {
    issuer.behave({ claims: inDomain, key: strangersKey })
    expect((await logIn(withoutRbac)).location).toBe(failed('token'))
    issuer.behave({ claims: { email: 'ann@other.example', email_verified: true } })
    expect((await logIn(withoutRbac)).location).toBe(failed('domain'))
  })
})

describe('the authorization request', () => {
  it('AUTH-87: holds what it must, and keeps the query of the endpoint', async () => {
    const { location } = await withRbac.browser().open(`${withRbac.url}/api/auth/openid_redirect`)
    const { origin, pathname, searchParams } = new URL(location ?? '')
    expect(`${origin}${pathname}`).toBe(`${issuer.issuer}/authorize`)
    expect([...searchParams.keys()]).toEqual([
      'client_id',
      'response_type',
      'redirect_uri',
      'scope',
      'nonce',
      'state',
      'code_challenge',
      'code_challenge_method',
      'ui_locales',
    ])
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'console',
      response_type: 'code',
      code_challenge_method: 'S256',
      ui_locales: 'de en',
    })
  })

  it('AUTH-88: asks for `openid` though it is not configured', async () => {
    const { location } = await withRbac.browser().open(`${withRbac.url}/api/auth/openid_redirect`)
    expect(new URL(location ?? '').searchParams.get('scope')).toBe('openid email')
  })

  it('AUTH-89: names the pinned URL, and so does the token request', async () => {
    await logIn(withRbac)
    const [authorized] = issuer.asked.filter(({ path }) => path === '/authorize')
    expect(authorized?.query.get('redirect_uri')).toBe(withRbac.url)
    expect(tokenRequests().map(({ body }) => body.get('redirect_uri'))).toEqual([withRbac.url])
  })

  it('AUTH-T31: is bound to its code by a secret that never left the console', async () => {
    const browser = withRbac.browser()
    await logIn(withRbac, browser)
    const [authorized] = issuer.asked.filter(({ path }) => path === '/authorize')
    const verifier = tokenRequests()[0]?.body.get('code_verifier') ?? ''
    expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(authorized?.query.get('code_challenge')).toBe(createHash('sha256').update(verifier).digest('base64url'))
    await logIn(withRbac, browser)
    expect(tokenRequests()[1]?.body.get('code_verifier')).not.toBe(verifier)
  })

  /** The metadata of running consoles are kept: another one has to ask. */
  async function refusedBegin(metadata: Fields): Promise<number> {
    issuer.behave({ metadata })
    const bed = await startBed(() => Promise.resolve(issuer))
    const page = await bed.browser().open(`${bed.url}/api/auth/openid_redirect`)
    await bed.close()
    expect(page.body).not.toMatch(/other\.example|S256|https?:/)
    return page.status
  }

  it('AUTH-97: is not made to a provider of another name: 501', async () => {
    expect(await refusedBegin({ issuer: 'https://other.example' })).toBe(501)
  })

  it('leads a person back to the page where the provider does not fit: their browser has no use for JSON', async () => {
    issuer.behave({ metadata: { issuer: 'https://other.example' } })
    const bed = await startBed(() => Promise.resolve(issuer))
    const headers = { 'sec-fetch-mode': 'navigate' }
    const { location, status } = await bed.browser().open(`${bed.url}/api/auth/openid_redirect`, { headers })
    await bed.close()
    expect([status, location]).toEqual([302, expect.stringMatching(/\/mesh\/\?openid_error=idp$/)])
  })

  it('AUTH-T32: is not made to a provider without S256: 501', async () => {
    expect(await refusedBegin({ code_challenge_methods_supported: ['plain'] })).toBe(501)
  })
})

describe('the answer of the provider', () => {
  it('AUTH-90: is worth something once', async () => {
    const browser = withRbac.browser()
    const answer = await sentBack(withRbac, browser)
    const before = new Map(browser.cookies(withRbac.url))
    expect((await browser.open(answer)).location).toBe('/mesh/')
    expect((await browser.open(answer)).location).toBe(failed('state'))
    // Not even with the cookie that the browser was told to forget.
    const thief = withRbac.browser()
    for (const [name, value] of before) thief.cookies(withRbac.url).set(name, value)
    expect((await thief.open(answer)).location).toBe(failed('state'))
    expect(tokenRequests()).toHaveLength(1)
  })

  it('AUTH-90: is worth nothing in another browser', async () => {
    const answer = await sentBack(withRbac, withRbac.browser())
    expect((await withRbac.browser().open(answer)).location).toBe(failed('state'))
    expect(tokenRequests()).toEqual([])
  })

  it('AUTH-90: is worth nothing after the time for logging in', async () => {
    const browser = withRbac.browser()
    const answer = await sentBack(withRbac, browser)
    skewMs = 301_000
    expect((await browser.open(answer)).location).toBe(failed('timeout'))
    expect(tokenRequests()).toEqual([])
  })

  it('AUTH-91: two logins at a time in one browser both succeed', async () => {
    const browser = withRbac.browser()
    const [first, second] = [await sentBack(withRbac, browser), await sentBack(withRbac, browser)]
    expect((await browser.open(second)).location).toBe('/mesh/')
    expect((await browser.open(first)).location).toBe('/mesh/')
  })

  it('AUTH-93: without the record of its login the provider is not asked for tokens', async () => {
    const browser = withRbac.browser()
    const answer = await sentBack(withRbac, browser)
    browser.cookies(withRbac.url).clear()
    expect((await browser.open(answer)).location).toBe(failed('state'))
    expect(tokenRequests()).toEqual([])
  })

  it('AUTH-94: that names another provider is refused before the token request', async () => {
    issuer.behave({ callback: { iss: 'https://other.example' } })
    expect((await logIn(withRbac)).location).toBe(failed('idp'))
    expect(tokenRequests()).toEqual([])
  })

  it('AUTH-94: that names the provider is taken', async () => {
    issuer.behave({ callback: { iss: issuer.issuer } })
    expect((await logIn(withRbac)).location).toBe('/mesh/')
  })

  it('AUTH-94: has to name the provider that says that it does', async () => {
    issuer.behave({ metadata: { authorization_response_iss_parameter_supported: true } })
    const bed = await startBed(() => Promise.resolve(issuer))
    const { location } = await logIn(bed)
    await bed.close()
    expect(location).toBe(failed('idp'))
    expect(tokenRequests()).toEqual([])
  })

  it('AUTH-T30: a code of one provider is never taken to another', async () => {
    const other = await startHostileIssuer()
    const otherBed = await startBed(() => Promise.resolve(other))
    const [browser, theirs] = [withRbac.browser(), otherBed.browser()]
    other.behave({ callback: { iss: other.issuer } })
    const codeOfOther = new URL(await sentBack(otherBed, theirs))
    const mine = new URL(await sentBack(withRbac, browser))
    for (const name of ['code', 'iss']) mine.searchParams.set(name, codeOfOther.searchParams.get(name) ?? '')
    expect((await browser.open(mine.href)).location).toBe(failed('idp'))
    expect(tokenRequests()).toEqual([])
    await otherBed.close()
    await other.close()
  })

  it('AUTH-T29: the answer to somebody else changes no session', async () => {
    const victim = withRbac.browser()
    await logIn(withRbac, victim)
    const attackers = await sentBack(withRbac, withRbac.browser())
    const cookies = new Map(victim.cookies(withRbac.url))
    expect((await victim.open(attackers)).location).toBe(failed('state'))
    expect(new Map(victim.cookies(withRbac.url))).toEqual(cookies)
    expect(await isIn(withRbac, victim)).toBe(true)
  })

  it('ends the session that there was when the new login fails', async () => {
    const browser = withRbac.browser()
    await logIn(withRbac, browser)
    issuer.behave({ claims: { aud: 'other' } })
    expect((await logIn(withRbac, browser)).location).toBe(failed('token'))
    expect(await isIn(withRbac, browser)).toBe(false)
  })

  it.each([
    ['no code', 'state=x'],
    ['no state', 'code=x'],
    ['both, of no login', 'code=x&state=y'],
    ['an error of no login', 'error=access_denied&error_description=%3Cb%3Ecall%20this%20number'],
    ['many states', 'state=a&state=b&code=c'],
  ])('AUTH-115: with %s leads to a clean address', async (_what, query) => {
    for (const path of ['/mesh/', '/mesh']) {
      const page = await withRbac.browser().open(`${new URL(path, withRbac.url)}?${query}`)
      expect(page).toMatchObject({ status: 302, location: failed('state'), body: '' })
    }
  })

  const refusals: readonly (readonly [string, Behaviour, string])[] = [
    [
      'the person is not let in',
      { callback: { code: undefined, error: 'access_denied', error_description: 'SECRET' } },
      'idp',
    ],
    [
      'the code is refused',
      { instead: { '/token': (it) => answerWith(it, 400, { error: 'invalid_grant', error_description: 'SECRET' }) } },
      'idp',
    ],
    ['the provider fails', { instead: { '/token': (it) => answerWith(it, 500, 'SECRET') } }, 'idp'],
    ['the answer is no JSON', { instead: { '/token': (it) => void it.end('SECRET') } }, 'idp'],
    ['the provider hangs up', { instead: { '/token': (it) => void it.destroy() } }, 'idp'],
    ['the token is wrong', { claims: { aud: 'SECRET' } }, 'token'],
    ['nothing may be seen', { claims: { sub: 'SECRET' } }, 'forbidden'],
  ]
  it.each(refusals)('AUTH-112: when %s, only a word of ours comes back', async (_what, behaviour, word) => {
    issuer.behave(behaviour)
    const page = await logIn(withRbac)
    expect(page).toMatchObject({ status: 302, location: failed(word), body: '' })
    expect(['state', 'timeout', 'token', 'domain', 'forbidden', 'unavailable', 'idp']).toContain(word)
  })

  it('AUTH-92: with a token of another login is refused', async () => {
    const [first, second] = [withRbac.browser(), withRbac.browser()]
    const mine = new URL(await sentBack(withRbac, first))
    const theirs = new URL(await sentBack(withRbac, second))
    mine.searchParams.set('code', theirs.searchParams.get('code') ?? '')
    expect((await first.open(mine.href)).location).toBe(failed('token'))
  })
})

describe('what a login leaves behind', () => {
  it('AUTH-116: success and failure stand in the audit', async () => {
    const from = withRbac.lines.length
    await logIn(withRbac)
    issuer.behave({ claims: { sub: 'nobody-special' } })
    await logIn(withRbac)
    await withRbac.browser().open(`${withRbac.url}/?code=x&state=y`)
    const audit = withRbac.lines
      .slice(from)
      .map((line) => JSON.parse(line))
      .filter(({ audit }) => audit)
    expect(audit.map(({ type, outcome, user, reason, strategy }) => [type, outcome, user, reason, strategy])).toEqual([
      ['login', 'success', 'everywhere', undefined, 'openid'],
      ['login', 'denied', '', 'forbidden', 'openid'],
      ['login', 'failure', '', 'state', 'openid'],
    ])
  })

  it('AUTH-117: after logging out no token stands in the log', async () => {
    const browser = withRbac.browser()
    await logIn(withRbac, browser)
    await browser.open(`${withRbac.url}/api/logout`)
    expect(withRbac.lines.filter((line) => line.includes('eyJ'))).toEqual([])
    expect(withRbac.lines.some((line) => line.includes('logout'))).toBe(true)
  })

  it('AUTH-T43: no code, state or verifier stands in the log, whether it goes well or not', async () => {
    const browser = withRbac.browser()
    const answer = new URL(await sentBack(withRbac, browser))
    await browser.open(answer.href)
    issuer.behave({ claims: { aud: 'other' } })
    const refused = new URL(await sentBack(withRbac, browser))
    await browser.open(refused.href)
    const secrets = [answer, refused].flatMap(({ searchParams }) => [...searchParams.values()])
    secrets.push(tokenRequests()[0]?.body.get('code_verifier') ?? '?')
    expect(secrets).toHaveLength(5)
    expect(withRbac.lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([])
  })
})

describe('as whom clusters are asked', () => {
  const shownTo = (bed: OpenIdBed) =>
    bed.clusters.map(({ requests }) => new Set(requests.map(({ authorization }) => authorization)))

  it('AUTH-107: each is shown the token of the person, and nothing else but the console for itself', async () => {
    await logIn(withRbac)
    const persons = issuer.issued.map((token) => `Bearer ${token}`)
    for (const shown of shownTo(withRbac)) {
      expect(shown).toContain(persons.at(-1))
      expect([...shown].filter((each) => !persons.includes(each))).toEqual([`Bearer ${consoleToken}`])
    }
  })

  it('AUTH-108: without RBAC no cluster is ever shown a token of a person', async () => {
    issuer.behave({ claims: { ...inDomain, sub: 'no-rights-anywhere' } })
    const browser = withoutRbac.browser()
    await logIn(withoutRbac, browser)
    const { body } = await browser.open(`${withoutRbac.url}/api/namespaces`)
    expect(JSON.parse(body)).toHaveLength(4)
    for (const shown of shownTo(withoutRbac)) expect([...shown]).toEqual([`Bearer ${consoleToken}`])
  })
})

function answerWith(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
