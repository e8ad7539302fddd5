/** Changes through the API: create, update, patch, delete. Each checks what a real server checks, then the store writes. */
import { type Answer, type Api, type Exchange, json } from './api.ts'
import { asObject, mediaType, parsedYaml, readObject, readOptions, readText } from './body.ts'
import type { StoredObject } from './collection.ts'
import { asDefined } from './definitions.ts'
import { at, type Fields, fieldsAt, listAt, numberAt, parsedJson, rfc3339, textAt } from './json.ts'
import { jsonPatch } from './jsonPatch.ts'
import { mergePatch } from './mergePatch.ts'
import { listText, objectText } from './representation.ts'
import { groupVersion, type ResourceType } from './resources.ts'
import { selectorOf } from './selectors.ts'
import {
  alreadyExists,
  badRequest,
  conflict,
  detailsOf,
  invalid,
  invalidOptions,
  methodNotAllowed,
  notFound,
  preconditionFailed,
  StatusError,
} from './status.ts'
import { strategicMerge } from './strategicMerge.ts'

/** POST to a collection. */
export async function create(api: Api, exchange: Exchange): Promise<Answer> {
  const { info, type } = exchange
  if (info.name !== '') throw methodNotAllowed()
  const body = await readObject(exchange.request, type.kind)
  const fields = checked(exchange, body, info.namespace)
  const name = textAt(fields, 'metadata', 'name') || generatedName(api, fields)
  checkName(type, name)
  checkNamespaceExists(api, exchange)
  if (api.store.get(type, info.namespace, name)) throw alreadyExists(type, name)
  if (textAt(fields, 'metadata', 'resourceVersion') !== '') {
    // A real server gives no reason, and the code of its own failure.
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
  }
  return stored(api, exchange, name, fresh(type, fields), 201)
}

/** PUT. A name that does not exist is 404, as for most resources of a real server. */
export async function update(api: Api, exchange: Exchange): Promise<Answer> {
  const { info, type } = exchange
  const previous = present(api, exchange)
  const body = await readObject(exchange.request, type.kind)
  if (info.subresource === 'scale') return scaled(api, exchange, previous, numberAt(body, 'spec', 'replicas'))
  const fields = checked(exchange, body, info.namespace)
  const name = textAt(fields, 'metadata', 'name')
  if (name !== info.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
  }
  const version = textAt(fields, 'metadata', 'resourceVersion')
  if (version === '' && type.custom) {
    const why = 'Invalid value: 0x0: must be specified for an update'
    throw invalid(type, name, [{ field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', why }])
  }
  if (version !== '' && version !== String(previous.resourceVersion)) throw conflict(type, name)
  return stored(api, exchange, name, withStatus(exchange, previous.fields, fields), 200)
}

/** PATCH in one of its four forms. */
export async function patch(api: Api, exchange: Exchange): Promise<Answer> {
  const { info, type } = exchange
  const media = mediaType(exchange.request)
  const apply = applyTypes.includes(media)
  if (apply && (exchange.query.get('fieldManager') ?? '') === '') {
    throw invalidOptions(
      [{ field: 'fieldManager', reason: 'FieldValueRequired', why: 'Required value: is required for apply patch' }],
      'PatchOptions',
    )
  }
  const text = await readText(exchange.request)
  const previous = api.store.get(type, info.namespace, info.name)
  if (!previous) {
    if (!apply) throw notFound(type, info.name)
    const fields = checked(exchange, asObject(parsedYaml(text)), info.namespace)
    checkName(type, info.name)
    checkNamespaceExists(api, exchange)
    return stored(api, exchange, info.name, fresh(type, fields), 201)
  }
  const whole = { apiVersion: groupVersion(type.group, info.version), kind: type.kind, ...previous.fields }
  const patched = patchedObject(type, media, whole, text)
  if (info.subresource === 'scale') return scaled(api, exchange, previous, numberAt(patched, 'spec', 'replicas'))
  const fields = checked(exchange, patched, info.namespace)
  const version = textAt(fields, 'metadata', 'resourceVersion')
  if (version !== String(previous.resourceVersion)) throw conflict(type, info.name)
  const metadata = { ...fieldsAt(fields, 'metadata'), name: info.name, uid: previous.uid }
  return stored(api, exchange, info.name, withStatus(exchange, previous.fields, { ...fields, metadata }), 200)
}

const applyTypes = ['application/apply-patch+yaml', 'application/apply-patch+cbor']

function patchedObject(type: ResourceType, media: string, whole: Fields, text: string): Fields {
  if (applyTypes.includes(media)) {
    const applied = asObject(parsedYaml(text))
    return asObject(type.custom ? mergePatch(whole, applied) : strategicMerge(whole, applied))
  }
  const change = parsedJson(text)
  if (media === 'application/json-patch+json') return asObject(jsonPatch(whole, change))
  if (change === undefined) throw badRequest('error decoding patch: not JSON')
  if (media === 'application/merge-patch+json') return asObject(mergePatch(whole, change))
  if (media === 'application/strategic-merge-patch+json' && !type.custom) {
    return asObject(strategicMerge(whole, asObject(change)))
  }
  throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', { details: {} })
}

/** DELETE of one object. */
export async function deleteObject(api: Api, exchange: Exchange): Promise<Answer> {
  const { info, type, query } = exchange
  const options = await readOptions(exchange.request)
  const object = present(api, exchange)
  const uid = textAt(options, 'preconditions', 'uid')
  if (uid !== '' && uid !== object.uid) throw preconditionFailed(type, info.name, 'UID', uid, object.uid)
  const version = textAt(options, 'preconditions', 'resourceVersion')
  const own = String(object.resourceVersion)
  if (version !== '' && version !== own) throw preconditionFailed(type, info.name, 'ResourceVersion', version, own)
  if (!dryRun(query, options)) api.store.delete(type, info.namespace, info.name)
  return json(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { ...detailsOf(type, info.name), uid: object.uid },
  })
}

/** DELETE of a collection, as far as the selectors reach: answers the list of what is gone. */
export async function deleteCollection(api: Api, exchange: Exchange): Promise<Answer> {
  const { info, type, query, representation } = exchange
  const options = await readOptions(exchange.request)
  const matches = selectorOf(type, query.get('labelSelector') ?? '', query.get('fieldSelector') ?? '')
  const objects = api.store.page(type, { namespace: info.namespace, matches })?.objects ?? []
  if (!dryRun(query, options)) for (const { namespace, name } of objects) api.store.delete(type, namespace, name)
  return {
    status: 200,
    contentType: 'application/json',
    body: listText(objects, { resourceVersion: String(api.store.resourceVersion) }, representation, api.serialiser),
  }
}

/** GET of `scale`. */
export const readScale = (api: Api, exchange: Exchange): Answer => json(200, scaleOf(present(api, exchange)))

function scaled(api: Api, exchange: Exchange, previous: StoredObject, replicas: number): Answer {
  const { info, type, query } = exchange
  const fields = { ...previous.fields, spec: { ...fieldsAt(previous.fields, 'spec'), replicas } }
  const write = dryRun(query, {}) ? api.store.preview : api.store.write
  return json(200, scaleOf(write(type, info.namespace, info.name, fields)))
}

const scaleOf = ({ fields, namespace, name, uid, resourceVersion }: StoredObject): Fields => ({
  kind: 'Scale',
  apiVersion: 'autoscaling/v1',
  metadata: {
    name,
    namespace,
    uid,
    resourceVersion: String(resourceVersion),
    creationTimestamp: textAt(fields, 'metadata', 'creationTimestamp'),
  },
  spec: { replicas: numberAt(fields, 'spec', 'replicas') },
  status: { replicas: numberAt(fields, 'status', 'replicas'), selector: selectorText(fields) },
})

/** `app=web,version=v1`. */
const selectorText = (fields: Fields): string =>
  Object.entries(fieldsAt(fields, 'spec', 'selector', 'matchLabels'))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')

function present(api: Api, { info, type }: Exchange): StoredObject {
  const object = api.store.get(type, info.namespace, info.name)
  if (!object) throw notFound(type, info.name)
  return object
}

/** The body without its type, which must be the one that the URL names; the namespace of the URL is filled in. */
function checked({ info, type }: Exchange, body: Fields, namespace: string): Fields {
  const { apiVersion, kind, ...fields } = body
  const expected = groupVersion(type.group, info.version)
  if (kind !== type.kind || apiVersion !== expected) {
    throw badRequest(
      type.custom
        ? `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`
        : `${kind} in version "${info.version}" cannot be handled as a ${type.kind}: unknown conversion`,
    )
  }
  const own = textAt(fields, 'metadata', 'namespace')
  if (own !== '' && own !== namespace && type.namespaced) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  }
  return { ...fields, metadata: { ...fieldsAt(fields, 'metadata'), ...(namespace === '' ? {} : { namespace }) } }
}

/** What a created object has in place of what the client said about server-side facts. */
function fresh(type: ResourceType, fields: Fields): Fields {
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _created,
    ...metadata
  } = fieldsAt(fields, 'metadata')
  const { status: _status, ...rest } = fields
  const created = { ...rest, metadata }
  return type.group === '' && type.plural === 'namespaces'
    ? { ...created, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
    : created
}

/** Writes to the object leave its status as it was, writes to `status` everything else. */
function withStatus({ info, type }: Exchange, previous: Fields, fields: Fields): Fields {
  if (info.subresource === 'status') return { ...previous, status: at(fields, 'status') }
  if (!type.subresources.some(({ name }) => name === 'status')) return fields
  const { status: _status, ...rest } = fields
  const status = at(previous, 'status')
  return status === undefined ? rest : { ...rest, status }
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function checkName(type: ResourceType, name: string): void {
  if (name === '') {
    const why = 'Required value: name or generateName is required'
    throw invalid(type, name, [{ field: 'metadata.name', reason: 'FieldValueRequired', why }])
  }
  const lax = type.group === 'rbac.authorization.k8s.io' && !/[/%]/.test(name)
  if (lax || (subdomain.test(name) && name.length <= 253)) return
  const why = `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`
  throw invalid(type, name, [{ field: 'metadata.name', reason: 'FieldValueInvalid', why }])
}

/** Five characters that follow from the version, as real ones are random. */
function generatedName(api: Api, fields: Fields): string {
  const base = textAt(fields, 'metadata', 'generateName')
  if (base === '') return ''
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  let rest = api.store.resourceVersion * 7919 + 1
  let suffix = ''
  for (let index = 0; index < 5; index++) {
    suffix += letters[rest % letters.length]
    rest = Math.floor(rest / letters.length) + 13 * index + 7
  }
  return base + suffix
}

function checkNamespaceExists(api: Api, { info, type }: Exchange): void {
  const namespaces = api.resources.byPlural('', 'v1', 'namespaces')
  if (!type.namespaced || !namespaces || api.store.get(namespaces, '', info.namespace)) return
  throw notFound(namespaces, info.namespace)
}

function stored(api: Api, exchange: Exchange, name: string, fields: Fields, status: number): Answer {
  const { info, type, query, representation } = exchange
  const write = dryRun(query, {}) ? api.store.preview : api.store.write
  const defined = info.subresource === '' ? asDefined(type, name, fields) : fields
  const object = write(type, info.namespace, name, withTimes(api, defined))
  return { status, contentType: 'application/json', body: `${objectText(object, representation, api.serialiser)}\n` }
}

/** A bare `null` creation time, as clients written in Go send it, is none. */
function withTimes(api: Api, fields: Fields): Fields {
  const metadata = fieldsAt(fields, 'metadata')
  if (metadata.creationTimestamp !== null) return fields
  return { ...fields, metadata: { ...metadata, creationTimestamp: rfc3339(api.clock()) } }
}

function dryRun(query: URLSearchParams, options: Fields): boolean {
  const asked = [...query.getAll('dryRun'), ...listAt(options, 'dryRun')]
  if (asked.some((one) => one !== 'All')) {
    const why = `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`
    throw invalidOptions([{ field: 'dryRun', reason: 'FieldValueNotSupported', why }], 'CreateOptions')
  }
  return asked.length > 0
}
