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
import { namesOf, type Viewers } from './viewers.ts'

/** Some viewer imports all of the objects. */
export const imported = (facts: Facts, viewers: Viewers, objects: readonly ConfigObject[]): boolean =>
  namesOf(facts.frame(), viewers).some((viewer) => objects.every((object) => imports(facts, viewer, object)))

export function imports(facts: Facts, viewer: string, object: ConfigObject): boolean {
  const entries = scopeOf(facts, viewer)
  if (entries === undefined) return true
  const rules = facts.frame()
  return hostsOf(object).some((host) => importsHost(entries, rules, host, object.namespace))
}

interface Entry {
  readonly excludes: boolean
  readonly namespace: string
  readonly dns: string
}

/** undefined: everything is let in. */
function scopeOf(facts: Facts, viewer: string): readonly Entry[] | undefined {
  const frame = facts.frame()
  if (frame.ambient.has(viewer)) return undefined
  const root = frame.planes.get(viewer)?.root
  const sidecar =
    defaultSidecar(facts, viewer) ?? (root === undefined || root === viewer ? undefined : defaultSidecar(facts, root))
  if (sidecar === undefined) return undefined
  const entries = recordsOf(specOf(sidecar).egress)
    .flatMap(({ hosts }) => textsOf(hosts))
    .flatMap((host) => entryOf(host, viewer))
  return entries.length === 0 ? undefined : entries
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
