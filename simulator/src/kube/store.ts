/**
 * All objects of one simulated cluster. One counter gives every change its resourceVersion, as etcd's revision does.
 * Pure: the clock is an argument, uids follow from the seed. Both sides write here: clients through the API, and the
 * scenario that makes the mesh live.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubernetesJson } from '../scenario.ts'
import {
  type Collection,
  createCollection,
  type Page,
  type Selection,
  type StoredObject,
  type StoreEvent,
} from './collection.ts'
import { at, type Fields, fieldsAt, isFields, numberAt, rfc3339, textAt } from './json.ts'
import { mergePatch } from './mergePatch.ts'
import type { ResourceTable, ResourceType } from './resources.ts'

/** Names an object the way a manifest does. */
export interface KubernetesRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export interface Store {
  /** Of the latest change. */
  readonly resourceVersion: number
  get(type: ResourceType, namespace: string, name: string): StoredObject | undefined
  page(type: ResourceType, selection: Selection): Page | undefined
  count(type: ResourceType): number
  /** The oldest version from which a watch of this resource can start. */
  oldest(type: ResourceType): number
  since(type: ResourceType, resourceVersion: number): readonly StoreEvent[] | undefined
  /** Creates, or replaces what has the same name. A replacement that changes nothing is none: it keeps its version. */
  write(type: ResourceType, namespace: string, name: string, fields: Fields): StoredObject
  /** What `write` would store, without storing it. */
  preview(type: ResourceType, namespace: string, name: string, fields: Fields): StoredObject
  /** Deletes; of a namespace also all that is in it. Undefined when there is no such object. */
  delete(type: ResourceType, namespace: string, name: string): StoredObject | undefined
  /** Calls back with each change of a resource, after it happened; returns how to stop. */
  subscribe(type: ResourceType, listener: (event: StoreEvent) => void): () => void
  /** As `subscribe`, for all resources. */
  subscribeAll(listener: (event: StoreEvent) => void): () => void

  /** For the scenario: creates or replaces. Throws when the cluster knows no such kind. */
  put(object: KubernetesJson): StoredObject
  /** For the scenario: a JSON merge patch. Undefined when there is no such object. */
  patch(ref: KubernetesRef, change: Fields): StoredObject | undefined
  /** For the scenario: deletes; false when there was nothing to delete. */
  remove(ref: KubernetesRef): boolean
  /** For the scenario: an object as it is stored, without `apiVersion` and `kind`. */
  read(ref: KubernetesRef): Fields | undefined
}

export interface StoreOptions {
  readonly resources: ResourceTable
  /** Kept as they are; `uid`, `resourceVersion` and `creationTimestamp` are given where they are missing. */
  readonly objects: Iterable<KubernetesJson>
  readonly clock: () => number
  readonly seed: string
  /** Changes remembered per resource. */
  readonly window?: number
}

export function createStore({ resources, objects, clock, seed, window = 1000 }: StoreOptions): Store {
  let version = 0
  let loading = true
  const listeners = new Map<ResourceType, Set<(event: StoreEvent) => void>>()
  const allListeners = new Set<(event: StoreEvent) => void>()
  const collections = load()
  loading = false

  function load(): Map<ResourceType, Collection> {
    const given = [...objects]
    version = given.reduce(
      (most, object) => Math.max(most, Number(textAt(object, 'metadata', 'resourceVersion')) || 0),
      0,
    )
    const byType = new Map<ResourceType, StoredObject[]>(resources.all.map((type) => [type, []]))
    for (const object of given) {
      const type = typeOf(object)
      const namespace = namespaceIn(type, object.metadata.namespace)
      byType.get(type)?.push(complete(type, namespace, object.metadata.name, withoutType(object), undefined))
    }
    return new Map([...byType].map(([type, stored]) => [type, createCollection(stored, version, window)]))
  }

  function typeOf({ apiVersion, kind }: Pick<KubernetesRef, 'apiVersion' | 'kind'>): ResourceType {
    const type = resources.byKind(apiVersion, kind)
    if (!type) throw new Error(`The simulated cluster serves no ${kind} of ${apiVersion}`)
    return type
  }

  function collectionOf(type: ResourceType): Collection {
    const collection = collections.get(type)
    if (!collection) throw new Error(`The simulated cluster serves no ${type.plural} of group "${type.group}"`)
    return collection
  }

  /** The object with all that a server adds. Objects given at the start keep what they bring. */
  function complete(
    type: ResourceType,
    namespace: string,
    name: string,
    fields: Fields,
    previous: StoredObject | undefined,
  ): StoredObject {
    const given = fieldsAt(fields, 'metadata')
    const own = textAt(given, 'resourceVersion')
    const resourceVersion = loading && own !== '' ? Number(own) : ++version
    const uid =
      previous?.uid ??
      (textAt(given, 'uid') || uidOf(`${seed}/${type.group}/${type.plural}/${namespace}/${name}/${resourceVersion}`))
    const generation = nextGeneration(type, fields, previous)
    const metadata = {
      ...given,
      ...(namespace === '' ? {} : { namespace }),
      name,
      uid,
      resourceVersion: String(resourceVersion),
      creationTimestamp:
        previous === undefined
          ? textAt(given, 'creationTimestamp') || rfc3339(clock())
          : textAt(previous.fields, 'metadata', 'creationTimestamp'),
      ...(generation === 0 ? {} : { generation }),
    }
    return { type, namespace, name, uid, resourceVersion, fields: { ...fields, metadata } }
  }

  function emit(event: StoreEvent): void {
    collectionOf(event.object.type).apply(event)
    for (const listener of listeners.get(event.object.type) ?? []) listener(event)
    for (const listener of allListeners) listener(event)
  }

  function write(type: ResourceType, namespace: string, name: string, fields: Fields): StoredObject {
    const previous = collectionOf(type).get(namespace, name)
    if (previous && changesNothing(previous.fields, fields)) return previous
    const object = complete(type, namespace, name, fields, previous)
    emit(previous ? { type: 'MODIFIED', object, previous } : { type: 'ADDED', object })
    return object
  }

  function preview(type: ResourceType, namespace: string, name: string, fields: Fields): StoredObject {
    const kept = version
    const object = complete(type, namespace, name, fields, collectionOf(type).get(namespace, name))
    version = kept
    return object
  }

  function remove(type: ResourceType, namespace: string, name: string): StoredObject | undefined {
    const previous = collectionOf(type).get(namespace, name)
    if (!previous) return undefined
    if (type.group === '' && type.plural === 'namespaces') emptyNamespace(name)
    const resourceVersion = ++version
    const metadata = { ...fieldsAt(previous.fields, 'metadata'), resourceVersion: String(resourceVersion) }
    const object = { ...previous, resourceVersion, fields: { ...previous.fields, metadata } }
    emit({ type: 'DELETED', object, previous })
    return object
  }

  function emptyNamespace(namespace: string): void {
    for (const [type, collection] of collections) {
      if (!type.namespaced) continue
      for (const { name } of collection.page({ namespace })?.objects ?? []) remove(type, namespace, name)
    }
  }

  return {
    get resourceVersion() {
      return version
    },
    get: (type, namespace, name) => collectionOf(type).get(namespace, name),
    page: (type, selection) => collectionOf(type).page(selection),
    count: (type) => collectionOf(type).size,
    oldest: (type) => collectionOf(type).oldest,
    since: (type, resourceVersion) => collectionOf(type).since(resourceVersion),
    write,
    preview,
    delete: remove,
    subscribe(type, listener) {
      const set = listeners.get(type) ?? new Set()
      listeners.set(type, set.add(listener))
      return () => set.delete(listener)
    },
    subscribeAll(listener) {
      allListeners.add(listener)
      return () => allListeners.delete(listener)
    },
    put(object) {
      const type = typeOf(object)
      return write(type, namespaceIn(type, object.metadata.namespace), object.metadata.name, withoutType(object))
    },
    patch(ref, change) {
      const type = typeOf(ref)
      const namespace = namespaceIn(type, ref.namespace)
      const previous = collectionOf(type).get(namespace, ref.name)
      const merged = previous && mergePatch(previous.fields, change)
      return isFields(merged) ? write(type, namespace, ref.name, merged) : undefined
    },
    remove(ref) {
      const type = typeOf(ref)
      return remove(type, namespaceIn(type, ref.namespace), ref.name) !== undefined
    },
    read(ref) {
      const type = typeOf(ref)
      return collectionOf(type).get(namespaceIn(type, ref.namespace), ref.name)?.fields
    },
  }
}

const namespaceIn = (type: ResourceType, namespace: string | undefined): string =>
  type.namespaced ? (namespace ?? 'default') : ''

function withoutType(object: Fields): Fields {
  const { apiVersion: _apiVersion, kind: _kind, ...fields } = object
  return fields
}

/** Kinds whose controllers compare `metadata.generation` with what they have observed. */
const generationGroups = new Set(['apps', 'batch', 'policy', 'admissionregistration.k8s.io'])

/** 0: the kind has none. Grows when anything but metadata and status changes. */
function nextGeneration(type: ResourceType, fields: Fields, previous: StoredObject | undefined): number {
  const given = numberAt(fields, 'metadata', 'generation')
  if (previous === undefined) return given || (type.custom || generationGroups.has(type.group) ? 1 : 0)
  const before = numberAt(previous.fields, 'metadata', 'generation')
  if (before === 0) return 0
  return isDeepStrictEqual(desired(previous.fields), desired(fields)) ? before : before + 1
}

function desired(fields: Fields): Fields {
  const { metadata: _metadata, status: _status, ...rest } = fields
  return rest
}

const serverFields = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'namespace', 'name']

/** Whether a write leaves all that a client can set as it was. */
function changesNothing(before: Fields, after: Fields): boolean {
  const clientMetadata = (fields: Fields) =>
    Object.fromEntries(Object.entries(fieldsAt(fields, 'metadata')).filter(([key]) => !serverFields.includes(key)))
  return (
    isDeepStrictEqual(desired(before), desired(after)) &&
    isDeepStrictEqual(at(before, 'status'), at(after, 'status')) &&
    isDeepStrictEqual(clientMetadata(before), clientMetadata(after))
  )
}

/** A UUID that follows from `text`. */
function uidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
