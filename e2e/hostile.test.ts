/**
 * A tenant who writes what browsers would run into everything that they may write: labels, annotations, names, hosts.
 * The page shows it as text, on every page, and never has to refuse anything by its policy.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { chromiumPath, launch } from './browser.ts'
import { type Program, start } from './program.ts'

const run = 'window.ran=1'
const corpus = [
  `<img src=x onerror="${run}">`,
  `<script>${run}</script>`,
  `"><svg onload=${run}>`,
  `javascript:${run}`,
  `JaVaScRiPt:${run}`,
  `data:text/html,<script>parent.${run}</script>`,
  `'-(${run})-'`,
  `\${${run}}`,
  `{{constructor.constructor('${run}')()}}`,
  `<a href="javascript:${run}">x</a>`,
  `<style>@import 'http://127.0.0.1:9/x'</style>`,
  `<link rel=stylesheet href=http://127.0.0.1:9/x>`,
  '\u202Etxt.exe\u0000',
]
const hostile = Object.fromEntries(corpus.map((text, at) => [`evil-${at}`, text]))

interface Cluster {
  readonly server: string
  readonly ca: Buffer
  readonly token: string
}

function clustersIn(kubeconfigFile: string): Cluster[] {
  const { clusters, users } = parse(readFileSync(kubeconfigFile, 'utf8'))
  return clusters.map(({ cluster, name }: { cluster: Record<string, string>; name: string }) => ({
    server: cluster.server,
    ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64'),
    token: users.find((user: { name: string }) => user.name === name).user.token,
  }))
}

/** What the API server answers; a tenant's own tools would check no more. */
const send = ({ ca, server, token }: Cluster, method: string, path: string, body: unknown): Promise<number> =>
  new Promise((resolve, reject) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const headers = { authorization: `Bearer ${token}`, 'content-type': type }
    request(new URL(path, server), { method, ca, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end(JSON.stringify(body))
  })

async function writeHostile(cluster: Cluster): Promise<void> {
  const annotations = { ...hostile, 'kiali.io/api-spec': `javascript:${run}`, 'kiali.io/dashboards': corpus.join() }
  const metadata = { annotations, labels: hostile }
  const shop = '/namespaces/shop'
  for (const path of [
    '/api/v1/namespaces/shop',
    `/api/v1${shop}/services/catalog`,
    `/apis/apps/v1${shop}/deployments/catalog-v1`,
  ]) {
    const status = await send(cluster, 'PATCH', path, { metadata })
    if (status !== 200) throw new Error(`${path}: ${status}`)
  }
  const status = await send(cluster, 'POST', `/apis/networking.istio.io/v1${shop}/virtualservices`, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'evil', namespace: 'shop', annotations: hostile },
    spec: { hosts: corpus, http: corpus.map((host) => ({ name: host, route: [{ destination: { host } }] })) },
  })
  if (status !== 201) throw new Error(`VirtualService: ${status}`)
}

const pages = [
  'overview',
  'graph',
  'graph?namespaces=shop',
  'clusters',
  'namespaces',
  'namespaces/shop',
  'applications',
  'services',
  'workloads',
  'namespaces/shop/applications/catalog',
  'namespaces/shop/services/catalog',
  'namespaces/shop/services/catalog?clusterName=east',
  'namespaces/shop/workloads/catalog-v1',
  'namespaces/shop/workloads/catalog-v1?clusterName=east',
  `namespaces/shop/services/${encodeURIComponent(corpus[0] ?? '')}`,
  `services?namespaces=${encodeURIComponent(corpus[2] ?? '')}`,
  `overview?error=${encodeURIComponent(corpus[0] ?? '')}&error_description=${encodeURIComponent(corpus[1] ?? '')}`,
]

describe.skipIf(chromiumPath === undefined)('pages of a mesh with hostile texts [needs chromium]', () => {
  let simulator: Program
  let program: Program
  let browser: Browser
  let page: Page
  let url = ''
  const refused: string[] = []
  const foreign: string[] = []

  beforeAll(async () => {
    simulator = start('simulate')
    const [, json = '{}'] = await simulator.says(/^simulated-mesh (.*)$/m)
    const { kubeconfigFile, prometheusUrl } = JSON.parse(json)
    for (const cluster of clustersIn(kubeconfigFile)) await writeHostile(cluster)
    const words = ['--kubeconfig', kubeconfigFile, '--context', '*', '--prometheus', prometheusUrl, '--port', '0']
    program = start('serve', ...words)
    const [, listening = ''] = await program.says(/listens on (\S+)/)
    url = listening
    browser = await launch()
    page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
    page.on('console', (message) => {
      if (/content security policy|refused to/i.test(message.text())) refused.push(message.text())
    })
    page.on('request', (asked) => {
      if (!/^(blob|data):/.test(asked.url()) && !asked.url().startsWith(url)) foreign.push(asked.url())
    })
    page.on('dialog', (dialog) => {
      refused.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
  })

  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await simulator?.stop()
  })

  it.each(pages)('AUTH-T61: run nothing of it, link nowhere by it and ask nobody else: %s', async (path) => {
    await page.goto(`${url}console/${path}`)
    await page.getByRole('main').waitFor()
    await page.waitForLoadState('networkidle').catch(() => {})
    // Not in the browser's own types: what a script that ran would have left.
    expect(await page.evaluate('window.ran')).toBeUndefined()
    const targets: string[] = await page.evaluate('[...document.querySelectorAll("a[href]")].map((a) => a.href)')
    expect(targets.filter((target) => !/^https?:/.test(target))).toEqual([])
    expect(foreign).toEqual([])
  })

  it('shows them, as text', async () => {
    await page.goto(`${url}console/namespaces/shop/services/catalog`)
    await page.getByRole('main').waitFor()
    await expect.poll(() => page.content()).toContain('onerror')
    expect(await page.evaluate('document.querySelectorAll("main img, main script, main iframe").length')).toBe(0)
  })

  it('AUTH-166: never try what the policy would refuse', () => {
    expect(refused).toEqual([])
  })
})
