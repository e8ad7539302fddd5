/** For tests: scopes and viewers of given rights, and clusters that answer by a table. */
import type { ClusterName } from '@binocle/api/identity'
import type { Answer, AskAs } from '../clusters/askAs.ts'
import type { Cluster } from '../clusters/clusters.ts'
import type { ConsoleNamespaces } from '../mesh/consoleNamespaces.ts'
import type { ClusterCredential, Login } from './login.ts'
import type { Permission, Scope, Viewer } from './scope.ts'

/** What is seen of a cluster: all of it, these namespaces, or nobody can say. Clusters that are not named are not seen. */
export type Seen = 'unknown' | 'whole' | readonly string[]

export function scopeOver(seen: Readonly<Record<ClusterName, Seen>>): Scope {
  const clusters = new Map(Object.entries(seen))
  return {
    key: JSON.stringify(seen),
    seesCluster: (cluster) => permissionOf(clusters.get(cluster), (names) => names.length > 0),
    sees: ({ cluster, namespace }) => permissionOf(clusters.get(cluster), (names) => names.includes(namespace)),
  }
}

/** Without a login: it can be asked for nothing but what it sees. */
export const viewerOver = (seen: Readonly<Record<ClusterName, Seen>>): Viewer => ({
  name: 'somebody',
  scope: scopeOver(seen),
})

function permissionOf(seen: Seen | undefined, among: (names: readonly string[]) => boolean): Permission {
  if (seen === 'unknown') return 'unknown'
  if (seen === 'whole') return 'yes'
  return seen !== undefined && among(seen) ? 'yes' : 'no'
}

/** Has the same token everywhere, or in the named clusters only. */
export const bearerLogin = (token: string, clusters?: readonly ClusterName[], more: Partial<Login> = {}): Login => ({
  strategy: 'openid',
  user: token,
  key: token,
  sessionId: token,
  on: (cluster) =>
    clusters === undefined || clusters.includes(cluster) ? { cluster, kind: 'bearer', token } : undefined,
  ...more,
})

export const namesOf = (version: number, ...list: readonly string[]): ConsoleNamespaces => ({
  version,
  list,
  names: new Set(list),
})

/** What one person may do in one cluster. */
export interface TestRights {
  readonly list?: boolean
  /** All of them, or these. */
  readonly get?: 'all' | readonly string[]
}

export interface TestAnswers {
  /** `person@cluster` -> rights; who is not there is not known there (401). May be changed. */
  readonly rights: Map<string, TestRights>
  /** Clusters that answer nothing: their questions stay open. */
  readonly hanging: Set<ClusterName>
  /** Clusters that fail. */
  readonly failing: Set<ClusterName>
  /** e.g. `ann@east list`, `ann@east get shop`. */
  readonly asked: string[]
  /** How many questions are open. */
  open(): number
  readonly ask: AskAs
}

export function testAnswers(rights: Readonly<Record<string, TestRights>>): TestAnswers {
  const table = new Map(Object.entries(rights))
  const hanging = new Set<ClusterName>()
  const failing = new Set<ClusterName>()
  const asked: string[] = []
  let open = 0

  function decide(person: string, cluster: ClusterName, verb: string, namespace: string): Answer {
    const cause = { code: 'BIN-CLUSTER-UNREACHABLE', message: `${cluster} does not answer`, cluster }
    if (failing.has(cluster)) return { failed: 'unknown', cause }
    const held = table.get(person)
    if (held === undefined) return { failed: 'rejected', cause }
    if (verb === 'list') return { allowed: held.list === true }
    return { allowed: held.get === 'all' || (held.get?.includes(namespace) ?? false) }
  }

  return {
    rights: table,
    hanging,
    failing,
    asked,
    open: () => open,
    ask: async (credential, { verb, namespace }) => {
      const { cluster } = credential
      const person = `${personOf(credential)}@${cluster}`
      asked.push([person, verb, namespace].filter((word) => word !== '').join(' '))
      if (hanging.has(cluster)) return new Promise(() => {})
      open++
      // Decided when it is asked, answered later.
      const answer = decide(person, cluster, verb, namespace)
      await Promise.resolve()
      open--
      return answer
    },
  }
}

const personOf = (credential: ClusterCredential): string =>
  credential.kind === 'bearer' ? credential.token : credential.kind === 'console' ? '' : credential.impersonate.user

export interface TestClusters {
  readonly get: (name: ClusterName) => Cluster | undefined
  readonly list: () => readonly Cluster[]
  readonly onChange: (listener: (cluster: Cluster) => void) => () => void
  /** Tells it, too. `gone`: it is no longer part of the mesh. */
  set(name: ClusterName, state: Cluster['state'] | 'gone'): void
}

/** All reachable. */
export function testClusters(...names: readonly ClusterName[]): TestClusters {
  const clusterOf = (name: ClusterName, state: Cluster['state']): Cluster => ({
    name,
    home: name === names[0],
    accessible: true,
    apiEndpoint: '',
    secretName: '',
    state,
    since: 0,
  })
  const clusters = new Map(names.map((name) => [name, clusterOf(name, 'reachable')]))
  const listeners = new Set<(cluster: Cluster) => void>()
  return {
    get: (name) => clusters.get(name),
    list: () => [...clusters.values()],
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    set: (name, state) => {
      const cluster = clusterOf(name, state === 'gone' ? 'unreachable' : state)
      if (state === 'gone') clusters.delete(name)
      else clusters.set(name, cluster)
      for (const listener of listeners) listener(state === 'gone' ? { ...cluster, gone: true } : cluster)
    },
  }
}
