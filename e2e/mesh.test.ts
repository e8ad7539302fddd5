/** What a person can do with the demo, done in a real browser: see the mesh, read its lists, lose a cluster and get it back. */
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launch } from './browser.ts'
import { control, type Demo, startDemo } from './program.ts'

describe.skipIf(chromiumPath === undefined)('the page of a two-cluster mesh [needs chromium]', () => {
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
  const strip = () => page.getByRole('region', { name: 'Clusters and their state' })
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })

  it('says on the first page what is wrong now, each with a link to its evidence', async () => {
    await page.goto(demo.url)
    const link = page.getByRole('link', { name: /payment in payments fails .* of its requests in west/ })
    await link.waitFor()
    await page.getByRole('link', { name: /recommend-v3 in shop has 1 of 3 pods ready in east/ }).waitFor()
    await link.click()
    await page
      .getByRole('heading', { name: /payment/ })
      .first()
      .waitFor()
    expect(new URL(page.url()).searchParams.get('clusterName')).toBe('west')
  })

  it('draws the graph with both clusters, their crossing calls and the planted faults', async () => {
    await open('graph')
    await page.locator('canvas').waitFor()
    await page.getByText(/What is wrong here/).waitFor()
    await page
      .getByText(/payment in payments \(west\)/)
      .first()
      .waitFor()
    const matrix = page.getByRole('table', { name: /between clusters/i })
    await expect.poll(() => matrix.textContent()).toMatch(/east.*west/)
  })

  it('lists a service once, with a chip per cluster, and opens its physical rows', async () => {
    await open('services')
    const catalog = row('catalog')
    await catalog.waitFor()
    expect(await catalog.count()).toBe(1)
    await expect.poll(() => catalog.textContent()).toMatch(/east.*west/)
    await expect.poll(() => catalog.textContent()).toMatch(/ports/i)
    await expect.poll(() => row('ledger').textContent()).not.toContain('west')
  })

  it('shows both clusters of a service side by side and what differs', async () => {
    await open('namespaces/shop/services/catalog')
    await page.getByRole('heading', { name: /What differs between clusters/ }).waitFor()
    const differences = page.getByRole('table').filter({ hasText: 'ports' }).first()
    await expect.poll(() => differences.textContent()).toMatch(/east.*west/)
  })

  it('shows one cluster alone when the address names it', async () => {
    await open('namespaces/shop/services/catalog?clusterName=west')
    await page
      .getByRole('heading', { name: /catalog/ })
      .first()
      .waitFor()
    expect(await page.getByText(/What differs between clusters/).count()).toBe(0)
  })

  it('says when a cluster is lost, keeps its last facts marked stale, and returns to normal without a reload', async () => {
    await open('services')
    await row('cart').waitFor()
    await control(demo, 'clusters/west/down')
    await expect.poll(() => strip().textContent(), { timeout: 25_000 }).toContain('unreachable')
    await strip().getByRole('button', { name: /west/ }).click()
    await page.getByText(/BIN-CLUSTER-UNREACHABLE/).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => row('cart').textContent(), { timeout: 10_000 }).toMatch(/west/)
    for (const path of [
      'overview',
      'graph',
      'workloads',
      'applications',
      'namespaces',
      'namespaces/shop/services/cart',
    ]) {
      const answer = await open(path)
      expect(answer?.status()).toBe(200)
      await page.getByRole('main').waitFor()
    }
    await control(demo, 'clusters/west/heal')
    await expect.poll(() => strip().textContent(), { timeout: 25_000 }).not.toContain('unreachable')
  })

  it.each([
    'overview',
    'graph',
    'services',
    'workloads',
    'applications',
    'namespaces',
    'namespaces/shop/services/catalog',
    'clusters?open=west',
  ])('has no accessibility violation on %s', async (path) => {
    await open(path)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.evaluate(axe.source)
    const violations = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))',
    )
    expect(violations).toEqual([])
  })
})
