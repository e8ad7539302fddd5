import { type SimulatedOidc, startOidcProvider } from '@binocle/simulator/oidc/provider'
import { type Browser, choose, createBrowser, type Page } from '@binocle/simulator/oidc/testBrowser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import { startServer } from '../../main.ts'
import { returnPath } from './returnPath.ts'
import { type OpenIdBed, people, startBed } from './testing.ts'

let oidc: SimulatedOidc
let bed: OpenIdBed

beforeAll(async () => {
  bed = await startBed(async (console) => {
    oidc = await startOidcProvider({ people: [...people, { name: 'stranger', rights: 'none' }], consoles: [console] })
    return oidc
  })
})
afterAll(async () => {
  await bed.close()
  await oidc.close()
})

/** From the console to the provider and back; the answer of the console to what it is brought. */
async function logIn(browser: Browser, account: string, from = 'api/auth/openid_redirect'): Promise<Page> {
  const page = await browser.follow(`${bed.url}/${from}`)
  return await browser.open(await choose(browser, page, account, bed.url))
}

async function namespacesOf(browser: Browser): Promise<readonly string[]> {
  const { body } = await browser.open(`${bed.url}/api/namespaces`)
  const listed: unknown = JSON.parse(body)
  if (!Array.isArray(listed)) return [body]
  return listed.map(({ cluster, name }) => `${cluster}/${name}`).sort()
}

const asPage = { headers: { 'kiali-ui': 'true' } }
const logOut = (browser: Browser) => browser.open(`${bed.url}/api/logout`, asPage)

describe('logging in at the provider', () => {
  it.each([
    ['everywhere', ['east/bank', 'east/shop', 'west/bank', 'west/shop']],
    ['east-only', ['east/bank', 'east/shop']],
    ['west-shop', ['west/shop']],
  ])('%s sees %j', async (account, expected) => {
    const browser = bed.browser()
    const back = await logIn(browser, account)
    expect(back).toMatchObject({ status: 302, location: '/mesh/' })
    expect(await namespacesOf(browser)).toEqual(expected)
  })

  it('AUTH-106: with RBAC needs a namespace to see', async () => {
    const browser = bed.browser()
    const back = await logIn(browser, 'stranger')
    expect(back).toMatchObject({ status: 302, location: '/mesh/?openid_error=forbidden' })
    expect((await browser.open(`${bed.url}/api/namespaces`)).status).toBe(401)
  })

  it('leads back to where somebody wanted to be', async () => {
    const wanted = '/mesh/console/graph/namespaces?namespaces=shop'
    const back = await logIn(
      bed.browser(),
      'everywhere',
      `api/auth/openid_redirect?return=${encodeURIComponent(wanted)}`,
    )
    expect(back.location).toBe(wanted)
  })

  it('AUTH-T36: leads to the provider and back to the console, whatever a request says', async () => {
    const lies = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' }
    const query =
      'return=//evil.example&redirect_uri=https://evil.example&post_logout_redirect_uri=https://evil.example'
    const refused = await bed.browser().open(`${bed.url}/api/auth/openid_redirect?${query}`, { headers: lies })
    expect(refused.status).toBe(400)
    const browser = bed.browser()
    const path = '/api/auth/openid_redirect?return=//evil.example'
    const begun = await browser.open(`${bed.url}${path}`, { headers: lies })
    expect(new URL(begun.location ?? '').origin).toBe(oidc.issuer)
    expect(new URL(begun.location ?? '').searchParams.get('redirect_uri')).toBe(bed.url)
    const choice = await browser.follow(begun.location ?? '')
    const back = await browser.open(await choose(browser, choice, 'everywhere', bed.url), { headers: lies })
    expect(back.location).toBe('/mesh/')
  })

  it('of a console at the root leads to /, not to //', () => {
    expect(returnPath(undefined, '')).toBe('/')
    expect(returnPath('//', '')).toBe('/')
  })

  it('tells the page who is logged in and until when', async () => {
    const browser = bed.browser()
    await logIn(browser, 'west-shop')
    const { body } = await browser.open(`${bed.url}/api/auth/info`)
    const end = expect.stringMatching(/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/)
    expect(JSON.parse(body)).toEqual({
      strategy: 'openid',
      authorizationEndpoint: `${bed.url}/api/auth/openid_redirect`,
      sessionInfo: {
        username: 'west-shop',
        expiresOn: end,
        // In east there is nothing for this person, so that there is no east.
        clusterInfo: { west: { name: 'west', expiresOn: end } },
      },
    })
  })

  it('tells the page where to log in before anybody is', async () => {
    const { status, body } = await bed.browser().open(`${bed.url}/api/auth/info`)
    expect([status, JSON.parse(body)]).toEqual([
      200,
      { strategy: 'openid', authorizationEndpoint: `${bed.url}/api/auth/openid_redirect`, sessionInfo: {} },
    ])
  })

  it('AUTH-T43: neither way says where it comes from, or stays in a cache', async () => {
    const browser = bed.browser()
    const out = await browser.open(`${bed.url}/api/auth/openid_redirect`)
    const back = await logIn(browser, 'everywhere')
    for (const { headers } of [out, back])
      expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
  })

  it('is the only way: nothing can be posted', async () => {
    const page = await bed.browser().open(`${bed.url}/api/authenticate`, { form: { token: 'x' }, ...asPage })
    expect(page.status).toBe(400)
    expect(page.setCookie).toEqual([])
  })

  it('keeps what is under way in cookies that come back with the answer, and no longer than needed', async () => {
    const { setCookie } = await bed.browser().open(`${bed.url}/api/auth/openid_redirect`)
    expect(setCookie).toHaveLength(1)
    expect(setCookie[0]).toMatch(/^kiali-token-flow-[0-9a-f]+=[\w-]+; Path=\/mesh; .*HttpOnly; SameSite=Lax$/)
  })
})

describe('a strategy that is another', () => {
  it('AUTH-28: knows no way to a provider', async () => {
    const { config } = loadConfig({ flags: { port: 0, prometheusUrl: 'http://127.0.0.1:1' } })
    const server = await startServer(config)
    const page = await createBrowser().open(new URL('api/auth/openid_redirect', server.url).href)
    await server.close()
    expect(page.status).toBe(404)
  })
})

describe('logging out', () => {
  it('AUTH-113: leads to the provider with what it needs, and back', async () => {
    const browser = bed.browser()
    await logIn(browser, 'everywhere')
    const { status, body } = await logOut(browser)
    const url = new URL(JSON.parse(body).redirect_url)
    expect([status, url.origin]).toEqual([200, oidc.issuer])
    expect([...url.searchParams.keys()].sort()).toEqual([
      'client_id',
      'id_token_hint',
      'post_logout_redirect_uri',
      'state',
    ])
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(bed.url)
    expect(await namespacesOf(browser)).not.toContain('east/shop')
    const question = await browser.open(url.href)
    const [, action = '', secret = ''] =
      /action="([^"]+)"><input type="hidden" name="xsrf" value="([^"]+)"/.exec(question.body) ?? []
    const back = await browser.follow(action, {
      form: { xsrf: secret, logout: 'yes' },
      stop: (to) => to.startsWith(bed.url),
    })
    expect(new URL(back.url).searchParams.get('state')).toBe(url.searchParams.get('state'))
    expect((await browser.open(back.url)).location).toBe('/mesh/')
    // The provider has forgotten them, too: it asks again.
    expect((await browser.follow(`${bed.url}/api/auth/openid_redirect`)).body).toContain('Who are you?')
  })

  it('AUTH-T28: ends the session for its copies as well', async () => {
    const browser = bed.browser()
    await logIn(browser, 'everywhere')
    const copy = bed.browser()
    for (const [name, value] of browser.cookies(bed.url)) copy.cookies(bed.url).set(name, value)
    expect(await namespacesOf(copy)).toContain('east/shop')
    await logOut(browser)
    expect((await copy.open(`${bed.url}/api/namespaces`)).status).toBe(401)
  })

  it('of nobody is done at once', async () => {
    expect((await logOut(bed.browser())).status).toBe(204)
  })
})
