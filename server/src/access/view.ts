/** What a person sees of one cluster, and of all of them together: a scope. */
import { createHash } from 'node:crypto'
import type { ClusterName } from '@binocle/api/identity'
import type { ConsoleNamespaces } from '../mesh/consoleNamespaces.ts'
import type { Permission, Scope } from './scope.ts'

/** Of one cluster. Two with the same key give the same answers. */
export interface ClusterView {
  readonly key: string
  readonly cluster: Permission
  namespace(name: string): Permission
  /** In order of name. */
  readonly seen: readonly string[]
  /** Of some it is not known. */
  readonly isOpen: boolean
}

const nothing: Pick<ClusterView, 'isOpen' | 'seen'> = { seen: [], isOpen: false }

/** Nothing; nor that the cluster is there. */
export const noneOf: ClusterView = { ...nothing, key: 'none', cluster: 'no', namespace: () => 'no' }

/** Nobody can say now. */
export const unknownOf: ClusterView = {
  ...nothing,
  key: 'unknown',
  cluster: 'unknown',
  namespace: () => 'unknown',
  isOpen: true,
}

/** As the console itself, whose account answers for whoever asks. */
export const consoleOf: ClusterView = { ...nothing, key: 'console', cluster: 'yes', namespace: () => 'yes' }

/** All that the console shows; undefined = it is not known yet what that is. */
export function wholeOf(names: ConsoleNamespaces | undefined): ClusterView {
  if (names === undefined) return { ...unknownOf, key: 'whole unknown', cluster: 'yes' }
  return {
    ...nothing,
    seen: names.list,
    key: `whole ${names.version}`,
    cluster: 'yes',
    namespace: (name) => (names.names.has(name) ? 'yes' : 'no'),
  }
}

/** `open`: those of which it is not known. Both in order of name. */
export function someOf(seen: readonly string[], open: readonly string[]): ClusterView {
  if (seen.length === 0 && open.length === 0) return noneOf
  const [yes, unknown] = [new Set(seen), new Set(open)]
  return {
    seen,
    isOpen: open.length > 0,
    key: `some ${digest(`${seen.join()};${open.join()}`)}`,
    cluster: seen.length > 0 ? 'yes' : 'unknown',
    namespace: (name) => (yes.has(name) ? 'yes' : unknown.has(name) ? 'unknown' : 'no'),
  }
}

/**
 * Clusters that are not in `views` are not there. Its key is made of what is seen, not of who sees it: who sees the same
 * shares what is made of it.
 */
export function scopeOf(views: ReadonlyMap<ClusterName, ClusterView>): Scope {
  const seen = [...views].filter(([, { key }]) => key !== noneOf.key).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    key: digest(JSON.stringify(seen.map(([cluster, { key }]) => [cluster, key]))),
    seesCluster: (cluster) => views.get(cluster)?.cluster ?? 'no',
    sees: ({ cluster, namespace }) => views.get(cluster)?.namespace(namespace) ?? 'no',
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')
