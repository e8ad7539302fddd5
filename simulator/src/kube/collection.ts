/**
 * The objects of one resource in the order etcd keeps them, and the window of their latest changes. Pure: no clock, no
 * I/O. The window is what lets a list be read page by page from one moment, and a watch start in the past.
 */
import type { Fields } from './json.ts'
import type { ResourceType } from './resources.ts'

/** One version of an object. `fields` is its JSON without `apiVersion` and `kind`, which depend on who asks. */
export interface StoredObject {
  readonly type: ResourceType
  /** `''` for cluster-scoped resources. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: number
  readonly fields: Fields
}

/** One change. The object of a `DELETED` carries the version of the deletion. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: StoredObject
  readonly previous?: StoredObject
}

/** Which objects of a collection. */
export interface Selection {
  /** `''`: all namespaces. */
  readonly namespace: string
  readonly matches?: ((object: StoredObject) => boolean) | undefined
  /** Key of the last object of the page before. */
  readonly after?: string | undefined
  readonly limit?: number | undefined
  /** The moment to read; the present when absent. */
  readonly at?: number | undefined
}

export interface Page {
  readonly objects: readonly StoredObject[]
  /** Where the next page starts; absent on the last one. */
  readonly next?: string
  /** Objects after this page, whether they match or not. */
  readonly remaining: number
}

export interface Collection {
  readonly size: number
  /** The oldest version from which a watch can start. */
  readonly oldest: number
  get(namespace: string, name: string): StoredObject | undefined
  /** Undefined when `at` is older than the window. */
  page(selection: Selection): Page | undefined
  /** All changes after `resourceVersion`, oldest first; undefined when some of them are forgotten. */
  since(resourceVersion: number): readonly StoreEvent[] | undefined
  apply(event: StoreEvent): void
}

/** Starts with `objects`, whose versions are at most `oldest`. Keeps at least `window` changes, at most twice as many. */
export function createCollection(objects: readonly StoredObject[], oldest: number, window: number): Collection {
  const present = new Map(objects.map((object) => [keyOf(object), object]))
  const keys = [...present.keys()].sort(byKey)
  let events: StoreEvent[] = []
  let forgottenTo = oldest

  function apply(event: StoreEvent): void {
    const key = keyOf(event.object)
    if (event.type === 'DELETED') {
      present.delete(key)
      keys.splice(firstAtLeast(keys, key), 1)
    } else {
      if (!present.has(key)) keys.splice(firstAtLeast(keys, key), 0, key)
      present.set(key, event.object)
    }
    events.push(event)
    if (events.length > 2 * window) {
      forgottenTo = events[events.length - window - 1]?.object.resourceVersion ?? forgottenTo
      events = events.slice(-window)
    }
  }

  function since(resourceVersion: number): readonly StoreEvent[] | undefined {
    if (resourceVersion < forgottenTo) return undefined
    return events.slice(firstAfter(events, resourceVersion))
  }

  function page(selection: Selection): Page | undefined {
    const later = selection.at === undefined ? [] : since(selection.at)
    if (later === undefined) return undefined
    const before = stateBefore(later)
    const prefix = selection.namespace === '' ? '' : `${selection.namespace}/`
    const gone = [...before.keys()].filter((key) => !present.has(key) && key.startsWith(prefix)).sort(byKey)
    const start = selection.after === undefined ? firstAtLeast(keys, prefix) : firstAbove(keys, selection.after)
    const found: StoredObject[] = []
    let last = ''
    let full = false
    const walked = merged(keys, start, prefix, gone, selection.after ?? '')
    for (const key of walked) {
      const object = before.has(key) ? before.get(key) : present.get(key)
      if (!object) continue
      if (full) {
        if (selection.matches === undefined || selection.matches(object)) {
          return { objects: found, next: last, remaining: total(prefix, before) - position(last, prefix, before) }
        }
        continue
      }
      if (selection.matches === undefined || selection.matches(object)) found.push(object)
      last = key
      full = selection.limit !== undefined && found.length >= selection.limit
    }
    return { objects: found, remaining: 0 }
  }

  /** Objects with the prefix at the moment that `before` describes. */
  const total = (prefix: string, before: ReadonlyMap<string, StoredObject | undefined>): number =>
    firstAtLeast(keys, `${prefix}\u{10ffff}`) -
    firstAtLeast(keys, prefix) +
    shift(before, (key) => key.startsWith(prefix))

  /** How many of them come up to and with `last`. */
  const position = (last: string, prefix: string, before: ReadonlyMap<string, StoredObject | undefined>): number =>
    firstAbove(keys, last) - firstAtLeast(keys, prefix) + shift(before, (key) => key.startsWith(prefix) && key <= last)

  /** By how much the count of the present differs from that of the past, among the keys concerned. */
  function shift(before: ReadonlyMap<string, StoredObject | undefined>, concerns: (key: string) => boolean): number {
    let difference = 0
    for (const [key, object] of before) {
      if (concerns(key)) difference += (object ? 1 : 0) - (present.has(key) ? 1 : 0)
    }
    return difference
  }

  return {
    get size() {
      return present.size
    },
    get oldest() {
      return forgottenTo
    },
    get: (namespace, name) => present.get(keyOf({ namespace, name })),
    page,
    since,
    apply,
  }
}

/** As in etcd: `a-b/x` comes before `a/x`. */
const keyOf = ({ namespace, name }: Pick<StoredObject, 'namespace' | 'name'>): string =>
  namespace === '' ? name : `${namespace}/${name}`

const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What each key that changed in `later` held before; undefined = nothing. */
function stateBefore(later: readonly StoreEvent[]): ReadonlyMap<string, StoredObject | undefined> {
  const before = new Map<string, StoredObject | undefined>()
  for (const event of later) {
    const key = keyOf(event.object)
    if (!before.has(key)) before.set(key, event.previous)
  }
  return before
}

/** The keys from `start` with the prefix, and those of `gone` above `after`, in order. */
function* merged(
  keys: readonly string[],
  start: number,
  prefix: string,
  gone: readonly string[],
  after: string,
): Iterable<string> {
  let lost = after === '' ? 0 : firstAbove(gone, after)
  for (let index = start; index < keys.length; index++) {
    const key = keys[index]
    if (key === undefined || !key.startsWith(prefix)) break
    for (let older = gone[lost]; older !== undefined && older < key; older = gone[lost]) {
      yield older
      lost++
    }
    yield key
  }
  yield* gone.slice(lost)
}

const firstAtLeast = (keys: readonly string[], key: string): number =>
  firstWhere(keys.length, (index) => (keys[index] ?? '') >= key)

const firstAbove = (keys: readonly string[], key: string): number =>
  firstWhere(keys.length, (index) => (keys[index] ?? '') > key)

const firstAfter = (events: readonly StoreEvent[], resourceVersion: number): number =>
  firstWhere(events.length, (index) => (events[index]?.object.resourceVersion ?? 0) > resourceVersion)

/** Binary search: the first index for which `holds`, given that it holds for all later ones. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
