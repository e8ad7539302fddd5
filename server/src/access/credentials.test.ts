/**
 * Which credential reaches which API server, strategy by strategy (reference: auth.md 7.2): two simulated clusters, each
 * with a console account of its own, write down what they are sent.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterName } from '@binocle/api/identity'
import { type ApiServer, startApiServer } from '@binocle/simulator/kube/apiServer'
import { kubeconfigOf } from '@binocle/simulator/kube/kubeconfig'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loginOfPerson } from '../auth/openid/person.ts'
import { askAs } from '../clusters/askAs.ts'
import { credentialKeys } from '../clusters/credentialKey.ts'
import { type ClusterConnections, startClusters } from '../clusters/start.ts'
import { createInventory } from '../inventory/live.ts'
import { createRights } from '../istioconfig/rights.ts'
import { mayDo } from '../kube/accessReview.ts'
import { realTimers } from '../kube/surroundings.ts'
import { consoleNamespaces } from '../mesh/consoleNamespaces.ts'
import { type Access, createAccess } from './access.ts'
import { anonymousLogin, type ClusterCredential, type Login } from './login.ts'

const names = ['east', 'west'] as const
let servers: readonly ApiServer[]
let folder: string
let clusters: ClusterConnections
let access: Access
let nowMs = 0
const rights = createRights({
  // No answer is kept.
  nowMs: () => (nowMs += 60_000),
  keyOf: credentialKeys(Buffer.from('a secret of this test')),
  answers: () => true,
  mayDo: async (credential, { cluster: _, ...question }, verb) => {
    const api = clusters.apiAs(credential)
    return api !== undefined && (await mayDo(api, { ...question, verb }, 3_000))
  },
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binocle-matrix-'))
  servers = await Promise.all(
    names.map((cluster) =>
      startApiServer({
        cluster,
        objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }],
        identities: [
          { token: `console-of-${cluster}`, user: 'console', groups: ['system:masters'] },
          { token: 'ann', user: 'ann', groups: [] },
        ],
      }),
    ),
  )
  const tokens = Object.fromEntries(names.map((name) => [name, `console-of-${name}`]))
  await writeFile(join(folder, 'kubeconfig'), kubeconfigOf(servers, tokens))
  const inventory = createInventory()
  clusters = startClusters(
    {
      kubernetes: {
        homeCluster: 'east',
        kubeconfigs: [{ file: join(folder, 'kubeconfig'), contexts: ['*'] }],
        execProvider: { enabled: false, allow: [] },
      },
    },
    inventory,
    { clock: Date.now, random: () => 0.5, timers: realTimers, log: () => {} },
  )
  access = createAccess({
    clusters,
    namespaces: consoleNamespaces({ config: { deployment: {} }, inventory }),
    ask: askAs(clusters),
    rules: { ttlMs: 10_000, clusterWide: true, requireNamespaceGet: false },
    clock: Date.now,
    later: (callback, delayMs) => realTimers.after(delayMs, callback),
  })
  await Promise.all(names.map(reachable))
})
afterEach(() => access.forget(login(everywhere)))
afterAll(async () => {
  access.close()
  await clusters.close()
  await Promise.all(servers.map((server) => server.close()))
  await rm(folder, { recursive: true })
})

const reachable = (name: ClusterName): Promise<void> =>
  new Promise((resolve) => {
    if (clusters.get(name)?.state === 'reachable') return resolve()
    const stop = clusters.onChange((cluster) => {
      if (cluster.name !== name || cluster.state !== 'reachable') return
      stop()
      resolve()
    })
  })

type On = Login['on']

const login = (on: On): Login => ({ strategy: 'token', user: 'ann', key: 'ann', sessionId: 's', on })
const bearer = (cluster: ClusterName, token = 'ann'): ClusterCredential => ({ cluster, kind: 'bearer', token })
const everywhere: On = (cluster) => bearer(cluster)
const homeOnly: On = (cluster) => (cluster === 'east' ? bearer(cluster) : undefined)
const ann = { user: 'ann', groups: ['devs', 'ops'] }
const person = { issuer: 'https://issuer.example', subject: '1', username: 'ann', token: 'ann' }
const standing = { sessionId: 's', expiresAt: Date.now() + 60_000, nowMs: Date.now() }
const openid = (disableRbac: boolean): Login =>
  loginOfPerson(person, { clusterAudience: {}, clusters: {}, disableRbac }, standing)

const byPerson = 'Bearer ann'
const byConsole = (cluster: string): string => `Bearer console-of-${cluster}`
const asAnn = ' as ann,devs,ops'

/** Strategy, login, and as whom east and west are asked about the person; '' = not at all. */
const matrix: readonly (readonly [string, Login, string, string])[] = [
  ['anonymous', anonymousLogin, byConsole('east'), byConsole('west')],
  ['openid without RBAC', openid(true), byConsole('east'), byConsole('west')],
  ['openid with RBAC', openid(false), byPerson, byPerson],
  ['openshift, logged in to both', login(everywhere), byPerson, byPerson],
  [
    'openshift with impersonation',
    login((cluster) => ({ cluster, kind: 'impersonated', impersonate: ann })),
    `${byConsole('east')}${asAnn}`,
    `${byConsole('west')}${asAnn}`,
  ],
  ['header', login(homeOnly), byPerson, ''],
  [
    'header that impersonates',
    login((cluster) => (cluster === 'east' ? { cluster, kind: 'bearer', token: 'ann', impersonate: ann } : undefined)),
    `${byPerson}${asAnn}`,
    '',
  ],
  ['token', login(homeOnly), byPerson, ''],
]

/** Of the reviews, which the console makes for nobody else: token, and whom it acts as. */
const reviewed = (cluster: ApiServer): string[] => [
  ...new Set(
    cluster.requests
      .filter(({ url }) => url.includes('/selfsubject'))
      .map(({ authorization, impersonated }) =>
        impersonated.length === 0 ? authorization : `${authorization} as ${impersonated}`,
      ),
  ),
]

describe('the API server of a cluster', () => {
  it.each(matrix)('AUTH-130: is asked as the right one: %s', async (_strategy, who, east, west) => {
    const before = servers.map(({ requests }) => requests.length)
    await access.viewerOf(who)
    for (const cluster of names)
      await rights(who, { cluster, namespace: 'shop', group: 'networking.istio.io', resource: '*' })
    const since = servers.map((server, index) =>
      reviewed({ ...server, requests: server.requests.slice(before[index]) }),
    )
    expect(since).toEqual([east, west].map((expected) => (expected === '' ? [] : [expected])))
  })

  /** The tokens that it was ever sent. */
  const tokensOf = (name: ClusterName): string[] => {
    const server = servers.find(({ cluster }) => cluster === name)
    return [...new Set(server?.requests.map(({ authorization }) => authorization))].sort()
  }

  it.each(names)('AUTH-T17: %s was never sent the console’s token of another cluster', (name) => {
    expect(tokensOf(name)).toEqual([byPerson, byConsole(name)])
  })

  it.each(names)('AUTH-62: %s was asked with the console’s token of its own', (name) => {
    expect(tokensOf(name).filter((token) => token.includes('console'))).toEqual([byConsole(name)])
  })

  // The last one: west does not come back.
  it('AUTH-135: is not asked any more once its cluster is gone, by whatever was made for a person before', async () => {
    const credential = bearer('west')
    const api = clusters.apiAs(credential)
    await api?.get('/version')
    const gone = new Promise<void>((resolve) => {
      clusters.onChange((cluster) => {
        if (cluster.name === 'west' && cluster.gone === true) resolve()
      })
    })
    await writeFile(join(folder, 'kubeconfig'), kubeconfigOf(servers.slice(0, 1), { east: 'console-of-east' }))
    await gone
    expect(clusters.apiAs(credential)).toBeUndefined()
    await expect(api?.get('/version')).rejects.toThrow()
    expect((await access.viewerOf(login(everywhere))).scope.seesCluster('west')).toBe('no')
  })
})
