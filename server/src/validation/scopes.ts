/**
 * What the Sidecar of a namespace lets in: only what two namespaces both import can be in conflict there (reference:
 * validations.md 2.5).
 */
import type { ConfigObject } from '../inventory/objects.ts'
import { recordsOf, textsOf } from '../istioconfig/read.ts'
import { isEmpty, workloadSelector } from '../istioconfig/selectors.ts'
import type { Facts } from './facts.ts'
import { type HostRules, isWildcard, resolve, str, within } from './hosts.ts'
import { destinationRule, serviceEntry, specOf, virtualService } from './parsed.ts'
import { sees, type Viewers } from './viewers.ts'

/** What a namespace lets in. Kept by the namespaces it lets in from, so that others need not be asked. */
export interface Scope {
  /** The viewer. */
  readonly namespace: string
  readonly name: 'scope'
  /** undefined: everything. */
  readonly entries: readonly Entry[] | undefined
}

export interface Entry {
  readonly excludes: boolean
  /** `*`: any. */
  readonly namespace: string
  readonly dns: string
}

/** Under which namespaces a scope is kept: those that it lets something in from; `*` = from any; `open` = everything. */
export const scopeKeys = ({ entries }: Scope): readonly string[] =>
  entries === undefined
    ? ['open']
    : [...new Set(entries.filter(({ excludes }) => !excludes).map(({ namespace }) => namespace))]

/** undefined: the namespace is no viewer. */
export function scopeOf(facts: Facts, viewer: string): Scope | undefined {
  const frame = facts.frame()
  const root = frame.planes.get(viewer)?.root
  if (root === undefined) return undefined
  const open: Scope = { namespace: viewer, name: 'scope', entries: undefined }
  if (frame.ambient.has(viewer)) return open
  const sidecar = defaultSidecar(facts, viewer) ?? (root === viewer ? undefined : defaultSidecar(facts, root))
  if (sidecar === undefined) return open
  const entries = recordsOf(specOf(sidecar).egress)
    .flatMap(({ hosts }) => textsOf(hosts))
    .flatMap((host) => entryOf(host, viewer))
  return entries.length === 0 ? open : { ...open, entries }
}

/** Scopes of the viewers that may import the object: no others do. `limited`: without those that import everything. */
export function scopesFor(
  facts: Facts,
  viewers: Viewers,
  object: ConfigObject,
  limited: 'all' | 'limited' = 'all',
): readonly Scope[] {
  const found = new Set(facts.scopes.get('*'))
  if (limited === 'all') for (const scope of facts.scopes.get('open')) found.add(scope)
  const rules = facts.frame()
  for (const host of hostsOf(object)) {
    const resolved = resolve(host, object.namespace, rules)
    for (const scope of facts.scopes.get(resolved.full ? resolved.ns : object.namespace)) found.add(scope)
  }
  return [...found].filter(({ namespace }) => sees(viewers, namespace))
}

/** Some viewer imports all of the objects. */
export function imported(facts: Facts, viewers: Viewers, objects: readonly ConfigObject[]): boolean {
  const [first] = objects
  if (first === undefined) return false
  return scopesFor(facts, viewers, first).some((scope) => objects.every((object) => imports(facts, scope, object)))
}

export function imports(facts: Facts, { entries }: Scope, object: ConfigObject): boolean {
  if (entries === undefined) return true
  const rules = facts.frame()
  return hostsOf(object).some((host) => importsHost(entries, rules, host, object.namespace))
}

const defaultSidecar = (facts: Facts, namespace: string): ConfigObject | undefined =>
  facts.inNamespace('sidecars.networking.istio.io', namespace).find((each) => isEmpty(workloadSelector(each)))

function entryOf(host: string, viewer: string): readonly Entry[] {
  const slash = host.indexOf('/')
  if (slash < 0) return []
  const written = host.slice(0, slash)
  const excludes = written.startsWith('~')
  const namespace = (excludes ? written.slice(1) : written) || '*'
  return [{ excludes, namespace: namespace === '.' ? viewer : namespace, dns: host.slice(slash + 1) }]
}

function hostsOf(object: ConfigObject): readonly string[] {
  if (object.kind === 'DestinationRule') return [destinationRule(object).host]
  return object.kind === 'VirtualService' ? virtualService(object).hosts : serviceEntry(object).hosts
}

function importsHost(entries: readonly Entry[], rules: HostRules, host: string, namespace: string): boolean {
  if (host === '') return false
  const matched = entries.filter((entry) => covers(entry, rules, host, namespace))
  return matched.some(({ excludes }) => !excludes) && !matched.some(({ excludes }) => excludes)
}

function covers(entry: Entry, rules: HostRules, h: string, namespace: string): boolean {
  const host = resolve(h, namespace, rules)
  const owner = host.full ? host.ns : namespace
  if (entry.namespace !== '*' && entry.namespace !== owner) return false
  const { dns } = entry
  if (dns === '*' || dns === h) return true
  if (!host.full) return dns === host.svc || within(host.svc, dns)
  const name = str(host)
  return (
    [name, host.svc, `${host.svc}.${host.ns}`].includes(dns) ||
    within(name, dns) ||
    within(h, dns) ||
    (isWildcard(host) && within(dns, name))
  )
}
