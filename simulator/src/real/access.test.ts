/**
 * Who sees what, asked of a simulated and of a real API server with RBAC: the same grants give the same answers, and
 * what is granted or taken while the console runs counts as soon as the last answer is too old.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Access, createAccess } from '@binocle/server/access/access'
import type { ClusterCredential, Impersonation, Login } from '@binocle/server/access/login'
import { askAs } from '@binocle/server/clusters/askAs'
import { credentialKeys } from '@binocle/server/clusters/credentialKey'
import { type ClusterConnections, startClusters } from '@binocle/server/clusters/start'
import { createInventory } from '@binocle/server/inventory/live'
import { createRights } from '@binocle/server/istioconfig/rights'
import { mayDo } from '@binocle/server/kube/accessReview'
import { createKubeApi, type KubeApi } from '@binocle/server/kube/api'
import { realTimers } from '@binocle/server/kube/surroundings'
import { consoleNamespaces } from '@binocle/server/mesh/consoleNamespaces'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kubeconfigOf } from '../kube/kubeconfig.ts'
import { type Bed, realBed, simulatedBed } from './beds.ts'
import { until } from './until.ts'

const assets = process.env.KUBEBUILDER_ASSETS
describe('with a simulated API server', () => suite(simulatedBed))
describe.skipIf(assets === undefined)('with a real kube-apiserver (skipped unless KUBEBUILDER_ASSETS is set)', () =>
  suite(() => realBed(assets ?? '')),
)

const group = 'rbac.authorization.k8s.io'
const rbac = `/apis/${group}/v1`
const stranger = { kind: 'User', name: 'stranger', apiGroup: group }

function suite(start: () => Promise<Bed>): void {
  let bed: Bed
  let folder: string
  let admin: KubeApi
  let clusters: ClusterConnections
  let access: Access
  /** Added to the time: what was answered before grows old at once. */
  let skewMs = 0
  const clock = (): number => Date.now() + skewMs
  const asked: string[] = []
  const granted: string[] = []

  const create = async (
    path: string,
    object: { metadata: { name: string }; [key: string]: unknown },
  ): Promise<void> => {
    await admin.request('POST', path, object)
    granted.push(`${path}/${object.metadata.name}`)
  }
  const rule = (verbs: readonly string[], resourceNames: readonly string[] = []) => ({
    apiGroups: [''],
    resources: ['namespaces'],
    verbs,
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
  })
  const object = (kind: string, name: string, more: object) => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name },
    ...more,
  })
  const roleRef = (kind: string, name: string) => ({ kind, name, apiGroup: group })

  /** Everywhere. */
  async function grantAll(name: string, rules: readonly object[], subjects: readonly object[] = [stranger]) {
    await create(`${rbac}/clusterroles`, object('ClusterRole', name, { rules }))
    const binding = object('ClusterRoleBinding', name, { roleRef: roleRef('ClusterRole', name), subjects })
    await create(`${rbac}/clusterrolebindings`, binding)
  }

  /** In one namespace. */
  async function grantIn(namespace: string, rules: readonly object[], subjects: readonly object[] = [stranger]) {
    const path = `${rbac}/namespaces/${namespace}`
    await create(`${path}/roles`, object('Role', 'looks', { rules }))
    await create(
      `${path}/rolebindings`,
      object('RoleBinding', 'looks', { roleRef: roleRef('Role', 'looks'), subjects }),
    )
  }

  async function takeAll(): Promise<void> {
    for (const path of granted.splice(0).reverse()) await admin.request('DELETE', path)
  }

  beforeAll(async () => {
    bed = await start()
    folder = await mkdtemp(join(tmpdir(), 'binocle-access-'))
    const kubeconfig = kubeconfigOf([{ cluster: 'east', url: bed.url, caPem: bed.caPem }], { east: bed.token })
    await writeFile(join(folder, 'kubeconfig'), kubeconfig)
    admin = createKubeApi({
      cluster: 'east',
      server: bed.url,
      tls: { ca: bed.caPem, insecureSkipVerify: false },
      credential: { kind: 'token', token: bed.token },
    })
    for (const name of ['shop', 'bank', 'vault', 'hidden'])
      await admin.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    const inventory = createInventory()
    const named = {
      key: 'kubernetes.io/metadata.name',
      operator: 'In',
      values: ['shop', 'bank', 'vault', 'wine'],
    } as const
    const deployment = {
      discoverySelectors: { default: [{ matchLabels: {}, matchExpressions: [named] }], overrides: {} },
    }
    clusters = startClusters(
      {
        kubernetes: {
          homeCluster: '',
          kubeconfigs: [{ file: join(folder, 'kubeconfig'), contexts: [] }],
          execProvider: { enabled: false, allow: [] },
        },
        deployment,
      },
      inventory,
      { clock: Date.now, random: () => 0.5, timers: realTimers, log: () => {} },
    )
    await until(clusters.onChange, () => clusters.get('east')?.state === 'reachable')
    const ask = askAs(clusters)
    access = createAccess({
      clusters,
      namespaces: consoleNamespaces({ config: { deployment }, inventory }),
      ask: (credential, question) => {
        asked.push(`${question.verb} ${question.namespace}`.trim())
        return ask(credential, question)
      },
      rules: { ttlMs: 10_000, clusterWide: true, requireNamespaceGet: false },
      clock,
      later: (callback, delayMs) => realTimers.after(delayMs, callback),
    })
  }, 120_000)
  afterEach(async () => {
    await takeAll()
    // Authorizers follow by a watch of their own: the next test begins when it was seen.
    await agreesWith(person(), [])
    asked.length = 0
  })
  afterAll(async () => {
    access.close()
    await clusters.close()
    await admin.close()
    await bed.close()
    await rm(folder, { recursive: true, force: true })
  })

  const loginOf = (credential: ClusterCredential, name: string): Login => ({
    strategy: 'token',
    user: name,
    key: name,
    sessionId: '',
    on: (cluster) => (cluster === 'east' ? credential : undefined),
  })
  const bearer = (token: string, impersonate?: Impersonation): ClusterCredential => ({
    cluster: 'east',
    kind: 'bearer',
    token,
    ...(impersonate === undefined ? {} : { impersonate }),
  })
  const person = (): Login => loginOf(bearer(bed.strangersToken), 'stranger')
  const unknownPerson = loginOf(bearer('nobody-knows-this-token'), 'nobody')

  async function seenBy(login: Login): Promise<readonly string[]> {
    const { scope } = await access.viewerOf(login)
    return ['bank', 'hidden', 'shop', 'vault', 'wine'].filter(
      (namespace) => scope.sees({ cluster: 'east', namespace }) === 'yes',
    )
  }

  /** Comes again, each time ten seconds later, until it holds. */
  async function agreesWith(login: Login, expected: readonly string[]): Promise<void> {
    let seen: readonly string[] = []
    for (const begunMs = Date.now(); Date.now() - begunMs < 20_000; ) {
      skewMs += 10_000
      asked.length = 0
      seen = await seenBy(login)
      if (seen.join() === expected.join()) return
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(seen).toEqual(expected)
  }

  it.each<[string, () => Promise<void>, string[], number]>([
    ['list', () => grantAll('a', [rule(['list'])]), ['bank', 'shop', 'vault'], 1],
    ['get of all', () => grantAll('a', [rule(['get'])]), ['bank', 'shop', 'vault'], 2],
    ['get of named ones', () => grantAll('a', [rule(['get'], ['shop', 'hidden'])]), ['shop'], 5],
    ['get in one namespace', () => grantIn('vault', [rule(['get'])]), ['vault'], 5],
    ['get in one that the console does not show', () => grantIn('hidden', [rule(['get'])]), [], 5],
    ['list in one namespace', () => grantIn('vault', [rule(['list'])]), [], 5],
    [
      'everything',
      () => grantAll('a', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]),
      ['bank', 'shop', 'vault'],
      1,
    ],
  ])('AUTH-139: %s shows what it shows in Kubernetes, and nothing else', async (_what, grant, expected, questions) => {
    await grant()
    await agreesWith(person(), expected)
    // Once more: an authorizer may have learned of the grant between two questions.
    await agreesWith(person(), expected)
    expect(asked).toHaveLength(questions)
    await takeAll()
    await agreesWith(person(), [])
  })

  it('AUTH-142: what is taken is gone as soon as the answer is ten seconds old, and what is granted is there', async () => {
    await grantIn('shop', [rule(['get'])])
    await agreesWith(person(), ['shop'])
    await grantIn('bank', [rule(['get'])])
    await agreesWith(person(), ['bank', 'shop'])
    await admin.request('DELETE', `${rbac}/namespaces/shop/rolebindings/looks`)
    granted.splice(granted.indexOf(`${rbac}/namespaces/shop/rolebindings/looks`), 1)
    await agreesWith(person(), ['bank'])
  })

  it('a credential that is not known sees nothing, and is told from one without rights', async () => {
    expect(await seenBy(unknownPerson)).toEqual([])
    expect((await access.visible(unknownPerson, 'east')).state).toBe('rejected')
    expect(await access.visible(person(), 'east')).toEqual({ state: 'known', namespaces: [] })
  })

  it('whom the console acts as sees by his own rights and those of his groups, not by the console’s', async () => {
    const acting = (...groups: string[]): Login =>
      loginOf({ cluster: 'east', kind: 'impersonated', impersonate: { user: 'ann', groups } }, `ann ${groups}`)
    await grantIn('shop', [rule(['get'])], [{ kind: 'User', name: 'ann', apiGroup: group }])
    await grantIn('bank', [rule(['get'])], [{ kind: 'Group', name: 'cn=bankers,dc=example', apiGroup: group }])
    await agreesWith(acting(), ['shop'])
    await agreesWith(acting('cn=bankers,dc=example'), ['bank', 'shop'])
    await agreesWith(acting('cn=bankers', 'dc=example'), ['shop'])
  })

  it('who may not act as anybody may not even ask', async () => {
    const impersonate = { user: 'ann', groups: [] }
    const login = loginOf(bearer(bed.strangersToken, impersonate), 'ann by stranger')
    expect((await access.visible(login, 'east')).state).toBe('forbidden')
    expect(await seenBy(login)).toEqual([])
  })

  it('AUTH-150: flags of what may be written are those of the person, and false without an answer', async () => {
    let nowMs = 0
    const rights = createRights({
      nowMs: () => nowMs,
      keyOf: credentialKeys(Buffer.from('a secret of this test')),
      answers: () => true,
      mayDo: async (credential, { namespace, group: of, resource }, verb) => {
        const api = clusters.apiAs(credential)
        return api !== undefined && (await mayDo(api, { namespace, group: of, resource, verb }, 3_000))
      },
    })
    const question = { cluster: 'east', namespace: 'shop', group: 'networking.istio.io', resource: '*' }
    const flags = () => {
      nowMs += 10_000
      return rights(person(), question)
    }
    expect(await flags()).toEqual({ create: false, update: false, delete: false })
    await grantIn('shop', [{ apiGroups: ['networking.istio.io'], resources: ['*'], verbs: ['create', 'patch'] }])
    while (!(await flags()).create);
    expect(await flags()).toEqual({ create: true, update: true, delete: false })
    expect(await rights(person(), { ...question, namespace: 'bank' })).toMatchObject({ create: false })
    expect(await rights(unknownPerson, question)).toEqual({ create: false, update: false, delete: false })
  })

  it('AUTH-136: of an API server that freezes nobody knows what he may see, until it thaws', async () => {
    await grantAll('a', [rule(['list'])])
    await agreesWith(person(), ['bank', 'shop', 'vault'])
    await bed.freeze()
    try {
      skewMs += 10_000
      const { scope } = await access.viewerOf(person())
      expect(scope.sees({ cluster: 'east', namespace: 'shop' })).toBe('unknown')
      expect(scope.seesCluster('east')).toBe('unknown')
    } finally {
      await bed.thaw()
    }
    await until(clusters.onChange, () => clusters.get('east')?.state === 'reachable')
    await agreesWith(person(), ['bank', 'shop', 'vault'])
  })

  // The last one: without its controller a real namespace does not go.
  it('a namespace that comes is decided when it is first asked for', async () => {
    await grantIn('shop', [rule(['get'])])
    await agreesWith(person(), ['shop'])
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'wine' } })
    await grantIn('wine', [rule(['get'])])
    await agreesWith(person(), ['shop', 'wine'])
  })
}
