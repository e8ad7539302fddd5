/**
 * What can differ between the members of a logical object, as texts by attribute. Whatever differs by its nature (uids,
 * addresses, networks, marks of tools) is no attribute (reference: ui.md 17.6).
 */
import type { ConfigObject, Controller, Labels, Service } from '../inventory/objects.ts'
import { useWaypoint } from '../mesh/labels.ts'
import type { Workload } from './workload.ts'

/** Attribute -> value; what a member does not have is absent. */
export type Attributes = ReadonlyMap<string, string>

export type Mode = 'ambient' | 'none' | 'sidecar'

/** `workloads` are those behind the service, `config` the objects of its namespace that speak of it. */
export function serviceAttributes(
  service: Service,
  mode: Mode,
  workloads: readonly Workload[],
  config: readonly ConfigObject[],
): Attributes {
  return attributes([
    ['type', service.type],
    ['ports', portsText(service)],
    ['selector', labelsText(service.selector)],
    ['mode', mode],
    ['versions', versionsOf(workloads).join(', ')],
    ...named('labels', service.labels),
    ...named('annotations', service.annotations),
    ...specs(config),
  ])
}

export function externalAttributes(labels: Labels, config: readonly ConfigObject[]): Attributes {
  return attributes([['type', 'External'], ...named('labels', labels), ...specs(config)])
}

export function workloadAttributes(workload: Workload, config: readonly ConfigObject[]): Attributes {
  return attributes([
    ['versions', workload.version ?? ''],
    ['replicas', String(workload.desiredReplicas)],
    ['image', workload.images.join(', ')],
    ['serviceAccount', workload.serviceAccounts.join(', ')],
    ['mode', modeOf(workload)],
    ['revision', revisionOf(workload)],
    ...named('labels', workload.labels),
    ...named('annotations', workload.annotations),
    ...specs(config),
  ])
}

export function appAttributes(workloads: readonly Workload[], services: readonly Service[]): Attributes {
  return attributes([
    ['versions', versionsOf(workloads).join(', ')],
    ['workloads', workloads.map(({ name }) => name).join(', ')],
    ['services', services.map(({ name }) => name).join(', ')],
    ['mode', modeOfAll(workloads)],
  ])
}

/** A member and what it may differ in. `readsConfig`: some istiod reads the Istio objects of its cluster. */
export interface Compared {
  readonly attributes: Attributes
  readonly readsConfig: boolean
}

/**
 * Names of the attributes in which the members differ; being absent is a value too. Istio objects count only where an
 * istiod reads them: copies in a remote cluster mean nothing, and their absence means nothing either.
 */
export function differing(members: readonly Compared[]): string[] {
  const [first] = members
  // Most objects are the same everywhere; equal attributes are one object.
  if (first === undefined) return []
  if (members.every((member) => member.readsConfig === first.readsConfig && member.attributes === first.attributes))
    return []
  const names = new Set(members.flatMap(({ attributes: each }) => [...each.keys()]))
  return [...names]
    .filter((name) => new Set(comparable(name, members).map((each) => each.attributes.get(name))).size > 1)
    .sort()
}

/** The members whose value of an attribute means something. */
export const comparable = <M extends Compared>(attribute: string, members: readonly M[]): readonly M[] =>
  attribute.startsWith('config.') ? members.filter(({ readsConfig }) => readsConfig) : members

/** Distinct, in order. */
export const versionsOf = (workloads: readonly Workload[]): string[] =>
  [...new Set(workloads.flatMap(({ version }) => (version === undefined ? [] : [version])))].sort()

export function modeOf(workload: Workload): Mode {
  if (workload.pods.length > 0 && workload.sidecar) return 'sidecar'
  return workload.isAmbient ? 'ambient' : 'none'
}

export function modeOfAll(workloads: readonly Workload[]): Mode {
  const modes = new Set(workloads.map(modeOf))
  return modes.has('sidecar') ? 'sidecar' : modes.has('ambient') ? 'ambient' : 'none'
}

/** Equal attributes are the same object: a mesh has far fewer than it has members, and comparing them costs nothing. */
function attributes(pairs: readonly (readonly [string, string])[]): Attributes {
  const stated = pairs.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify(stated)
  let shared = known.get(text)
  if (shared === undefined) {
    shared = new Map(stated)
    // Sharing is an economy: what was shared before stays equal by its values.
    if (known.size >= knownAtMost) known.clear()
    known.set(text, shared)
  }
  return shared
}

const known = new Map<string, Attributes>()
const knownAtMost = 50_000

/** Those of labels or annotations that people or configuration give an object. */
const named = (what: 'annotations' | 'labels', values: Labels): [string, string][] =>
  Object.entries(values)
    .filter(([name]) => !byNature.some((pattern) => pattern.test(name)))
    .map(([name, value]) => [`${what}.${name}`, value])

const byNature: readonly RegExp[] = [
  /^topology\.(istio|kubernetes)\.io\//,
  /^pod-template-hash$/,
  /^controller-revision-hash$/,
  // Have attributes of their own.
  /^istio\.io\/rev$/,
  /^(app\.kubernetes\.io\/|service\.istio\.io\/canonical-re)?(version|vision)$/,
  new RegExp(`^${useWaypoint}-namespace$`),
  /^(kubectl|deployment)\.kubernetes\.io\//,
  /^deprecated\./,
  /^meta\.helm\.sh\//,
  /^sidecar\.istio\.io\/status$/,
  /^ambient\.istio\.io\/redirection$/,
]

/** e.g. `http 80/TCP, grpc 9000/TCP (grpc)`. */
const portsText = ({ ports }: Service): string =>
  ports
    .map(({ name, port, protocol, appProtocol }) =>
      `${name} ${port}/${protocol}${appProtocol === '' ? '' : ` (${appProtocol})`}`.trim(),
    )
    .join(', ')

const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .filter(([name]) => !name.startsWith('topology.istio.io/'))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(', ')

/** The revision whose injector made the first pod's proxy. */
const revisionOf = ({ pods }: Workload): string => pods[0]?.annotations['istio.io/rev'] ?? ''

const specs = (config: readonly ConfigObject[]): [string, string][] =>
  config.map((object) => [`config.${object.kind}.${object.name}`, specText(object)])

const texts = new WeakMap<Controller | ConfigObject, string>()

/** The spec as one text, keys in order: equal specs have equal texts. */
function specText(object: ConfigObject): string {
  let text = texts.get(object)
  if (text === undefined) {
    text = JSON.stringify(ordered(object.resource.spec ?? {}))
    texts.set(object, text)
  }
  return text
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, ordered(inner)]),
  )
}
