/** Every fault of a simulated API server, seen through the console's connection: named while it lasts, gone after. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClusterConnections, startClusters } from '@binocle/server/clusters/start'
import type { Inventory, InventoryWriter } from '@binocle/server/inventory/inventory'
import { createInventory } from '@binocle/server/inventory/live'
import { realTimers } from '@binocle/server/kube/surroundings'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from '../kube/apiServer.ts'
import type { FaultState } from '../kube/faults.ts'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import { namespace, pod } from '../kube/testClient.ts'
import { until } from './until.ts'

let east: ApiServer
let west: ApiServer
let folder: string
let file: string
let clusters: ClusterConnections
let inventory: Inventory & InventoryWriter

/** A server for which time runs `faster` than for us. */
const start = (cluster: string, faster = 1): Promise<ApiServer> =>
  startApiServer({
    cluster,
    schedule: (ms, then) => realTimers.after(ms / faster, then),
    objects: [namespace('shop'), pod('shop', 'cart'), pod('shop', 'till')],
    identities: [{ token: 'token', user: 'console', groups: ['system:masters'] }],
  })

beforeEach(async () => {
  ;[east, west] = await Promise.all([start('east'), start('west')])
  folder = await mkdtemp(join(tmpdir(), 'binocle-faults-'))
  file = join(folder, 'kubeconfig')
  await declare(east, west)
})
afterEach(async () => {
  await clusters.close()
  await Promise.all([east.close(), west.close()])
  await rm(folder, { recursive: true })
})

const declare = (...servers: ApiServer[]): Promise<void> =>
  writeFile(file, kubeconfigOf(servers, { east: 'token', west: 'token' }))

/** Between two tries it waits a fiftieth of what it would, or all of its time runs `faster`. */
function open(faster?: number): void {
  inventory = createInventory()
  const kubernetes = {
    homeCluster: '',
    kubeconfigs: [{ file, contexts: ['*'] }],
    execProvider: { enabled: false, allow: [] },
  }
  const timers = { after: (delayMs: number, then: () => void) => realTimers.after(delayMs / (faster ?? 50), then) }
  const begunAt = Date.now()
  const clock = (): number => begunAt + (faster ?? 1) * (Date.now() - begunAt)
  clusters = startClusters({ kubernetes }, inventory, { clock, random: () => 0.5, timers, log: () => {} })
}

const reached = (cluster: string, state: string): Promise<void> =>
  until(clusters.onChange, () => clusters.get(cluster)?.state === state)

const pods = (cluster: string): string[] => inventory.in('pods', { cluster, namespace: 'shop' }).map(({ name }) => name)

const lasting: readonly [what: string, fault: Partial<FaultState>, state: string, code: string][] = [
  ['refuses connections', { connection: 'down' }, 'unreachable', 'BIN-CLUSTER-UNREACHABLE'],
  ['answers nothing', { connection: 'blackHole' }, 'unreachable', 'BIN-CLUSTER-UNREACHABLE'],
  ['answers 503', { error: 503 }, 'unreachable', 'BIN-CLUSTER-UNREACHABLE'],
  ["answers with a proxy's page", { answer: 'html' }, 'unreachable', 'BIN-CLUSTER-ANSWER'],
  ['cuts its answers short', { answer: 'truncated' }, 'unreachable', 'BIN-CLUSTER-UNREACHABLE'],
  ['answers with broken JSON', { answer: 'garbage' }, 'unreachable', 'BIN-CLUSTER-ANSWER'],
  ['rejects our token', { tokenExpired: true }, 'unauthorized', 'BIN-CLUSTER-AUTH'],
]

describe('a cluster that', () => {
  it.each(lasting)(
    '%s at start is named, does not touch the other, and recovers',
    async (_what, fault, state, code) => {
      await west.faults.set(fault)
      open()
      await reached('east', 'reachable')
      await reached('west', state)
      expect(clusters.get('west')?.cause).toMatchObject({ code, cluster: 'west' })
      expect(inventory.state('pods', 'west').state).toBe('failed')
      expect(pods('east')).toEqual(['cart', 'till'])
      await west.faults.heal()
      await reached('west', 'reachable')
      expect(pods('west')).toEqual(['cart', 'till'])
    },
  )

  it.each(lasting)('%s while running keeps its last facts, and misses nothing', async (_what, fault, state) => {
    open()
    await Promise.all([reached('east', 'reachable'), reached('west', 'reachable')])
    await west.faults.set(fault)
    await reached('west', state)
    expect(pods('west')).toEqual(['cart', 'till'])
    west.store.put(pod('shop', 'new'))
    west.store.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'cart' })
    await west.faults.heal()
    await until(inventory.onChange, () => pods('west').join() === 'new,till')
    await reached('west', 'reachable')
    expect(clusters.get('east')?.state).toBe('reachable')
  })

  it.each<[string, Partial<FaultState>, string]>([
    ['streaming lists', { streamingLists: 'refused' }, 'paged'],
    ['streaming lists as one with an old etcd does', { streamingLists: 'errorEvent' }, 'paged'],
  ])('refuses %s is read in pages', async (_what, fault, mode) => {
    await west.faults.set(fault)
    open()
    await reached('west', 'reachable')
    expect(pods('west')).toEqual(['cart', 'till'])
    const stats = clusters.stats().find(({ cluster }) => cluster === 'west')
    expect(stats?.kinds.get('pods')?.mode).toBe(mode)
    west.store.put(pod('shop', 'new'))
    await until(inventory.onChange, () => pods('west').includes('new'))
  })

  it.each(['event', 'status'] as const)(
    'says in an %s that every version is too old is read anew, and misses nothing',
    async (goneAs) => {
      await west.faults.set({ goneStorm: true, goneAs, streamingLists: 'refused' })
      open()
      await until(inventory.onChange, () => pods('west').length === 2)
      west.store.put(pod('shop', 'new'))
      west.store.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'cart' })
      await until(inventory.onChange, () => pods('west').join() === 'new,till')
      await west.faults.heal()
      await reached('west', 'reachable')
      expect(clusters.get('east')?.state).toBe('reachable')
    },
  )

  it.each(['held', 'lost'] as const)(
    'has its watches %s says so while it lasts, and misses nothing',
    async (watches) => {
      await Promise.all([east.close(), west.close()])
      ;[east, west] = await Promise.all([start('east', 10), start('west', 10)])
      await declare(east, west)
      open(10)
      await reached('west', 'reachable')
      await west.faults.set({ watches })
      west.store.put(pod('shop', 'new'))
      await reached('west', 'degraded')
      expect(clusters.get('west')?.cause).toMatchObject({ code: 'BIN-CLUSTER-SILENT', cluster: 'west' })
      expect(pods('west')).toEqual(['cart', 'till'])
      await west.faults.heal()
      await until(inventory.onChange, () => pods('west').includes('new'))
      await reached('west', 'reachable')
      expect(clusters.get('east')?.state).toBe('reachable')
    },
  )

  it('holds an object that does not fit its type is read without it, and it is counted', async () => {
    west.store.put({ ...pod('shop', 'odd'), spec: { containers: 'many' } })
    open()
    await reached('west', 'reachable')
    west.store.put({ ...pod('shop', 'odder'), metadata: { name: 'odder', namespace: 'shop', labels: ['a'] } })
    west.store.put(pod('shop', 'new'))
    await until(inventory.onChange, () => pods('west').includes('new'))
    expect(pods('west')).toEqual(['cart', 'new', 'till'])
    const kinds = clusters.stats().find(({ cluster }) => cluster === 'west')?.kinds
    expect(kinds?.get('pods')?.rejected).toBe(2)
  })

  it('forbids pods is degraded, and shows the rest', async () => {
    await west.faults.set({ forbidden: ['pods'] })
    open()
    await reached('west', 'degraded')
    expect(clusters.get('west')?.cause).toMatchObject({ code: 'BIN-CLUSTER-FORBIDDEN' })
    expect(inventory.count('namespaces', 'west')).toBe(1)
  })
})

describe('a kubeconfig that changes while running', () => {
  it('brings clusters and takes them away, with all that was known of them', async () => {
    await declare(east)
    open()
    await reached('east', 'reachable')
    await declare(east, west)
    await until(inventory.onChange, () => pods('west').length === 2)
    await declare(west)
    await until(inventory.onChange, () => pods('east').length === 0)
    expect(clusters.list().map(({ name }) => name)).toEqual(['west'])
    expect(inventory.clusters()).toEqual(['west'])
  })

  it('to a wrong token makes facts stale, to a good one again live', async () => {
    open()
    await reached('west', 'reachable')
    await writeFile(file, kubeconfigOf([east, west], { east: 'token', west: 'wrong' }))
    await reached('west', 'unauthorized')
    expect(pods('west')).toEqual(['cart', 'till'])
    expect(inventory.state('pods', 'west').state).toBe('stale')
    await declare(east, west)
    await reached('west', 'reachable')
    expect(inventory.state('pods', 'west').state).toBe('live')
  })
})
