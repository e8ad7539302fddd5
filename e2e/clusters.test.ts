/** The Clusters page as a person uses it when one of them is in trouble: facts, diagnosis step by step, and the way back. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launch } from './browser.ts'
import { control, type Demo, startDemo } from './program.ts'

describe.skipIf(chromiumPath === undefined)('the clusters of a mesh [needs chromium]', () => {
  let demo: Demo
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    demo = await startDemo()
    browser = await launch()
    page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
  })

  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const open = (path: string) => page.goto(`${demo.url}console/${path}`)
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByText(`Details of ${name}`) })
  const diagnosis = (name: string) => page.getByRole('region', { name: `Diagnosis of ${name}` })

  it('says of each cluster what it is, and whether they fit together', async () => {
    await open('clusters')
    await expect
      .poll(() => row('west').textContent(), { timeout: 25_000 })
      .toMatch(/primary.*reachable.*network-west.*Kubernetes v1/)
    await expect
      .poll(() => page.getByRole('main').textContent(), { timeout: 25_000 })
      .toMatch(/Trust domain.*cluster\.local/)
  })

  it('opens a cluster to its diagnosis and to what its istiod thinks of the other', { timeout: 60_000 }, async () => {
    await open('clusters')
    await row('west').getByRole('button').click()
    await expect
      .poll(() => diagnosis('west').getByRole('listitem').first().textContent(), { timeout: 20_000 })
      .toContain('Configuration')
    const planes = page.getByRole('region', { name: 'Control planes of west' })
    await expect.poll(() => planes.textContent(), { timeout: 50_000 }).toMatch(/east.*in step/)
    expect(new URL(page.url()).searchParams.get('open')).toBe('west')
  })

  it('names the first step that fails, with what to do, when the API server is gone; and all is well again after', {
    timeout: 60_000,
  }, async () => {
    await control(demo, 'clusters/west/down')
    await open('clusters?open=west')
    const failing = diagnosis('west').getByRole('listitem').filter({ hasText: 'failed' }).first()
    await expect.poll(() => failing.textContent(), { timeout: 20_000 }).toMatch(/TCP.*What to do/)
    await control(demo, 'clusters/west/heal')
    await page.getByRole('button', { name: 'Retry west now' }).first().click()
    await expect.poll(() => row('west').textContent(), { timeout: 20_000 }).not.toContain('unreachable')
    await diagnosis('west').getByRole('button', { name: 'Diagnose again' }).click()
    await expect.poll(() => diagnosis('west').textContent(), { timeout: 20_000 }).toContain('All is well')
  })

  it('leads from the strip to the diagnosis by keyboard', async () => {
    await open('overview?cluster=west')
    await page.getByRole('link', { name: 'Diagnose' }).focus()
    await page.keyboard.press('Enter')
    await diagnosis('west').waitFor()
    expect(new URL(page.url()).searchParams.get('cluster')).toBe(null)
  })
})
