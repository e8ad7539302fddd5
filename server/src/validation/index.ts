/** Objects by keys, where reading a key is remembered: whoever read it is due again when an object under it changes. */
import type { Meta } from '../inventory/objects.ts'
import { flat } from './flat.ts'
import { type Fact, factOf, type Tracker } from './tracker.ts'

type Placed = Pick<Meta, 'name' | 'namespace'>

export interface Index<T> {
  /** In order of namespace, then name. */
  get(key: string): readonly T[]
  all(): readonly T[]
  /** The object of this id as it was put last; nobody becomes due by it. */
  held(id: string): T | undefined
  /** How many stand under the key, without becoming due by it: for choosing between keys. */
  size(key: string): number
  /** What the object of this id is from now on; undefined: there is none. The id is kept: give it `flat`. */
  put(id: string, after: T | undefined): void
}

/** What stands under a key, and who has read it. */
interface Bucket<T> extends Fact {
  objects: T[]
}

const nothing: readonly never[] = []

/** `keysOf` names what an object can be asked by. */
export function createIndex<T extends Placed>(tracker: Tracker, keysOf: (object: T) => readonly string[]): Index<T> {
  const byId = new Map<string, T>()
  const buckets = new Map<string, Bucket<T>>()
  const whole = factOf('*', buckets)
  whole.isHeld = true
  let sorted: readonly T[] | undefined

  function bucketOf(key: string): Bucket<T> {
    let bucket = buckets.get(key)
    if (bucket === undefined) {
      const own = flat(key)
      bucket = { key: own, home: buckets, isHeld: false, readers: undefined, objects: [] }
      buckets.set(own, bucket)
    }
    return bucket
  }

  function put(id: string, after: T | undefined): void {
    const before = byId.get(id)
    const touched = new Set<Bucket<T>>()
    if (before !== undefined) {
      for (const key of keysOf(before)) {
        const bucket = bucketOf(key)
        touched.add(bucket)
        remove(bucket.objects, before)
      }
    }
    if (after !== undefined) {
      byId.set(id, after)
      for (const key of new Set(keysOf(after))) {
        const bucket = bucketOf(key)
        touched.add(bucket)
        insert(bucket, after)
      }
    } else byId.delete(id)
    sorted = undefined
    tracker.factChanged(whole)
    for (const bucket of touched) {
      bucket.isHeld = bucket.objects.length > 0
      tracker.factChanged(bucket)
      if (!bucket.isHeld && bucket.readers === undefined) buckets.delete(bucket.key)
    }
  }

  return {
    put,
    get: (key) => {
      const bucket = tracker.isRunning ? bucketOf(key) : buckets.get(key)
      if (bucket === undefined) return nothing
      tracker.readFact(bucket)
      return bucket.objects
    },
    all: () => {
      tracker.readFact(whole)
      sorted ??= [...byId.values()].sort(inOrder)
      return sorted
    },
    held: (id) => byId.get(id),
    size: (key) => buckets.get(key)?.objects.length ?? 0,
  }
}

function insert<T extends Placed>(bucket: Bucket<T>, object: T): void {
  const { objects } = bucket
  if (objects.length === 0) {
    // Most keys have one object, and a list that grows makes room for sixteen.
    bucket.objects = [object]
    return
  }
  let low = 0
  let high = objects.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const there = objects[middle]
    if (there !== undefined && inOrder(there, object) <= 0) low = middle + 1
    else high = middle
  }
  objects.splice(low, 0, object)
}

function remove<T>(objects: T[], object: T): void {
  const at = objects.indexOf(object)
  if (at >= 0) objects.splice(at, 1)
}

/** Of namespace, then name, by code unit. */
function inOrder(a: Placed, b: Placed): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
