/** Objects by keys, where reading a key is remembered: whoever read it is due again when an object under it changes. */
import type { Meta } from '../inventory/objects.ts'
import type { Tracker } from './tracker.ts'

export interface Index<T> {
  /** In order of namespace, then name. */
  get(key: string): readonly T[]
  all(): readonly T[]
  /** The object of this id (`namespace/name`) as it was put last; nobody becomes due by it. */
  held(id: string): T | undefined
  /** How many stand under the key, without becoming due by it: for choosing between keys. */
  size(key: string): number
  put(before: T | undefined, after: T | undefined): void
}

/** `keysOf` names what an object can be asked by; `name` sets the index apart from others of the same tracker. */
export function createIndex<T extends Pick<Meta, 'name' | 'namespace'>>(
  name: string,
  tracker: Tracker,
  keysOf: (object: T) => readonly string[],
  idOf: (object: T) => string = ({ namespace, name: own }) => `${namespace}/${own}`,
): Index<T> {
  const everything = createBucket<T>(idOf)
  const buckets = new Map<string, Bucket<T>>()

  function put(before: T | undefined, after: T | undefined): void {
    if (before !== undefined) everything.remove(before)
    if (after !== undefined) everything.add(after)
    tracker.changed(`${name}*`)
    const touched = new Set<string>()
    for (const key of before === undefined ? [] : keysOf(before)) {
      touched.add(key)
      if (before !== undefined) buckets.get(key)?.remove(before)
    }
    for (const key of after === undefined ? [] : keysOf(after)) {
      touched.add(key)
      let bucket = buckets.get(key)
      if (bucket === undefined) {
        bucket = createBucket(idOf)
        buckets.set(key, bucket)
      }
      if (after !== undefined) bucket.add(after)
    }
    for (const key of touched) {
      if (buckets.get(key)?.size() === 0) buckets.delete(key)
      tracker.changed(`${name}=${key}`)
    }
  }

  return {
    put,
    get: (key) => {
      tracker.read(`${name}=${key}`)
      return buckets.get(key)?.ordered() ?? []
    },
    all: () => {
      tracker.read(`${name}*`)
      return everything.ordered()
    },
    held: (id) => everything.get(id),
    size: (key) => buckets.get(key)?.size() ?? 0,
  }
}

interface Bucket<T> {
  get(id: string): T | undefined
  add(object: T): void
  remove(object: T): void
  size(): number
  ordered(): readonly T[]
}

function createBucket<T extends Pick<Meta, 'name' | 'namespace'>>(id: (object: T) => string): Bucket<T> {
  const objects = new Map<string, T>()
  let sorted: readonly T[] | undefined
  return {
    get: (key) => objects.get(key),
    add: (object) => {
      objects.set(id(object), object)
      sorted = undefined
    },
    remove: (object) => {
      if (objects.delete(id(object))) sorted = undefined
    },
    size: () => objects.size,
    ordered: () => {
      sorted ??= [...objects.values()].sort(inOrder)
      return sorted
    },
  }
}

/** Of namespace, then name, by code unit. */
export function inOrder(a: Pick<Meta, 'name' | 'namespace'>, b: Pick<Meta, 'name' | 'namespace'>): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
