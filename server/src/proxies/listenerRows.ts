/** One row for each filter chain of a listener of Envoy: what it takes, and where that goes (reference: api.md 13.4). */
import type { ListenerRow } from '@binocle/api/proxies'
import { isRecord, type Json } from '../inventory/json.ts'
import { at, listAt, numberAt, recordAt, textAt, textsAt } from './fields.ts'
import { matchOf } from './routeMatch.ts'

export function listenerRows(listener: Json): ListenerRow[] {
  const address = textAt(listener, 'address', 'socket_address', 'address')
  const port = numberAt(listener, 'address', 'socket_address', 'port_value')
  const byDefault = at(listener, 'default_filter_chain')
  const chains = [...listAt(listener, 'filter_chains'), ...(isRecord(byDefault) ? [byDefault] : [])]
  return chains.map((chain) => ({
    address,
    port,
    match: chainMatch(recordAt(chain, 'filter_chain_match')),
    destination: destinationOf(listAt(chain, 'filters')),
  }))
}

function chainMatch(match: Json): string {
  const names = textsAt(match, 'server_names')
  const transport = textAt(match, 'transport_protocol')
  const parts = [
    names.length === 0 ? '' : `SNI: ${names.join(', ')}`,
    transport === '' ? '' : `Trans: ${transport}`,
    protocolsOf(textsAt(match, 'application_protocols')),
    addressOf(match),
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'ALL' : parts.join('; ')
}

/** By the sets of application protocols that Istio uses. */
function protocolsOf(protocols: readonly string[]): string {
  if (protocols.length === 0) return ''
  const names = protocols.join(',')
  return `App: ${knownProtocols.get(names) ?? names}`
}

const knownProtocols: ReadonlyMap<string, string> = new Map([
  ['http/1.0,http/1.1,h2c,istio-http/1.0,istio-http/1.1,istio-h2', 'HTTP TLS'],
  ['istio,istio-http/1.0,istio-http/1.1,istio-h2', 'Istio HTTP Plain'],
  ['istio-peer-exchange,istio', 'TCP TLS'],
  ['http/1.0,http/1.1,h2c', 'HTTP'],
])

function addressOf(match: Json): string {
  const port = numberAt(match, 'destination_port')
  const ranges = listAt(match, 'prefix_ranges').map(
    (range) => `${textAt(range, 'address_prefix')}/${numberAt(range, 'prefix_len')}`,
  )
  if (port === 0 && ranges.length === 0) return ''
  return `Addr: ${ranges.length === 0 ? '*' : ranges.join(', ')}${port === 0 ? '' : `:${port}`}`
}

/** The first filter that says it. */
function destinationOf(filters: readonly unknown[]): string {
  for (const filter of filters) {
    const config = at(filter, 'typed_config')
    const name = textAt(filter, 'name')
    if (name.endsWith('http_connection_manager')) return httpDestination(config)
    if (name.endsWith('tcp_proxy')) return clusterText(textAt(config, 'cluster'))
  }
  return filters.length === 0 ? '' : 'Non-HTTP/Non-TCP'
}

function httpDestination(config: unknown): string {
  const rds = textAt(config, 'rds', 'route_config_name')
  if (rds !== '') return `Route: ${rds}`
  const inline = at(config, 'route_config')
  return isRecord(inline) ? inlineRoutes(inline) : 'HTTP'
}

function inlineRoutes(config: Json): string {
  const hosts = listAt(config, 'virtual_hosts')
  const [host] = hosts
  const [route] = listAt(host, 'routes')
  const takesAll = textsAt(host, 'domains').join() === '*' && textAt(route, 'match', 'prefix') === '/'
  const cluster = textAt(route, 'route', 'cluster')
  // What goes to one cluster whatever it asks for is told by it.
  if (hosts.length === 1 && listAt(host, 'routes').length === 1 && takesAll && cluster !== '')
    return clusterText(cluster)
  const texts = hosts.map((each) => {
    const domains = textsAt(each, 'domains').join('/')
    const matches = listAt(each, 'routes').map((one) => matchOf(recordAt(one, 'match')))
    return [domains === '*' ? '' : domains, matches.join(', ')].filter((text) => text !== '').join(' ')
  })
  return `Inline Route: ${texts.join('; ')}`
}

/** `PassthroughCluster` and `BlackHoleCluster` say it themselves. */
const clusterText = (name: string): string => (name.includes('Cluster') ? name : `Cluster: ${name}`)
