/** An account that may read some namespaces and no whole cluster, on a simulated and on a real API server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClusterConnections, startClusters } from '@binocle/server/clusters/start'
import type { DiscoverySelectors } from '@binocle/server/config/discoverySelectors'
import { createInventory } from '@binocle/server/inventory/live'
import { createKubeApi, type KubeApi } from '@binocle/server/kube/api'
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

const rules = [
  { apiGroups: [''], resources: ['namespaces', 'pods', 'services'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch'] },
]
const stranger = { kind: 'User', name: 'stranger', apiGroup: 'rbac.authorization.k8s.io' }
const rbac = '/apis/rbac.authorization.k8s.io/v1'

function suite(start: () => Promise<Bed>): void {
  let bed: Bed
  let folder: string
  let admin: KubeApi
  const open: ClusterConnections[] = []

  const grant = (namespace: string) =>
    admin.request('POST', `${rbac}/namespaces/${namespace}/rolebindings`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'console', namespace },
      subjects: [stranger],
      roleRef: { kind: 'ClusterRole', name: 'console', apiGroup: 'rbac.authorization.k8s.io' },
    })
  const serve = (namespace: string, name: string) =>
    admin.request('POST', `/api/v1/namespaces/${namespace}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { ports: [{ port: 80 }] },
    })

  beforeAll(async () => {
    bed = await start()
    folder = await mkdtemp(join(tmpdir(), 'binocle-partial-'))
    const kubeconfig = kubeconfigOf([{ cluster: 'east', url: bed.url, caPem: bed.caPem }], { east: bed.strangersToken })
    await writeFile(join(folder, 'kubeconfig'), kubeconfig)
    admin = createKubeApi({
      cluster: 'east',
      server: bed.url,
      tls: { ca: bed.caPem, insecureSkipVerify: false },
      credential: { kind: 'token', token: bed.token },
    })
    for (const name of ['shop', 'bank', 'vault']) {
      await admin.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      await serve(name, `${name}-front`)
    }
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'console' },
      rules,
    }
    await admin.request('POST', `${rbac}/clusterroles`, role)
    for (const namespace of ['shop', 'bank']) await grant(namespace)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((clusters) => clusters.close()))
  })
  afterAll(async () => {
    await admin.close()
    await bed.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Between two tries it waits a tenth of what it would. */
  function begin(discoverySelectors: DiscoverySelectors) {
    const inventory = createInventory()
    const timers = { after: (delayMs: number, then: () => void) => realTimers.after(delayMs / 10, then) }
    const kubeconfigs = [{ file: join(folder, 'kubeconfig'), contexts: [] }]
    const clusters = startClusters(
      {
        kubernetes: { homeCluster: '', kubeconfigs, execProvider: { enabled: false, allow: [] } },
        deployment: { discoverySelectors },
      },
      inventory,
      { clock: Date.now, random: () => 0.5, timers, log: () => {} },
    )
    open.push(clusters)
    const names = (kind: 'namespaces' | 'services'): string[] =>
      [...inventory.all(kind, 'east')].map(({ name }) => name).sort()
    return { clusters, inventory, names }
  }

  const named = (...values: string[]): DiscoverySelectors => ({
    default: [{ matchLabels: {}, matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] }],
    overrides: {},
  })

  it('reads the namespaces that are named, as far as it may, and follows them', async () => {
    const { clusters, inventory, names } = begin(named('shop', 'bank', 'vault'))
    await until(clusters.onChange, () => clusters.get('east')?.state === 'reachable')
    expect(names('services')).toEqual(['bank-front', 'shop-front'])
    expect(names('namespaces')).toEqual(['bank', 'shop'])
    expect(inventory.state('services', 'east').state).toBe('live')
    expect(inventory.state('statefulsets.apps', 'east').state).toBe('forbidden')
    const services = clusters.stats()[0]?.kinds.get('services')
    expect(services?.namespaces).toEqual(['bank', 'shop'])
    await serve('shop', 'till')
    await until(inventory.onChange, () => names('services').includes('till'))
    await admin.request('DELETE', '/api/v1/namespaces/shop/services/till')
    await until(inventory.onChange, () => !names('services').includes('till'))
  })

  it('reads all that it is granted where it may list namespaces, except what is not selected', async () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'lister' },
      rules: [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] }],
    }
    await admin.request('POST', `${rbac}/clusterroles`, role)
    await admin.request('POST', `${rbac}/clusterrolebindings`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'lister' },
      subjects: [stranger],
      roleRef: { kind: 'ClusterRole', name: 'lister', apiGroup: 'rbac.authorization.k8s.io' },
    })
    const notBank = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['bank'] } as const
    const { clusters, names } = begin({ default: [{ matchLabels: {}, matchExpressions: [notBank] }], overrides: {} })
    await until(clusters.onChange, () => clusters.get('east')?.state === 'reachable')
    expect(names('services')).toEqual(['shop-front'])
    expect(names('namespaces')).toContain('vault')
  })
}
