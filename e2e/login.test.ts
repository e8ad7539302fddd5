/** Logging in at an identity provider as a person does it, in a real browser: out, choose who to be, back, look, log out. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launch } from './browser.ts'
import { type Demo, startDemo } from './program.ts'

describe.skipIf(chromiumPath === undefined)('logging in to the demo [needs chromium]', () => {
  let demo: Demo
  let browser: Browser

  beforeAll(async () => {
    demo = await startDemo('--auth', 'openid')
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  /** In a browser of their own, with nobody's cookies: opens the console, which sends them to the provider. */
  async function loggedIn(account: string, path = ''): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } })
    const page = await context.newPage()
    await page.goto(`${demo.url}${path}`)
    await page.getByRole('button', { name: account, exact: true }).click()
    await page.waitForURL((url) => url.href.startsWith(demo.url))
    return page
  }

  const namespacesOf = async (page: Page): Promise<readonly string[]> => {
    const answer = await page.request.get(`${demo.url}api/namespaces`)
    const listed: unknown = await answer.json()
    return Array.isArray(listed) ? listed.map(({ cluster, name }) => `${cluster}/${name}`) : [String(answer.status())]
  }

  it('leads back from another site to a page that has the session at once', async () => {
    const page = await loggedIn('everywhere')
    // The provider is on localhost, the console on 127.0.0.1: cookies are kept from what the provider begins.
    await page.getByRole('link', { name: /payment in payments fails .* of its requests in west/ }).waitFor()
  })

  it('lets people see what the clusters let them see', async () => {
    const page = await loggedIn('west-shop', 'console/services')
    expect(await namespacesOf(page)).toEqual(['west/shop'])
    await page.getByRole('link', { name: 'catalog', exact: true }).first().waitFor()
    expect(await page.getByText('payments').count()).toBe(0)
  })

  it('keeps the session from scripts and from other sites', async () => {
    const page = await loggedIn('everywhere')
    const cookies = (await page.context().cookies(demo.url)).filter(({ name }) => name.startsWith('kiali-token'))
    expect(cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([[true, 'Strict']])
    expect(await page.evaluate('document.cookie')).not.toContain('kiali')
  })

  it('leaves nothing of the login in the address or the history', async () => {
    const page = await loggedIn('east-only')
    expect(page.url()).not.toMatch(/code=|state=/)
    expect(await page.evaluate('performance.getEntriesByType("navigation")[0].name')).not.toMatch(/code=|state=/)
  })
  it('ends here and at the provider', async () => {
    const page = await loggedIn('everywhere')
    await page.getByRole('link', { name: /payment in payments fails/ }).waitFor()
    const answer = await page.evaluate(
      `fetch('${demo.url}api/logout', { headers: { 'kiali-ui': 'true' } }).then((answer) => answer.json())`,
    )
    const url =
      typeof answer === 'object' && answer !== null && 'redirect_url' in answer ? String(answer.redirect_url) : ''
    await page.goto(url)
    await page.getByRole('button', { name: 'Yes, log me out' }).click()
    await page.waitForURL((at) => at.href.startsWith(demo.url))
    expect(await namespacesOf(page)).toEqual(['401'])
    // Whoever comes next is asked who they are.
    await page.goto(`${demo.url}api/auth/openid_redirect`)
    await page.getByRole('button', { name: 'east-only', exact: true }).waitFor()
  })
})
