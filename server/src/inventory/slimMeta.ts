/** The part that every slim object has. */
import { isRecord, type Json, Malformed, record, records, text } from './json.ts'
import type { Labels, Meta, Owner } from './objects.ts'
import type { Origin } from './origin.ts'

const empty: Labels = Object.freeze({})

/** `kubectl apply`'s copy of the whole object: on config objects it is part of the document, elsewhere ballast. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Spread it last: of an object literal that begins with a spread, V8 gives each object a hidden class of its own, of
 * 0.6 KB, and whatever reads them is slow (Node 20; 200,000 objects, 95 MB).
 */
export function metaOf(json: Json, origin: Origin, annotations?: 'with last-applied'): Meta {
  const metadata = record(json, 'metadata')
  const name = text(metadata, 'name')
  if (name === '') throw new Malformed('metadata.name', 'a name')
  const { share } = origin.sharing
  return {
    cluster: origin.cluster,
    namespace: share(text(metadata, 'namespace')),
    name,
    uid: text(metadata, 'uid'),
    resourceVersion: text(metadata, 'resourceVersion'),
    createdAt: share(text(metadata, 'creationTimestamp')),
    labels: share(stringMap(metadata, 'labels')),
    annotations: share(stringMap(metadata, 'annotations', annotations === undefined ? lastApplied : undefined)),
    hasLabels: hasMap(metadata, 'labels'),
    hasAnnotations: hasMap(metadata, 'annotations'),
  }
}

/** Whether there is a map at all, be it empty. */
export const hasMap = (parent: Json, field: string): boolean => isRecord(parent[field])

/** A map of strings in its own order; `without` leaves one key out. */
export function stringMap(parent: Json, field: string, without?: string): Labels {
  const map = record(parent, field)
  const kept: Record<string, string> = {}
  let size = 0
  for (const key in map) {
    const value = map[key]
    if (typeof value !== 'string') throw new Malformed(`${field}.${key}`, 'a string')
    if (key === without) continue
    kept[key] = value
    size++
  }
  return size === 0 ? empty : kept
}

export function ownersOf(json: Json, origin: Origin): readonly Owner[] {
  const owners = records(record(json, 'metadata'), 'ownerReferences').map((owner) => ({
    apiVersion: text(owner, 'apiVersion'),
    kind: text(owner, 'kind'),
    name: text(owner, 'name'),
    controller: owner.controller === true,
  }))
  return origin.sharing.share(owners)
}
