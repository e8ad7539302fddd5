/**
 * `npm run screenshots [-- FOLDER]`: draws the pictures in docs/images anew, of a recorded three-cluster mesh where there
 * is one, 1600 x 1000, without touching the mouse.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { startProgram } from './processes.ts'

const folder = resolve(process.argv[2] ?? '../shared/golden/A')
const images = resolve('docs/images')

const pictures = [
  { name: 'overview', path: 'overview' },
  { name: 'graph-shop', path: 'graph?namespaces=shop' },
  { name: 'graph-all', path: 'graph' },
  { name: 'services', path: 'services' },
  { name: 'service', path: 'namespaces/shop/services/cart' },
]

const source = existsSync(folder) ? ['--recording', folder] : []
const simulator = await startProgram(['simulate', ...source], /^simulated-mesh (.*)$/)
const { kubeconfigFile, prometheusUrl } = JSON.parse(simulator.line[1] ?? '{}')
const reach = ['--kubeconfig', kubeconfigFile, '--context', '*', '--prometheus', prometheusUrl]
const server = await startProgram(
  ['serve', '--address', '127.0.0.1', '--port', '0', '--log-level', 'error', ...reach],
  /listens on (\S+)/,
)
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
})
try {
  mkdirSync(images, { recursive: true })
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
  const url = server.line[1] ?? ''
  await page.goto(`${url}console/overview`)
  await page.getByText('reachable').first().waitFor()
  for (const { name, path } of pictures) {
    await page.goto(`${url}console/${path}`)
    await settled(page)
    await page.screenshot({ path: join(images, `${name}.png`) })
    console.log(`docs/images/${name}.png`)
  }
} finally {
  await browser.close()
  await server.stop()
  await simulator.stop()
}

/** Until the page shows what it came for and nothing moves any more: two equal pictures in a row. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('main').waitFor()
  await page.waitForLoadState('load')
  let last = ''
  for (let round = 0; round < 40; round += 1) {
    await page.waitForTimeout(500)
    const now = (await page.screenshot()).toString('base64')
    if (now === last && round > 2) return
    last = now
  }
}
