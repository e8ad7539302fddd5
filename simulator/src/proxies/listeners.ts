/** Listeners of a proxy: where it takes connections, and where each leads. */

import { clusterName, inboundName } from './clusters.ts'
import type { Destination } from './destinations.ts'
import type { SimProxy } from './proxy.ts'

export interface Listener {
  readonly name: string
  readonly [field: string]: unknown
}

export function listenersOf({ workload }: SimProxy, destinations: readonly Destination[]): readonly Listener[] {
  switch (workload.gateway) {
    case 'eastwest':
      return [listener('0.0.0.0', 15443, destinations.map(bySni))]
    case 'ingress':
      return [listener('0.0.0.0', 8080, [{ filters: [http({ rds: { route_config_name: 'http.8080' } })] }])]
    default:
      return [...outbound(destinations), ...catching(), inbound(workload.port)]
  }
}

/** One for each HTTP port of any service, one for each address and port of the others. */
function outbound(destinations: readonly Destination[]): Listener[] {
  const ports = [...new Set(destinations.filter(({ isHttp }) => isHttp).map(({ port }) => port))].sort((a, b) => a - b)
  const tcp = destinations.filter(({ isHttp }) => !isHttp)
  return [
    ...tcp.map((one) => listener(one.address, one.port, [{ filters: [tcpTo(clusterName(one, '', 'plain'))] }])),
    ...ports.map((port) => ({
      ...listener('0.0.0.0', port, [
        {
          filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] },
          filters: [http({ rds: { route_config_name: String(port) } })],
        },
      ]),
      default_filter_chain: { filters: [tcpTo('PassthroughCluster')] },
    })),
  ]
}

const catching = (): Listener[] => [
  listener('0.0.0.0', 15001, [
    { filter_chain_match: { destination_port: 15001 }, filters: [tcpTo('BlackHoleCluster')] },
    { filters: [tcpTo('PassthroughCluster')] },
  ]),
]

function inbound(port = 8080): Listener {
  const toOwn = { domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: inboundName(port) } }] }
  const mutual = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2']
  const own = [http({ route_config: { name: inboundName(port), virtual_hosts: [toOwn] } })]
  return listener('0.0.0.0', 15006, [
    { filter_chain_match: { destination_port: 15006 }, filters: [tcpTo('BlackHoleCluster')] },
    {
      filter_chain_match: {
        destination_port: port,
        transport_protocol: 'tls',
        application_protocols: ['istio', 'istio-peer-exchange', ...mutual],
      },
      filters: own,
    },
    { filter_chain_match: { destination_port: port, transport_protocol: 'raw_buffer' }, filters: own },
    { filters: [tcpTo('InboundPassthroughCluster')] },
  ])
}

const bySni = (destination: Destination): unknown => {
  const name = clusterName(destination, '', 'sni')
  return { filter_chain_match: { server_names: [name] }, filters: [tcpTo(name)] }
}

const listener = (address: string, port: number, filter_chains: readonly unknown[]): Listener => ({
  name: `${address}_${port}`,
  address: { socket_address: { address, port_value: port } },
  filter_chains,
})

const http = (typed_config: unknown): unknown => ({
  name: 'envoy.filters.network.http_connection_manager',
  typed_config,
})

const tcpTo = (cluster: string): unknown => ({ name: 'envoy.filters.network.tcp_proxy', typed_config: { cluster } })
