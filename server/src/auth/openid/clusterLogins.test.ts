/** A cluster that believes a provider of its own, beside one that believes the provider of all: with real ones. */
import { type SimulatedOidc, startOidcProvider } from '@binocle/simulator/oidc/provider'
import { type Browser, choose, type Page } from '@binocle/simulator/oidc/testBrowser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import { type OpenIdBed, people, startBed } from './testing.ts'

let oidc: SimulatedOidc
let west: SimulatedOidc
let bed: OpenIdBed

beforeAll(async () => {
  bed = await startBed(
    async (console) => {
      oidc = await startOidcProvider({ people, consoles: [console] })
      return oidc
    },
    {
      own: {
        west: async (console) => {
          const consoles = [console, `${console}/api/auth/openid_callback/west`]
          west = await startOidcProvider({
            people: [...people, { name: 'stranger', rights: 'none' }],
            consoles,
            name: 'west',
          })
          return west
        },
      },
    },
  )
})
afterAll(async () => {
  await bed.close()
  await Promise.all([oidc.close(), west.close()])
})

async function logIn(browser: Browser, account: string, from: string, to = bed.url): Promise<Page> {
  const page = await browser.follow(`${bed.url}/api/auth/${from}`)
  return await browser.open(await choose(browser, page, account, to))
}
const atHome = (browser: Browser, account: string) => logIn(browser, account, 'openid_redirect')
const inWest = (browser: Browser, account: string) =>
  logIn(browser, account, 'openid_redirect/west', `${bed.url}/api/auth/openid_callback/west`)

async function bodyOf(browser: Browser, path: string): Promise<unknown> {
  return JSON.parse((await browser.open(`${bed.url}/${path}`)).body)
}

async function namespacesOf(browser: Browser): Promise<readonly string[]> {
  const listed = await bodyOf(browser, 'api/namespaces')
  return Array.isArray(listed) ? listed.map(({ cluster, name }) => `${cluster}/${name}`).sort() : [String(listed)]
}

describe('a cluster with a provider of its own', () => {
  it('is not there for who is logged in at the other one, and its login is offered', async () => {
    const browser = bed.browser()
    await atHome(browser, 'everywhere')
    expect(await namespacesOf(browser)).toEqual(['east/bank', 'east/shop'])
    expect(await bodyOf(browser, 'api/auth/info')).toMatchObject({
      authorizationEndpointPerCluster: { west: `${bed.url}/api/auth/openid_redirect/west` },
      sessionInfo: { username: 'everywhere', clusterInfo: { east: { name: 'east' } } },
    })
  })

  it('is there as whom they are in it, once they have logged in there, and both end with one logout', async () => {
    const browser = bed.browser()
    await atHome(browser, 'east-only')
    const back = await inWest(browser, 'west-shop')
    expect(back).toMatchObject({ status: 302, location: '/mesh/' })
    expect(await namespacesOf(browser)).toEqual(['east/bank', 'east/shop', 'west/shop'])
    expect(await bodyOf(browser, 'api/auth/info')).toMatchObject({
      sessionInfo: { username: 'east-only', clusterInfo: { east: { name: 'east' }, west: { name: 'west' } } },
    })
    await browser.open(`${bed.url}/api/logout`, { headers: { 'kiali-ui': 'true' } })
    expect((await browser.open(`${bed.url}/api/namespaces`)).status).toBe(401)
    const audit = bed.lines.map((line) => JSON.parse(line)).filter(({ audit }) => audit === true)
    expect(audit).toContainEqual(expect.objectContaining({ type: 'login', cluster: 'west', user: 'west-shop' }))
    expect(audit).toContainEqual(expect.objectContaining({ type: 'logout', cluster: 'west', user: 'west-shop' }))
  })

  it('alone opens nothing: the console is entered at home', async () => {
    const browser = bed.browser()
    await inWest(browser, 'everywhere')
    expect((await browser.open(`${bed.url}/api/namespaces`)).status).toBe(401)
  })

  it('lets nobody in who sees nothing there, and the login at home goes on', async () => {
    const browser = bed.browser()
    await atHome(browser, 'east-only')
    expect(await inWest(browser, 'stranger')).toMatchObject({ location: '/mesh/?openid_error=forbidden' })
    expect(await namespacesOf(browser)).toEqual(['east/bank', 'east/shop'])
  })

  it('AUTH-T30: takes no code that was got for the other, nor the other one its', async () => {
    const browser = bed.browser()
    const callback = `${bed.url}/api/auth/openid_callback/west`
    const ofHome = await choose(
      browser,
      await browser.follow(`${bed.url}/api/auth/openid_redirect`),
      'everywhere',
      bed.url,
    )
    const swapped = `${callback}${new URL(ofHome).search}`
    expect(await browser.open(swapped)).toMatchObject({ location: '/mesh/?openid_error=state' })
    const second = bed.browser()
    const page = await second.follow(`${bed.url}/api/auth/openid_redirect/west`)
    const ofWest = await choose(second, page, 'everywhere', callback)
    expect(await second.open(`${bed.url}/${new URL(ofWest).search}`)).toMatchObject({
      location: '/mesh/?openid_error=state',
    })
    for (const each of [browser, second]) expect((await each.open(`${bed.url}/api/namespaces`)).status).toBe(401)
  })

  it('has its name in the address; others have no such login', async () => {
    for (const name of ['east', 'nowhere', '..%2f'])
      expect((await bed.browser().open(`${bed.url}/api/auth/openid_redirect/${name}`)).status).toBe(404)
  })
})

describe('the configuration of such providers', () => {
  const own = { issuer_uri: 'https://west.example', client_id: 'console' }
  const load = (openid: object, auth: object = {}) =>
    loadConfig({
      file: {
        name: 'test',
        text: JSON.stringify({
          auth: {
            ...auth,
            strategy: 'openid',
            openid: { issuer_uri: 'https://all.example', client_id: 'c', ...openid },
          },
          login_token: { signing_key: 'pWbG4vJ2mK7qX9zT' },
          server: { web_fqdn: 'console.example' },
        }),
      },
    })

  it('is taken', () => {
    expect(load({ clusters: { west: own } }).config.auth.openid.clusters.west).toMatchObject({ clientId: 'console' })
  })

  it.each<[string, object, object]>([
    ['without an issuer', { clusters: { west: { client_id: 'c' } } }, {}],
    ['of an issuer without TLS', { clusters: { west: { ...own, issuer_uri: 'http://west.example' } } }, {}],
    ['beside an audience of the same cluster', { clusters: { west: own }, cluster_audience: { west: 'w' } }, {}],
    ['where our own accounts ask', { clusters: { west: own }, disable_rbac: true }, {}],
    ['where people are impersonated', { clusters: { west: own } }, { impersonation: { enabled: true } }],
  ])('is refused %s', (_what, openid, auth) => {
    expect(() => load(openid, auth)).toThrow(/auth\.openid\.cluster/)
  })
})
