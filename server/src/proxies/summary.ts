/**
 * The tables of an Envoy's configuration, in Kiali's form (reference: api.md 13.4). Read as Envoy writes it, in snake case;
 * what has another form is left out.
 */
import type { ClusterRow, ProxyHost, ProxySummary, RouteRow } from '@binocle/api/proxies'
import { isRecord, type Json } from '../inventory/json.ts'
import { parseHost } from '../istioconfig/hosts.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { type Dump, elementsOf } from './dump.ts'
import { at, listAt, recordAt, textAt } from './fields.ts'
import { listenerRows } from './listenerRows.ts'
import { matchOf } from './routeMatch.ts'
import { inTurns } from './turns.ts'

/** How names of services are recognised. */
export interface Names {
  /** Of services, e.g. `svc.cluster.local`. */
  readonly domain: string
  readonly isNamespace: (name: string) => boolean
}

/** What is none of the four resources has an empty summary. */
export async function summaryOf(dump: Dump, resource: string, names: Names, pacer: Pacer): Promise<ProxySummary> {
  switch (resource) {
    case 'bootstrap':
      return { bootstrap: { bootstrap: bootstrapOf(dump) } }
    case 'clusters':
      return { clusters: await rowsOf(dump, clusterLists, (one) => [clusterRow(one, names)], pacer) }
    case 'listeners':
      return { listeners: await rowsOf(dump, listenerLists, listenerRows, pacer) }
    case 'routes':
      return { routes: await rowsOf(dump, routeLists, (one) => routeRows(one, names), pacer) }
    default:
      return {}
  }
}

/** Whether a summary of it says anything. */
export const isSummarised = (resource: string): boolean =>
  ['bootstrap', 'clusters', 'listeners', 'routes'].includes(resource)

/** Names of lists, and where in an element of each the configuration stands; what was sent before what was there. */
type Lists = readonly (readonly [list: string, ...path: string[]])[]

const clusterLists: Lists = [
  ['dynamic_active_clusters', 'cluster'],
  ['static_clusters', 'cluster'],
]
const listenerLists: Lists = [
  ['dynamic_listeners', 'active_state', 'listener'],
  ['static_listeners', 'listener'],
]
const routeLists: Lists = [
  ['dynamic_route_configs', 'route_config'],
  ['static_route_configs', 'route_config'],
]

async function rowsOf<Row>(
  dump: Dump,
  lists: Lists,
  rowsIn: (one: Json) => readonly Row[],
  pacer: Pacer,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const [list, ...path] of lists) {
    // A listener that was refused has no active state.
    const ofOne = (element: unknown): readonly Row[] => {
      const one = at(element, ...path)
      return isRecord(one) ? rowsIn(one) : []
    }
    for (const row of await inTurns(elementsOf(dump, list), ofOne, pacer)) rows.push(row)
  }
  return rows
}

function bootstrapOf({ sections }: Dump): Json {
  const section = sections.find(({ type }) => type.endsWith('.BootstrapConfigDump'))
  const fields = (section?.fields ?? []).flatMap((field) => ('value' in field ? [[field.name, field.value]] : []))
  return Object.fromEntries(fields)
}

function clusterRow(cluster: Json, names: Names): ClusterRow {
  const name = textAt(cluster, 'name')
  const { direction, port, subset, host } = clusterName(name)
  const whole = { service: name, namespace: '', cluster: '', complete_input: false }
  return {
    service_fqdn: host === undefined ? whole : hostOf(host, names),
    port,
    subset,
    direction,
    type: textAt(cluster, 'type') || textAt(cluster, 'cluster_type', 'name'),
    destination_rule: configNameOf(cluster),
  }
}

/** `outbound|80|v1|reviews.shop.svc.cluster.local`; as the SNI of traffic between networks with `_.` for each bar. */
function clusterName(name: string): { direction: string; port: number; subset: string; host?: string } {
  const parts = name.split(/^(in|out)bound_\./.test(name) ? '_.' : '|')
  const [direction = '', port = '', subset = '', ...rest] = parts
  if (parts.length < 4) return { direction: '', port: 0, subset: '' }
  const number = Number.parseInt(port.replace(/_$/, ''), 10)
  return {
    direction: direction.replace(/_$/, ''),
    port: Number.isNaN(number) ? 0 : number,
    subset,
    host: rest.join(''),
  }
}

/** What is no name of a service stays whole (reference: validations.md 3, `resolve`). */
function hostOf(name: string, { domain, isNamespace }: Names): ProxyHost {
  const [service = '', namespace = '', third, ...rest] = name.split('.')
  const isShort = (third === undefined && isNamespace(namespace)) || (third === 'svc' && rest.length === 0)
  const host = isShort ? { service, namespace, domain } : parseHost(name, '', domain)
  return {
    service: host.service,
    namespace: host.namespace,
    cluster: host.domain,
    complete_input: host.domain !== '',
  }
}

function routeRows(config: Json, names: Names): RouteRow[] {
  const name = textAt(config, 'name')
  return listAt(config, 'virtual_hosts').flatMap((virtualHost) => {
    const domains = hostOf(shortest(listAt(virtualHost, 'domains')), names)
    const routes = listAt(virtualHost, 'routes')
    if (routes.length === 0) return [{ name, domains, match: '/*', virtual_service: '404' }]
    return routes
      .filter((route) => textAt(route, 'route', 'cluster') !== 'PassthroughCluster')
      .map((route) => ({
        name,
        domains,
        match: matchOf(recordAt(route, 'match')),
        virtual_service: configNameOf(route),
      }))
  })
}

/** The one that reads best: addresses are left out. */
function shortest(domains: readonly unknown[]): string {
  let found = ''
  for (const domain of domains) {
    if (typeof domain !== 'string' || /^[1-9]/.test(domain)) continue
    if (found === '' || domain.length < found.length) found = domain
  }
  return found
}

/** `<name>.<namespace>` of the object that Istio made it of; '' when it names none. */
function configNameOf(made: unknown): string {
  const path = textAt(made, 'metadata', 'filter_metadata', 'istio', 'config')
  const [, namespace, name] = /\/namespaces\/([^/]+)\/[^/]+\/([^/]+)$/.exec(path) ?? []
  return name === undefined ? '' : `${name}.${namespace}`
}
