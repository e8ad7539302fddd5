/** Clusters that come from Secrets, from the pod we run in and through a proxy, on a simulated and on a real API server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubernetesConfig } from '@binocle/server/clusters/source'
import { type ClusterConnections, startClusters } from '@binocle/server/clusters/start'
import { createInventory } from '@binocle/server/inventory/live'
import { realTimers } from '@binocle/server/kube/surroundings'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import { type Bed, realBed, simulatedBed } from './beds.ts'
import { until } from './until.ts'

const assets = process.env.KUBEBUILDER_ASSETS
describe('with a simulated API server', () => suite(simulatedBed))
describe.skipIf(assets === undefined)('with a real kube-apiserver (skipped unless KUBEBUILDER_ASSETS is set)', () =>
  suite(() => realBed(assets ?? '')),
)

function suite(start: () => Promise<Bed>): void {
  let bed: Bed
  let folder: string
  const open: ClusterConnections[] = []

  beforeAll(async () => {
    bed = await start()
    folder = await mkdtemp(join(tmpdir(), 'binocle-sources-'))
    await writeFile(join(folder, 'home'), kubeconfig('home'))
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((clusters) => clusters.close()))
  })
  afterAll(async () => {
    await bed.close()
    await rm(folder, { recursive: true, force: true })
  })

  const kubeconfig = (cluster: string, token = bed.token): string =>
    kubeconfigOf([{ cluster, url: bed.url, caPem: bed.caPem }], { [cluster]: token })

  /** Between two tries it waits a tenth of what it would. */
  function begin(kubernetes: Partial<KubernetesConfig['kubernetes']>) {
    const inventory = createInventory()
    const timers = { after: (delayMs: number, then: () => void) => realTimers.after(delayMs / 10, then) }
    const clusters = startClusters(
      { kubernetes: { homeCluster: '', kubeconfigs: [], execProvider: { enabled: false, allow: [] }, ...kubernetes } },
      inventory,
      { clock: Date.now, random: () => 0.5, timers, log: () => {} },
    )
    open.push(clusters)
    const states = (): string =>
      clusters
        .list()
        .map(({ name, state }) => `${name} ${state}`)
        .join(', ')
    return { clusters, inventory, becomes: (expected: string) => until(clusters.onChange, () => states() === expected) }
  }

  const home = () => ({ kubeconfigs: [{ file: join(folder, 'home'), contexts: [] }] })
  const secret = (name: string, key: string, content: string, labels: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels },
    data: { [key]: Buffer.from(content).toString('base64') },
  })
  const ours = { 'kiali.io/multiCluster': 'true' }

  it('Secrets of the home cluster bring clusters, change them and take them away', async () => {
    const watchedSecrets = { namespace: 'default', label: 'kiali.io/multiCluster=true' }
    const { clusters, inventory, becomes } = begin({ ...home(), watchedSecrets })
    await becomes('home reachable')
    const api = clusters.api('home')
    const path = '/api/v1/namespaces/default/secrets'
    const patch = (content: string) =>
      api?.request('PATCH', `${path}/remote`, secret('remote', 'west', content, ours), {
        contentType: 'application/merge-patch+json',
      })

    await api?.request('POST', path, secret('remote', 'west', kubeconfig('west'), ours))
    await becomes('home reachable, west reachable')
    expect(clusters.get('west')).toMatchObject({ secretName: 'remote', home: false })
    await patch(kubeconfig('west', 'nobody-knows-this-token'))
    await becomes('home reachable, west unauthorized')
    expect(inventory.state('namespaces', 'west').state).toBe('stale')
    await patch(kubeconfig('east'))
    await until(clusters.onChange, () => clusters.get('west')?.cause?.code === 'BIN-CLUSTER-NAME')
    await patch(kubeconfig('west'))
    await becomes('home reachable, west reachable')
    await api?.request('DELETE', `${path}/remote`)
    await becomes('home reachable')
    expect(inventory.clusters()).toEqual(['home'])
  })

  it('a Secret made for Istio names its cluster, what is missing, and how to make the right one', async () => {
    const watchedSecrets = { namespace: 'default', label: 'kiali.io/multiCluster=true' }
    const { clusters, becomes } = begin({ ...home(), watchedSecrets })
    await becomes('home reachable')
    const path = '/api/v1/namespaces/default/secrets'
    const istios = secret('istio-remote-secret-north', 'north', kubeconfig('north'), { 'istio/multiCluster': 'true' })
    await clusters.api('home')?.request('POST', path, istios)
    await becomes('home reachable, north unreachable')
    expect(clusters.get('north')).toMatchObject({ accessible: false, cause: { code: 'BIN-CLUSTER-ISTIO-SECRET' } })
    await clusters.api('home')?.request('DELETE', `${path}/istio-remote-secret-north`)
    await becomes('home reachable')
  })

  it('the service account of our pod is home, named as its istiod names it, and its token may rotate', async () => {
    const { url, caPem, token, strangersToken } = bed
    const { clusters: other } = begin(home())
    const api = other.api('home')
    const path = '/apis/apps/v1/namespaces/default/deployments'
    await api?.request('POST', path, istiod)
    await writeFile(join(folder, 'ca.crt'), caPem)
    await writeFile(join(folder, 'token'), 'nobody-knows-this-token')
    const { hostname: host, port } = new URL(url)
    const { clusters, becomes } = begin({ inCluster: { host, port, folder, istioNamespace: 'default' } })
    await becomes('Kubernetes unauthorized')
    await writeFile(join(folder, 'token'), strangersToken)
    await until(clusters.onChange, () => clusters.get('Kubernetes')?.cause?.code === 'BIN-CLUSTER-FORBIDDEN')
    await writeFile(join(folder, 'token'), token)
    await becomes('the-east reachable')
    expect(clusters.get('the-east')).toMatchObject({ home: true, accessible: true, secretName: '' })
    await api?.request('DELETE', `${path}/istiod`)
  })

  it('is reached through a proxy that only sees where to', async () => {
    const proxy = await startProxy()
    const proxied = kubeconfig('far').replace(
      'server:',
      `proxy-url: http://me:pw@127.0.0.1:${proxy.port}\n      server:`,
    )
    await writeFile(join(folder, 'far'), proxied)
    const { becomes } = begin({ kubeconfigs: [{ file: join(folder, 'far'), contexts: [] }] })
    await becomes('far reachable')
    expect(new Set(proxy.asked)).toEqual(new Set([new URL(bed.url).host]))
    await proxy.close()
  })
}

const istiod = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'istiod', labels: { app: 'istiod' } },
  spec: {
    selector: { matchLabels: { app: 'istiod' } },
    template: {
      metadata: { labels: { app: 'istiod' } },
      spec: { containers: [{ name: 'discovery', image: 'pilot', env: [{ name: 'CLUSTER_ID', value: 'the-east' }] }] },
    },
  },
}

/** Notes where it was asked to connect to. */
async function startProxy() {
  const asked: string[] = []
  const open = new Set<{ destroy(): unknown }>()
  const server: Server = createServer()
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const { hostname, port } = new URL(`http://${request.url}`)
    const onwards = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onwards.pipe(socket).pipe(onwards)
    })
    for (const [one, another] of [
      [onwards, socket],
      [socket, onwards],
    ] as const) {
      open.add(one)
      one.on('error', () => another.destroy())
      one.on('close', () => another.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    asked,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      for (const each of open) each.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
