/**
 * The console's way to a cluster, tried on the simulated API server and on a real one with the same expectations: what
 * holds for one only would be our own idea of the truth.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClusterConnections, startClusters } from '@binocle/server/clusters/start'
import { createInventory } from '@binocle/server/inventory/live'
import { realTimers } from '@binocle/server/kube/surroundings'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startApiServer } from '../kube/apiServer.ts'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import { type Bed, realBed, simulatedBed } from './beds.ts'
import { until } from './until.ts'

const assets = process.env.KUBEBUILDER_ASSETS
describe('a simulated API server', () => suite(simulatedBed))
describe.skipIf(assets === undefined)('a real kube-apiserver (skipped unless KUBEBUILDER_ASSETS is set)', () =>
  suite(() => realBed(assets ?? '')),
)

function suite(start: () => Promise<Bed>): void {
  let bed: Bed
  let folder: string
  const open: ClusterConnections[] = []

  beforeAll(async () => {
    bed = await start()
    folder = await mkdtemp(join(tmpdir(), 'binocle-clusters-'))
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((clusters) => clusters.close()))
  })
  afterAll(async () => {
    await bed.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Between two tries it waits a tenth of what it would. */
  async function connected(token: string, caPem = bed.caPem) {
    const file = join(folder, 'kubeconfig')
    await writeFile(file, kubeconfigOf([{ cluster: 'east', url: bed.url, caPem }], { east: token }))
    const inventory = createInventory()
    const kubernetes = {
      homeCluster: '',
      kubeconfigs: [{ file, contexts: [] }],
      execProvider: { enabled: false, allow: [] },
    }
    const timers = { after: (delayMs: number, then: () => void) => realTimers.after(delayMs / 10, then) }
    const surroundings = { clock: Date.now, random: () => 0.5, timers, log: () => {} }
    const clusters = startClusters({ kubernetes }, inventory, surroundings)
    open.push(clusters)
    const reached = (state: string): Promise<void> =>
      until(clusters.onChange, () => clusters.get('east')?.state === state)
    return { inventory, clusters, reached }
  }

  it('is read whole, kinds that it does not serve apart', async () => {
    const { inventory, clusters, reached } = await connected(bed.token)
    expect(clusters.get('east')?.state).toBe('syncing')
    await reached('reachable')
    expect(inventory.state('pods', 'east').state).toBe('live')
    expect([...inventory.all('namespaces', 'east')].map(({ name }) => name)).toContain('kube-system')
    expect(clusters.get('east')?.kubernetesVersion).toMatch(/^v1\.\d+/)
  })

  it('tells what is created, changed and deleted', async () => {
    const { inventory, clusters, reached } = await connected(bed.token)
    await reached('reachable')
    const heard: string[] = []
    inventory.onChange(({ kind, name, type }) => {
      if (kind === 'services') heard.push(`${type} ${name}`)
    })
    const api = clusters.api('east')
    const path = '/api/v1/namespaces/default/services'
    const service = (app: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'cart' },
      spec: { ports: [{ port: 80 }], selector: { app } },
    })
    await api?.request('POST', path, service('a'))
    await until(inventory.onChange, () => heard.length === 1)
    await api?.request('PATCH', `${path}/cart`, service('b'), { contentType: 'application/merge-patch+json' })
    await until(inventory.onChange, () => heard.length === 2)
    expect(inventory.get('services', { cluster: 'east', namespace: 'default' }, 'cart')?.selector).toEqual({ app: 'b' })
    await api?.request('DELETE', `${path}/cart`)
    await until(inventory.onChange, () => heard.length === 3)
    expect(heard).toEqual(['added cart', 'updated cart', 'deleted cart'])
  })

  it('that learns a kind while it runs is read in that kind too', async (context) => {
    if (!bed.definesKinds) context.skip('simulated API servers cannot be taught')
    const { inventory, clusters, reached } = await connected(bed.token)
    await reached('reachable')
    expect(inventory.state(sidecars, 'east').state).toBe('absent')
    await clusters.api('east')?.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', sidecarKind)
    await clusters.api('east')?.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'later' },
    })
    const sidecar = { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: 'default' } }
    const create = () =>
      clusters.api('east')?.request('POST', '/apis/networking.istio.io/v1/namespaces/later/sidecars', sidecar)
    // It takes the API server a moment to serve what it was taught.
    for (let made = false; !made; )
      made = await Promise.resolve(create()).then(
        () => true,
        () => false,
      )
    await until(inventory.onChange, () => inventory.count(sidecars, 'east') === 1)
  })

  it('that does not know our token is unauthorized', async () => {
    const { clusters, reached } = await connected('nobody-knows-this-token')
    await reached('unauthorized')
    expect(clusters.get('east')?.cause).toMatchObject({ code: 'BIN-CLUSTER-AUTH', cluster: 'east' })
  })

  it('that lets us read nothing is degraded, and says which kind', async () => {
    const { inventory, clusters, reached } = await connected(bed.strangersToken)
    await reached('degraded')
    expect(clusters.get('east')?.cause).toMatchObject({ code: 'BIN-CLUSTER-FORBIDDEN', cluster: 'east' })
    expect(inventory.state('pods', 'east').state).toBe('forbidden')
  })

  it('whose certificate is of another CA is unreachable for that reason', async () => {
    const { clusters, reached } = await connected(bed.token, await otherCa())
    await reached('unreachable')
    expect(clusters.get('east')?.cause).toMatchObject({ code: 'BIN-CLUSTER-TLS' })
  })

  it('that freezes keeps its last state, marked stale, and is followed again when it thaws', async () => {
    const { inventory, clusters, reached } = await connected(bed.token)
    await reached('reachable')
    await bed.freeze()
    await reached('unreachable')
    expect(clusters.get('east')?.cause).toMatchObject({ code: 'BIN-CLUSTER-UNREACHABLE' })
    expect(inventory.state('namespaces', 'east').state).toBe('stale')
    expect(inventory.count('namespaces', 'east')).toBeGreaterThan(1)
    await bed.thaw()
    await reached('reachable')
    await clusters.api('east')?.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'after-the-frost' },
    })
    const seen = () => inventory.get('namespaces', { cluster: 'east', namespace: '' }, 'after-the-frost') !== undefined
    await until(inventory.onChange, seen)
  })
}

const sidecars = 'sidecars.networking.istio.io'
const sidecarKind = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: sidecars,
    annotations: { 'api-approved.kubernetes.io': 'unapproved' },
  },
  spec: {
    group: 'networking.istio.io',
    names: { kind: 'Sidecar', plural: 'sidecars', singular: 'sidecar', listKind: 'SidecarList' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}

/** The CA of a server that is not the one we speak to. */
async function otherCa(): Promise<string> {
  const { caPem, close } = await startApiServer({ cluster: 'other', objects: [], identities: [] })
  await close()
  return caPem
}
