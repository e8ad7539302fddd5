/** The pages of login and access as people use them: the way in, who is logged in and until when, what they see, the way out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launch } from './browser.ts'
import { type Demo, type Program, start, startDemo } from './program.ts'

let browser: Browser
const violations: string[] = []

beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await launch()
})
afterAll(() => browser?.close())

/** In a browser of its own, with nobody's cookies. */
async function blank(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text())
  })
  return page
}

const account = (page: Page) => page.getByRole('button', { name: /^Account of/ })
const tokenField = (page: Page) => page.getByLabel('Token', { exact: true })
const strip = (page: Page) => page.getByRole('region', { name: 'Clusters and their state' })

/** What the demo printed behind a person's name. */
const tokenOf = (demo: Pick<Program, 'said'>, person: string): string =>
  new RegExp(`- ${person}\\s.*\\n\\s+(\\S+)`).exec(demo.said())?.[1] ?? ''

/** Types and presses keys alone. */
async function enterToken(page: Page, token: string): Promise<void> {
  await tokenField(page).waitFor()
  await page.keyboard.insertText(token)
  await page.keyboard.press('Enter')
}

/** With the keyboard, to what has this name, and presses it. */
async function pressNamed(page: Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < 40; steps++) {
    await page.keyboard.press('Tab')
    const text: unknown = await page.evaluate('document.activeElement?.textContent')
    if (!name.test(String(text).trim())) continue
    await page.keyboard.press('Enter')
    return
  }
  throw new Error(`no Tab leads to ${name}`)
}

/** By the id of the rule, each with the elements that break it. */
async function barriers(page: Page): Promise<unknown> {
  await page.evaluate(axe.source)
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))',
  )
}

describe.skipIf(chromiumPath === undefined)('logging in with a token [needs chromium]', () => {
  let demo: Demo

  beforeAll(async () => {
    demo = await startDemo('--auth', 'token')
  })
  afterAll(() => demo?.stop())

  async function loggedIn(person: string, path = 'overview'): Promise<Page> {
    const page = await blank()
    await page.goto(`${demo.url}console/${path}`)
    await enterToken(page, tokenOf(demo, person))
    await account(page).waitFor()
    return page
  }

  it('leads to the page that was asked for, with the keyboard alone', async () => {
    const page = await loggedIn('everywhere', 'services?namespaces=shop')
    expect(page.url()).toBe(`${demo.url}console/services?namespaces=shop`)
    await page.getByRole('link', { name: 'cart', exact: true }).first().waitFor()
  })

  it('says that a token is not valid, and shows and keeps nothing of it', async () => {
    const page = await blank()
    await page.goto(`${demo.url}console/services`)
    await enterToken(page, 'not-a-token-of-anybody')
    await page.getByText('This token is not valid here').waitFor()
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Token')
    expect(await page.evaluate('getComputedStyle(document.activeElement).webkitTextSecurity')).toBe('disc')
    const kept = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie')
    expect(`${kept}${page.url()}`).not.toContain('not-a-token-of-anybody')
    await page.keyboard.press('ControlOrMeta+A')
    await enterToken(page, tokenOf(demo, 'east-only'))
    await account(page).waitFor()
  })

  it('asks for a token before it asks the server', async () => {
    const page = await blank()
    await page.goto(`${demo.url}console/`)
    await enterToken(page, '  ')
    await page.getByText('Paste a token first.').waitFor()
  })

  it('shows who may see one cluster that cluster alone, and names no other', async () => {
    const page = await loggedIn('east-only')
    await strip(page).getByText('1 cluster', { exact: true }).waitFor()
    await account(page).click()
    await page.getByRole('link', { name: 'My access' }).click()
    const table = page.getByRole('table', { name: /What you see/ })
    await table.getByRole('link', { name: 'payments' }).waitFor()
    expect(await table.getByRole('columnheader').allTextContents()).toEqual(['Namespace', 'east'])
    expect(await page.getByRole('main').textContent()).not.toContain('west')
    await page.goto(`${demo.url}console/namespaces/shop/services/catalog?clusterName=west`)
    await page.getByRole('heading', { name: 'Not in west' }).waitFor()
  })

  it('takes a token of another cluster beside, and tells what is seen where', async () => {
    const page = await loggedIn('east-only', 'access')
    await account(page).click()
    await page.getByRole('button', { name: 'Add a token of another cluster' }).click()
    await page.getByLabel('Name of the cluster').waitFor()
    await page.keyboard.insertText('west')
    await page.getByLabel('Token of west').fill(tokenOf(demo, 'west-shop'))
    await page.keyboard.press('Enter')
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'shop' }) })
    await expect.poll(() => row.getByRole('cell').allTextContents(), { timeout: 15_000 }).toEqual(['seen', 'seen'])
    const other = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'payments' }) })
    expect(await other.getByRole('cell').allTextContents()).toEqual(['seen', 'no'])
    await row.getByRole('button', { name: /What may I change/ }).press('Enter')
    await expect
      .poll(() => row.getByRole('cell').allTextContents(), { timeout: 10_000 })
      .toEqual([expect.stringContaining('Istio traffic:nothing'), expect.stringContaining('Istio traffic:nothing')])
    await strip(page).getByRole('button', { name: /^west/ }).click()
    await page
      .getByRole('dialog', { name: 'Cluster west' })
      .getByText(/You: logged in, for/)
      .waitFor()
  })

  it('says the same of a cluster that does not exist as of a wrong token', async () => {
    const page = await loggedIn('east-only')
    const refusal = async (cluster: string): Promise<string | null> => {
      await account(page).click()
      await page.getByRole('button', { name: 'Add a token of another cluster' }).click()
      await page.getByLabel('Name of the cluster').fill(cluster)
      await page.getByLabel(`Token of ${cluster}`).fill('nobodys')
      await page.keyboard.press('Enter')
      const alert = page.getByRole('dialog').getByText('There is no such cluster')
      await alert.waitFor()
      const text = await alert.textContent()
      await page.getByRole('button', { name: 'Close' }).click()
      return text
    }
    expect(await refusal('nowhere')).toBe(await refusal('west'))
  })

  it('logs out with the keyboard alone, and leaves nothing for who comes next', async () => {
    const page = await loggedIn('everywhere', 'services?namespaces=payments')
    await page.getByRole('link', { name: 'ledger', exact: true }).first().waitFor()
    await account(page).press('Enter')
    await pressNamed(page, /^Log out$/)
    await page.getByText('You are logged out.').waitFor()
    expect(page.url()).toBe(`${demo.url}console/`)
    expect(await page.context().cookies(demo.url)).toEqual([])
    expect(await page.getByText('ledger').count()).toBe(0)
    await enterToken(page, tokenOf(demo, 'east-only'))
    await account(page).waitFor()
    expect(page.url()).not.toContain('payments')
  })

  it.each(['light', 'dark'] as const)(
    'has no accessibility violation before and after the login, %s',
    async (theme) => {
      const page = await blank()
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await page.goto(`${demo.url}console/access?open=shop`)
      await enterToken(page, 'not-a-token')
      await page.getByText('This token is not valid here').waitFor()
      expect(await barriers(page)).toEqual([])
      await page.keyboard.press('ControlOrMeta+A')
      await enterToken(page, tokenOf(demo, 'everywhere'))
      await page.getByText('Istio security:').first().waitFor()
      await account(page).click()
      await page.getByRole('dialog', { name: 'Account' }).waitFor()
      expect(await barriers(page)).toEqual([])
      await page.getByRole('button', { name: 'Add a token of another cluster' }).click()
      await page.getByLabel('Name of the cluster').waitFor()
      expect(await barriers(page)).toEqual([])
    },
  )

  it('goes to the login when the session was ended elsewhere, and asks nothing of the mesh any more', async () => {
    const page = await loggedIn('everywhere', 'services')
    await page.getByRole('link', { name: 'cart', exact: true }).first().waitFor()
    await page.clock.install()
    const answer = await page.request.post(`${demo.url}api/logout`, { headers: { 'Kiali-UI': 'true' } })
    expect(answer.status()).toBe(204)
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.getByText('Your session is over.').waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.clock.fastForward(120_000)
    expect(asked.filter((url) => url.includes('multicluster'))).toEqual([])
    expect(page.url()).toBe(`${demo.url}console/services`)
  })

  it('goes to the login by itself, also while nothing is refreshed', { timeout: 60_000 }, async () => {
    const page = await loggedIn('everywhere', 'services?refresh=0')
    await page.getByRole('link', { name: 'cart', exact: true }).first().waitFor()
    await page.request.post(`${demo.url}api/logout`, { headers: { 'Kiali-UI': 'true' } })
    await page.getByText('Your session is over.').waitFor({ timeout: 40_000 })
  })
})

describe.skipIf(chromiumPath === undefined)('a session that ends [needs chromium]', () => {
  let simulator: Program
  let served: Program
  let folder: string
  let url = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'binocle-session-'))
    simulator = start('simulate', '--people')
    const [, json = '{}'] = await simulator.says(/^simulated-mesh (.*)$/m)
    const mesh: { kubeconfigFile: string; prometheusUrl: string } = JSON.parse(json)
    const file = join(folder, 'binocle.yaml')
    writeFileSync(
      file,
      JSON.stringify({
        auth: { strategy: 'token', development: true },
        login_token: { expiration_seconds: 12 },
      }),
    )
    const words = ['--kubeconfig', mesh.kubeconfigFile, '--context', 'east', '--prometheus', mesh.prometheusUrl]
    served = start('serve', '--config', file, '--address', '127.0.0.1', '--port', '0', ...words)
    url = (await served.says(/listens on (\S+)/))[1] ?? ''
  })
  afterAll(async () => {
    await served?.stop()
    await simulator?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is counted down, can be seen through, and leads to the login, and then back', { timeout: 60_000 }, async () => {
    const token = /"name":"everywhere"[^}]*"token":"([^"]+)"/.exec(simulator.said())?.[1] ?? ''
    const page = await blank()
    await page.goto(`${url}console/services?namespaces=shop`)
    await expect.poll(async () => (await page.request.get(`${url}healthz`)).status(), { timeout: 20_000 }).toBe(200)
    await enterToken(page, token)
    const warning = page.getByRole('alertdialog', { name: /Your session ends in \d+ s/ })
    await warning.waitFor()
    await page.keyboard.press('Enter')
    await warning.waitFor({ state: 'detached' })
    await page.getByText(/^ends in \d+ s/).waitFor()
    await page.getByText('Your session is over.').waitFor({ timeout: 30_000 })
    expect((await page.request.get(`${url}api/multicluster/access`)).status()).toBe(401)
    expect(page.url()).toBe(`${url}console/services?namespaces=shop`)
    await enterToken(page, token)
    await account(page).waitFor()
    expect(page.url()).toBe(`${url}console/services?namespaces=shop`)
  })
})

describe.skipIf(chromiumPath === undefined)('logging in at a provider [needs chromium]', () => {
  let demo: Demo

  beforeAll(async () => {
    demo = await startDemo('--auth', 'openid')
  })
  afterAll(() => demo?.stop())

  it('goes there by itself, and comes back to the page that was asked for', async () => {
    const page = await blank()
    await page.goto(`${demo.url}console/services?namespaces=shop`)
    await page.getByRole('button', { name: 'west-shop', exact: true }).click()
    await account(page).waitFor()
    await page.waitForURL(`${demo.url}console/services?namespaces=shop`)
    await strip(page).getByText('1 cluster', { exact: true }).waitFor()
    expect(await strip(page).textContent()).toContain('west')
  })

  it.each([
    ['openid_error=timeout', 'Logging in took too long.'],
    ['openid_error=Call+0123+now&error_description=You+are+hacked', 'Logging in failed.'],
    ['error=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E', 'This login was not begun here.'],
  ])('stays after a failure, with a sentence of ours and a clean address: ?%s', async (query, sentence) => {
    const page = await blank()
    await page.goto(`${demo.url}?${query}`)
    await page.getByRole('alert').getByText(sentence).waitFor()
    await page.getByRole('link', { name: 'Log in with OpenID Connect' }).waitFor()
    expect(page.url()).toBe(`${demo.url}console/`)
    expect(await page.getByRole('main').textContent()).not.toMatch(/0123|hacked|img/)
  })

  it('does not go round when a login has no effect', async () => {
    const page = await blank()
    await page.goto(`${demo.url}console/graph`)
    await page.getByRole('button', { name: 'east-only', exact: true }).waitFor()
    await page.goto(`${demo.url}console/graph`)
    await page.getByText('You came back without a login.').waitFor()
  })

  it('logs out here and there, and does not log in again by itself', async () => {
    const page = await blank()
    await page.goto(`${demo.url}console/overview`)
    await page.getByRole('button', { name: 'everywhere', exact: true }).click()
    await account(page).click()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Log out?' }).waitFor()
    await page.getByRole('button').first().click()
    await page.getByText('You are logged out.').waitFor()
    expect(page.url()).toBe(`${demo.url}console/`)
  })
})

describe.skipIf(chromiumPath === undefined)('the pages of login and access [needs chromium]', () => {
  it('break no rule of the content security policy', () => {
    expect(violations).toEqual([])
  })
})
