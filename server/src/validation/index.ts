/** Objects by keys, where reading a key is remembered: whoever read it is due again when an object under it changes. */
import type { Meta } from '../inventory/objects.ts'
import type { Tracker } from './tracker.ts'

type Placed = Pick<Meta, 'name' | 'namespace'>

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

const nothing: readonly never[] = []

/** `keysOf` names what an object can be asked by; `name` sets the index apart from others of the same tracker. */
export function createIndex<T extends Placed>(
  name: string,
  tracker: Tracker,
  keysOf: (object: T) => readonly string[],
  idOf: (object: T) => string = ({ namespace, name: own }) => `${namespace}/${own}`,
): Index<T> {
  const byId = new Map<string, T>()
  const buckets = new Map<string, T[]>()
  let sorted: readonly T[] | undefined

  function put(before: T | undefined, after: T | undefined): void {
    const touched = new Set<string>()
    if (before !== undefined) {
      byId.delete(idOf(before))
      for (const key of keysOf(before)) {
        touched.add(key)
        remove(buckets, key, before)
      }
    }
    if (after !== undefined) {
      byId.set(idOf(after), after)
      for (const key of new Set(keysOf(after))) {
        touched.add(key)
        insert(buckets, key, after)
      }
    }
    sorted = undefined
    tracker.changed(`${name}*`)
    for (const key of touched) tracker.changed(`${name}=${key}`)
  }

  return {
    put,
    get: (key) => {
      tracker.read(`${name}=${key}`)
      return buckets.get(key) ?? nothing
    },
    all: () => {
      tracker.read(`${name}*`)
      sorted ??= [...byId.values()].sort(inOrder)
      return sorted
    },
    held: (id) => byId.get(id),
    size: (key) => buckets.get(key)?.length ?? 0,
  }
}

function insert<T extends Placed>(buckets: Map<string, T[]>, key: string, object: T): void {
  const bucket = buckets.get(key)
  if (bucket === undefined) {
    buckets.set(key, [object])
    return
  }
  let low = 0
  let high = bucket.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const there = bucket[middle]
    if (there !== undefined && inOrder(there, object) <= 0) low = middle + 1
    else high = middle
  }
  bucket.splice(low, 0, object)
}

function remove<T>(buckets: Map<string, T[]>, key: string, object: T): void {
  const bucket = buckets.get(key)
  const at = bucket?.indexOf(object) ?? -1
  if (bucket === undefined || at < 0) return
  bucket.splice(at, 1)
  if (bucket.length === 0) buckets.delete(key)
}

/** Of namespace, then name, by code unit. */
function inOrder(a: Placed, b: Placed): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
