/**
 * The few Kubernetes protobuf bodies that kubectl sends in place of JSON: reviews, and the plain objects of
 * `kubectl create`. The envelope is `k8s\0` and a message of type, kind and the object; field numbers are those of
 * Kubernetes' published .proto files. Everything else is refused as an unsupported media type.
 */
import type { Fields } from './json.ts'

export const protobufType = 'application/vnd.kubernetes.protobuf'

/** The object as JSON, or undefined when it is not one of the kinds known here. */
export function fromProtobuf(body: Buffer): Fields | undefined {
  if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') return undefined
  const envelope = decoded(body.subarray(4), unknownMessage)
  const { apiVersion, kind, raw } = envelope
  const shape = typeof kind === 'string' ? kinds[kind] : undefined
  return shape && Buffer.isBuffer(raw) ? { apiVersion, kind, ...decoded(raw, shape) } : undefined
}

/** How a field is written in JSON. A message type by its fields, a map by the type of its values. */
type FieldType = 'text' | 'texts' | 'number' | 'boolean' | 'bytes' | 'base64' | Message | { readonly map: FieldType }

interface Message {
  readonly fields: Readonly<Record<number, readonly [name: string, type: FieldType]>>
}

const message = (fields: Message['fields']): Message => ({ fields })

const typeMeta = message({ 1: ['apiVersion', 'text'], 2: ['kind', 'text'] })
const unknownMessage = message({ 1: ['typeMeta', typeMeta], 2: ['raw', 'bytes'] })

const metadata = message({
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  11: ['labels', { map: 'text' }],
  12: ['annotations', { map: 'text' }],
})

const resourceAttributes = message({
  1: ['namespace', 'text'],
  2: ['verb', 'text'],
  3: ['group', 'text'],
  4: ['version', 'text'],
  5: ['resource', 'text'],
  6: ['subresource', 'text'],
  7: ['name', 'text'],
})
const nonResourceAttributes = message({ 1: ['path', 'text'], 2: ['verb', 'text'] })

const kinds: Readonly<Record<string, Message>> = {
  SelfSubjectAccessReview: message({
    1: ['metadata', metadata],
    2: [
      'spec',
      message({
        1: ['resourceAttributes', resourceAttributes],
        2: ['nonResourceAttributes', nonResourceAttributes],
      }),
    ],
  }),
  SelfSubjectRulesReview: message({ 1: ['metadata', metadata], 2: ['spec', message({ 1: ['namespace', 'text'] })] }),
  SelfSubjectReview: message({ 1: ['metadata', metadata] }),
  TokenRequest: message({
    1: ['metadata', metadata],
    2: ['spec', message({ 1: ['audiences', 'texts'], 4: ['expirationSeconds', 'number'] })],
  }),
  Namespace: message({ 1: ['metadata', metadata] }),
  ServiceAccount: message({ 1: ['metadata', metadata] }),
  ConfigMap: message({
    1: ['metadata', metadata],
    2: ['data', { map: 'text' }],
    3: ['binaryData', { map: 'base64' }],
    4: ['immutable', 'boolean'],
  }),
  Secret: message({
    1: ['metadata', metadata],
    2: ['data', { map: 'base64' }],
    3: ['type', 'text'],
    4: ['stringData', { map: 'text' }],
    5: ['immutable', 'boolean'],
  }),
}

/** A field as it stands in a message: its number, and its bytes or number. */
interface Wire {
  readonly number: number
  readonly value: Buffer | number
}

function decoded(bytes: Buffer, { fields }: Message): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const { number, value } of wires(bytes)) {
    const [name, type] = fields[number] ?? []
    if (name === undefined || type === undefined) continue
    if (type === typeMeta && Buffer.isBuffer(value)) Object.assign(found, decoded(value, typeMeta))
    else if (type === 'texts') found[name] = [...(Array.isArray(found[name]) ? found[name] : []), String(value)]
    else if (typeof type === 'object' && 'map' in type) {
      const entry = Buffer.isBuffer(value)
        ? decoded(value, message({ 1: ['key', 'text'], 2: ['value', type.map] }))
        : {}
      found[name] = { ...Object(found[name] ?? {}), [String(entry.key)]: entry.value ?? '' }
    } else {
      const plain = plainValue(value, type)
      // Go's protobuf writes empty texts; as JSON they are left out.
      if (plain !== '') found[name] = plain
    }
  }
  return found
}

function plainValue(value: Buffer | number, type: FieldType): unknown {
  if (type === 'boolean') return value === 1
  if (!Buffer.isBuffer(value)) return value
  if (type === 'text') return value.toString()
  if (type === 'base64') return value.toString('base64')
  return typeof type === 'object' && 'fields' in type ? decoded(value, type) : value
}

/** Splits a message into its fields. Stops where the bytes make no sense. */
function* wires(bytes: Buffer): Iterable<Wire> {
  let offset = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[offset++] ?? 0
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
  }
  while (offset < bytes.length) {
    const tag = varint()
    const number = tag >>> 3
    switch (tag & 7) {
      case 0:
        yield { number, value: varint() }
        break
      case 2: {
        const length = varint()
        yield { number, value: bytes.subarray(offset, offset + length) }
        offset += length
        break
      }
      default:
        return
    }
  }
}
