import { type SimulatedOidc, startOidcProvider } from '@binocle/simulator/oidc/provider'
import { type Browser, choose, type Page } from '@binocle/simulator/oidc/testBrowser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenIdBed, people, startBed } from './testing.ts'

let oidc: SimulatedOidc
let bed: OpenIdBed

beforeAll(async () => {
  bed = await startBed(async (console) => {
    oidc = await startOidcProvider({ people, consoles: [console] })
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
})
