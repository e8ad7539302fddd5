/** One login for all clusters by an OpenID provider: people are named by claims, and no cluster is shown their token. */
import type { Browser, Page } from '@binocle/simulator/oidc/testBrowser'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { mustSeeSomething } from './admission.ts'
import { type Fields, type HostileIssuer, startHostileIssuer } from './hostileIssuer.ts'
import { namedBy } from './logins.ts'
import { type BedOptions, consoleToken, type OpenIdBed, startBed } from './testing.ts'

const usual = { usernameClaim: 'sub', groupsClaim: 'groups', usernamePrefix: '', groupsPrefix: '' }
const prefixed = { ...usual, usernamePrefix: 'oidc:', groupsPrefix: 'idp/' }

describe('as whom clusters know a person', () => {
  it.each([
    ['without groups', { sub: 'alice' }, usual, { name: 'alice', groups: [] }],
    ['with groups', { sub: 'alice', groups: ['a', 'b'] }, usual, { name: 'alice', groups: ['a', 'b'] }],
    ['with one group', { sub: 'alice', groups: 'a' }, usual, { name: 'alice', groups: ['a'] }],
    ['with prefixes', { sub: 'alice', groups: ['a'] }, prefixed, { name: 'oidc:alice', groups: ['idp/a'] }],
    [
      'by other claims',
      { upn: 'al', roles: ['a'] },
      { ...usual, usernameClaim: 'upn', groupsClaim: 'roles' },
      { name: 'al', groups: ['a'] },
    ],
    [
      'without a claim for groups',
      { sub: 'alice', '': ['a'] },
      { ...usual, groupsClaim: '' },
      { name: 'alice', groups: [] },
    ],
    [
      'by an address that is verified',
      { email: 'a@b.c', email_verified: true },
      { ...usual, usernameClaim: 'email' },
      { name: 'a@b.c', groups: [] },
    ],
    [
      'by an address of which nothing is said',
      { email: 'a@b.c' },
      { ...usual, usernameClaim: 'email' },
      { name: 'a@b.c', groups: [] },
    ],
  ])('is told %s', (_how, claims, settings, expected) => {
    expect(namedBy(claims, settings)).toEqual(expected)
  })

  it.each([
    [
      'an address that is not verified',
      { email: 'a@b.c', email_verified: false },
      { ...usual, usernameClaim: 'email' },
    ],
    [
      'an address that says of itself that it is',
      { email: 'a@b.c', email_verified: 'true' },
      { ...usual, usernameClaim: 'email' },
    ],
    ['groups that are no texts', { sub: 'alice', groups: ['a', 7] }, usual],
    ['groups that are a map', { sub: 'alice', groups: { a: 1 } }, usual],
    ['no name', { sub: '' }, usual],
  ])('is not told by %s', (_what, claims, settings) => {
    expect(namedBy(claims, settings)).toHaveProperty('unfit')
  })
})

describe('a cluster that rejects', () => {
  it.each([
    ['our own account', true, 'no cluster can say now'],
    ['the token of the person', false, 'no cluster accepts the token'],
  ])('%s', (_what, byUs, why) => {
    expect(() => mustSeeSomething([{ state: 'rejected' }, { state: 'absent' }], byUs)).toThrow(why)
  })
})

describe('a login at the provider', () => {
  let issuer: HostileIssuer
  let bed: OpenIdBed
  beforeAll(async () => {
    issuer = await startHostileIssuer()
  })
  afterEach(() => bed.close())
  afterAll(() => issuer.close())

  async function start(claims: Fields, options: BedOptions = {}): Promise<Browser> {
    issuer.behave({ claims })
    bed = await startBed(() => Promise.resolve(issuer), {
      ...options,
      auth: { impersonation: { enabled: true }, ...options.auth },
    })
    return bed.browser()
  }

  const logIn = (browser: Browser): Promise<Page> =>
    browser.follow(`${bed.url}/api/auth/openid_redirect`, {
      stop: (url) => url === `${bed.url}/` || url.includes('openid_error'),
    })
  const namespacesOf = async (browser: Browser, headers: Record<string, string> = {}): Promise<readonly string[]> => {
    const { body } = await browser.open(`${bed.url}/api/namespaces`, { headers: { 'kiali-ui': 'true', ...headers } })
    const listed: unknown = JSON.parse(body)
    return Array.isArray(listed) ? listed.map(({ cluster, name }) => `${cluster}/${name}`).sort() : [String(listed)]
  }

  it.each([
    ['everywhere', ['east/bank', 'east/shop', 'west/bank', 'west/shop']],
    ['east-only', ['east/bank', 'east/shop']],
    ['west-shop', ['west/shop']],
  ])('lets every cluster decide what %s sees, and shows it no token', async (sub, expected) => {
    const browser = await start(
      { sub, groups: ['shop-team', 'ops'] },
      { auth: { impersonation: { enabled: true, allowed_groups: ['ops'] } } },
    )
    expect((await logIn(browser)).url).toBe(`${bed.url}/`)
    expect(await namespacesOf(browser)).toEqual(expected)
    for (const { requests } of bed.clusters) {
      expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${consoleToken}`]))
      const masked = requests.filter(({ impersonated }) => impersonated.length > 0)
      expect(new Set(masked.map(({ impersonated }) => impersonated.join()))).toEqual(
        new Set([`${sub},ops,system:authenticated`]),
      )
    }
  })

  it('counts as a bearer where that is allowed, whatever clusters would be shown else', async () => {
    const browser = await start(
      { sub: 'west-shop' },
      { auth: { accept_bearer: true }, openid: { api_token: 'access_token' } },
    )
    await logIn(browser)
    const authorization = `Bearer ${issuer.issued.at(-1)}`
    expect(await namespacesOf(bed.browser(), { authorization })).toEqual(['west/shop'])
  })

  it.each<[string, Fields]>([
    ['a name of the system', { sub: 'system:admin' }],
    ['a group of the system', { sub: 'everywhere', groups: ['system:masters'] }],
    ['a group that only an OpenShift gives', { sub: 'everywhere', groups: ['system:authenticated:oauth'] }],
    ['groups that are none', { sub: 'everywhere', groups: [{}] }],
  ])('AUTH-T22: is refused with %s', async (_what, claims) => {
    const browser = await start(claims)
    expect((await logIn(browser)).url).toBe(`${bed.url}/?openid_error=forbidden`)
    expect((await browser.open(`${bed.url}/api/namespaces`)).status).toBe(401)
  })

  it('is put before what clusters know by the prefixes of the configuration', async () => {
    const browser = await start({ sub: 'everywhere' }, { openid: { username_prefix: 'oidc:' } })
    // RBAC names `everywhere`, who is somebody else.
    expect((await logIn(browser)).url).toBe(`${bed.url}/?openid_error=forbidden`)
    const asked = bed.clusters.flatMap(({ requests }) =>
      requests.flatMap(({ impersonated }) => impersonated.slice(0, 1)),
    )
    expect(new Set(asked)).toEqual(new Set(['oidc:everywhere']))
  })

  it('says where people are named', async () => {
    await start({})
    const told = bed.lines.find((line) => line.includes('can act as anybody in all clusters'))
    expect(told).toContain(issuer.issuer)
  })
})
