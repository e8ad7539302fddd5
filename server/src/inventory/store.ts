/**
 * The objects of one kind: by cluster, namespace and name, in order of name. The order is made when a namespace is
 * read and kept until an object of it comes or goes.
 */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Meta } from './objects.ts'

export interface Store<T extends Meta> {
  all(cluster: ClusterName): Iterable<T>
  in(at: NamespaceRef): readonly T[]
  get(at: NamespaceRef, name: string): T | undefined
  count(cluster: ClusterName): number
  /** The object that was there before. */
  put(object: T): T | undefined
  remove(at: NamespaceRef, name: string): T | undefined
  dropCluster(cluster: ClusterName): void
}

export function createStore<T extends Meta>(): Store<T> {
  const clusters = new Map<ClusterName, ClusterObjects<T>>()

  function* all(cluster: ClusterName): Iterable<T> {
    for (const bucket of clusters.get(cluster)?.namespaces.values() ?? []) yield* inOrder(bucket)
  }

  return {
    all,
    in: ({ cluster, namespace }) => {
      const bucket = clusters.get(cluster)?.namespaces.get(namespace)
      return bucket === undefined ? [] : inOrder(bucket)
    },
    get: ({ cluster, namespace }, name) => clusters.get(cluster)?.namespaces.get(namespace)?.byName.get(name),
    count: (cluster) => clusters.get(cluster)?.count ?? 0,
    put: (object) => {
      const objects = getOrMake(clusters, object.cluster, () => ({ namespaces: new Map(), count: 0 }))
      const bucket = getOrMake(objects.namespaces, object.namespace, () => ({ byName: new Map(), ordered: undefined }))
      const before = bucket.byName.get(object.name)
      bucket.byName.set(object.name, object)
      bucket.ordered = undefined
      if (before === undefined) objects.count++
      return before
    },
    remove: ({ cluster, namespace }, name) => {
      const objects = clusters.get(cluster)
      const bucket = objects?.namespaces.get(namespace)
      const before = bucket?.byName.get(name)
      if (objects === undefined || bucket === undefined || before === undefined) return undefined
      bucket.byName.delete(name)
      bucket.ordered = undefined
      if (bucket.byName.size === 0) objects.namespaces.delete(namespace)
      objects.count--
      return before
    },
    dropCluster: (cluster) => {
      clusters.delete(cluster)
    },
  }
}

interface ClusterObjects<T> {
  readonly namespaces: Map<string, Bucket<T>>
  count: number
}

interface Bucket<T> {
  readonly byName: Map<string, T>
  ordered: readonly T[] | undefined
}

function inOrder<T extends Meta>(bucket: Bucket<T>): readonly T[] {
  bucket.ordered ??= [...bucket.byName.values()].sort(byName)
  return bucket.ordered
}

/** By code unit, as Go sorts: not by locale. */
const byName = (a: Meta, b: Meta): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key)
  if (there !== undefined) return there
  const made = make()
  map.set(key, made)
  return made
}
