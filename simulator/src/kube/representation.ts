/**
 * The JSON text of objects and lists, in the form the client asked for: whole, metadata only, or as the table that
 * kubectl prints. An object is made into text once; all versions and all clients share it.
 */
import type { StoredObject } from './collection.ts'
import { at, type Fields } from './json.ts'
import { columnsOf, rowOf } from './printer.ts'
import { groupVersion, type ResourceType } from './resources.ts'

export interface Serialiser {
  /** JSON of the object in a version of its resource, with `apiVersion` and `kind`. */
  text(object: StoredObject, version: string): string
  /** JSON without them. */
  bare(object: StoredObject): string
  forget(object: StoredObject): void
}

/** Keeps the texts of objects that exist, up to `maxChars` together. */
export function createSerialiser(maxChars: number): Serialiser {
  const texts = new Map<StoredObject, string>()
  let kept = 0
  function bare(object: StoredObject): string {
    const known = texts.get(object)
    if (known !== undefined) return known
    const text = JSON.stringify(object.fields)
    if (kept + text.length <= maxChars) {
      texts.set(object, text)
      kept += text.length
    }
    return text
  }
  return {
    bare,
    text: (object, version) => `${typePrefix(object.type, version)},${bare(object).slice(1)}`,
    forget(object) {
      kept -= texts.get(object)?.length ?? 0
      texts.delete(object)
    },
  }
}

const typePrefix = ({ group, kind }: ResourceType, version: string): string =>
  `{"apiVersion":"${groupVersion(group, version)}","kind":"${kind}"`

export type Form = 'object' | 'table' | 'metadata'

/** The first form in `Accept` that this server can give; undefined when there is none. */
export function formOf(accept: string): Form | undefined {
  if (accept === '') return 'object'
  for (const one of accept.split(',')) {
    const [media, ...parameters] = one.split(';').map((part) => part.trim())
    if (media === 'application/*' || media === '*/*') return 'object'
    if (media !== 'application/json') continue
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice('as='.length)
    if (as === undefined) return 'object'
    if (!parameters.includes('v=v1') || !parameters.includes('g=meta.k8s.io')) continue
    if (as === 'Table') return 'table'
    if (as.startsWith('PartialObjectMetadata')) return 'metadata'
  }
  return undefined
}

/** How to write objects of one resource for one client. */
export interface Representation {
  readonly type: ResourceType
  readonly version: string
  readonly form: Form
  /** Of a table: what the rows carry beside their cells. */
  readonly includeObject: string
  /** Unix ms: a table shows ages. */
  readonly nowMs: number
}

/** One object alone, as the answer of a get or in a watch. A table's columns are named unless `columns` is false. */
export function objectText(
  object: StoredObject,
  representation: Representation,
  serialiser: Serialiser,
  columns = true,
): string {
  switch (representation.form) {
    case 'object':
      return serialiser.text(object, representation.version)
    case 'metadata':
      return metadataText(object, true)
    case 'table': {
      const head = tableHead(representation, listMetadata({ resourceVersion: String(object.resourceVersion) }), columns)
      return `${head}${rowText(object, representation, serialiser)}]}`
    }
  }
}

/** A list, in pieces of some 64 KB. */
export function* listText(
  objects: readonly StoredObject[],
  metadata: Fields,
  representation: Representation,
  serialiser: Serialiser,
): Iterable<string> {
  const { type, version, form } = representation
  let piece =
    form === 'table'
      ? tableHead(representation, JSON.stringify(metadata), true)
      : `{"kind":"${form === 'metadata' ? 'PartialObjectMetadataList' : `${type.kind}List`}","apiVersion":"${
          form === 'metadata' ? 'meta.k8s.io/v1' : groupVersion(type.group, version)
        }","metadata":${JSON.stringify(metadata)},"items":[`
  let first = true
  for (const object of objects) {
    piece += `${first ? '' : ','}${listed(object, representation, serialiser)}`
    first = false
    if (piece.length < 65_536) continue
    yield piece
    piece = ''
  }
  yield `${piece}]}\n`
}

/** Items of built-in resources do not repeat their kind, those of CRDs do. */
function listed(object: StoredObject, representation: Representation, serialiser: Serialiser): string {
  if (representation.form === 'table') return rowText(object, representation, serialiser)
  if (representation.form === 'metadata') return metadataText(object, false)
  return object.type.custom ? serialiser.text(object, representation.version) : serialiser.bare(object)
}

const metadataText = (object: StoredObject, typed: boolean): string =>
  `{${typed ? '"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1",' : ''}"metadata":${JSON.stringify(at(object.fields, 'metadata'))}}`

const listMetadata = (metadata: Fields): string => JSON.stringify(metadata)

const tableHead = ({ type }: Representation, metadata: string, columns: boolean): string =>
  `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${metadata},"columnDefinitions":${JSON.stringify(columns ? columnsOf(type) : [])},"rows":[`

function rowText(
  object: StoredObject,
  { includeObject, version, nowMs }: Representation,
  serialiser: Serialiser,
): string {
  const carried =
    includeObject === 'None'
      ? ''
      : `,"object":${includeObject === 'Object' ? serialiser.text(object, version) : metadataText(object, true)}`
  return `{"cells":${JSON.stringify(rowOf(object, nowMs))}${carried}}`
}
