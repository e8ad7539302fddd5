import { describe, expect, it } from 'vitest'
import { createPacer } from '../outbound/pacer.ts'
import { createDumpReader } from './dump.ts'
import { summaryOf } from './summary.ts'

const domain = 'svc.cluster.local'
const names = { domain, isNamespace: (name: string) => name === 'shop' }
const pacer = createPacer()

function dumpOf(section: object) {
  const reader = createDumpReader()
  reader.push(
    Buffer.from(JSON.stringify({ configs: [{ '@type': 'x.BootstrapConfigDump', bootstrap: { node: {} } }, section] })),
  )
  return reader.end()
}

const made = (kind: string, name: string) => ({
  metadata: { filter_metadata: { istio: { config: `/apis/networking.istio.io/v1/namespaces/shop/${kind}/${name}` } } },
})
const host = (service: string, namespace: string) => ({ service, namespace, cluster: domain, complete_input: true })
const unknown = (service: string) => ({ service, namespace: '', cluster: '', complete_input: false })

describe('the clusters of a dump', () => {
  const rowOf = async (cluster: object) =>
    (await summaryOf(dumpOf({ dynamic_active_clusters: [{ cluster }] }), 'clusters', names, pacer)).clusters?.[0]

  it.each([
    ['outbound|80|v1|cart.shop.svc.cluster.local', 'outbound', 80, 'v1', host('cart', 'shop')],
    ['outbound_.8080_._.cart.shop.svc.cluster.local', 'outbound', 8080, '', host('cart', 'shop')],
    ['outbound_.8080_.v1_.cart.shop.svc.cluster.local', 'outbound', 8080, 'v1', host('cart', 'shop')],
    ['inbound|8080||', 'inbound', 8080, '', host('', '')],
    ['outbound|443||api.example.com', 'outbound', 443, '', unknown('api.example.com')],
    ['PassthroughCluster', '', 0, '', unknown('PassthroughCluster')],
  ])('%s', async (name, direction, port, subset, service_fqdn) => {
    expect(await rowOf({ name })).toEqual({ service_fqdn, port, subset, direction, type: '', destination_rule: '' })
  })

  it('name their kind and the DestinationRule they are made of', async () => {
    const row = await rowOf({ name: 'x', type: 'EDS', ...made('destination-rule', 'cart') })
    expect([row?.type, row?.destination_rule]).toEqual(['EDS', 'cart.shop'])
  })

  it('that were sent come before those that always are', async () => {
    const section = {
      static_clusters: [{ cluster: { name: 'agent' } }],
      dynamic_active_clusters: [{ cluster: { name: 'x' } }],
    }
    const { clusters } = await summaryOf(dumpOf(section), 'clusters', names, pacer)
    expect(clusters?.map(({ service_fqdn }) => service_fqdn.service)).toEqual(['x', 'agent'])
  })
})

describe('the routes of a dump', () => {
  const rowsOf = async (...virtual_hosts: object[]) => {
    const section = { dynamic_route_configs: [{ route_config: { name: '80', virtual_hosts } }] }
    return (await summaryOf(dumpOf(section), 'routes', names, pacer)).routes
  }
  const domains = ['10.0.0.1', 'cart.shop.svc.cluster.local', 'cart.shop.svc']

  it('are one row each, by what they match', async () => {
    const to = { route: { cluster: 'outbound|80||cart' } }
    const rows = await rowsOf({
      domains,
      routes: [
        { match: { prefix: '/' }, ...to, ...made('virtual-service', 'cart') },
        { match: { path: '/cart', safe_regex: { regex: 'a.*' } }, ...to },
        { match: { path_separated_prefix: '/api' }, direct_response: { status: 404 } },
      ],
    })
    expect(rows).toEqual([
      { name: '80', domains: host('cart', 'shop'), match: '/*', virtual_service: 'cart.shop' },
      { name: '80', domains: host('cart', 'shop'), match: '/cart regex a.*', virtual_service: '' },
      { name: '80', domains: host('cart', 'shop'), match: '/api*', virtual_service: '' },
    ])
  })

  it.each([
    ['cart.shop', host('cart', 'shop')],
    ['cart.nosuch', unknown('cart.nosuch')],
    ['cart.nosuch.svc', host('cart', 'nosuch')],
    ['api.example.com', unknown('api.example.com')],
    ['*', host('*', '')],
  ])('are of the service %s', async (name, expected) => {
    const rows = await rowsOf({ domains: [`${name}.longer`, name], routes: [] })
    expect(rows?.[0]?.domains).toEqual(expected)
  })

  it('that let everything pass are left out, and a host without any answers 404', async () => {
    const rows = await rowsOf(
      { domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'PassthroughCluster' } }] },
      { domains: ['blackhole'], routes: [] },
    )
    expect(rows).toEqual([{ name: '80', domains: host('blackhole', ''), match: '/*', virtual_service: '404' }])
  })
})

describe('the listeners of a dump', () => {
  const rowOf = async (chain: object) => {
    const listener = { address: { socket_address: { address: '0.0.0.0', port_value: 80 } }, filter_chains: [chain] }
    const section = { dynamic_listeners: [{ name: 'x', active_state: { listener } }, { name: 'refused' }] }
    return (await summaryOf(dumpOf(section), 'listeners', names, pacer)).listeners?.[0]
  }
  const tcp = (cluster: string) => [
    { name: 'istio.stats' },
    { name: 'envoy.filters.network.tcp_proxy', typed_config: { cluster } },
  ]
  const http = (typed_config: object) => [{ name: 'envoy.filters.network.http_connection_manager', typed_config }]
  const inline = (...virtual_hosts: object[]) => http({ route_config: { virtual_hosts } })
  const toOwn = { match: { prefix: '/' }, route: { cluster: 'inbound|80||' } }

  it.each([
    ['everything', {}, 'ALL'],
    ['names', { server_names: ['a', 'b'], transport_protocol: 'tls' }, 'SNI: a, b; Trans: tls'],
    ['HTTP', { application_protocols: ['http/1.0', 'http/1.1', 'h2c'] }, 'App: HTTP'],
    ['mutual TLS', { application_protocols: ['istio-peer-exchange', 'istio'] }, 'App: TCP TLS'],
    ['other protocols', { application_protocols: ['h3'] }, 'App: h3'],
    ['a port', { destination_port: 15006 }, 'Addr: *:15006'],
    [
      'addresses',
      {
        prefix_ranges: [{ address_prefix: '10.0.0.1', prefix_len: 32 }, { address_prefix: '::' }],
        destination_port: 1,
      },
      'Addr: 10.0.0.1/32, ::/0:1',
    ],
  ])('take %s', async (_what, filter_chain_match, match) => {
    expect(await rowOf({ filter_chain_match, filters: [] })).toEqual({
      address: '0.0.0.0',
      port: 80,
      match,
      destination: '',
    })
  })

  it.each([
    ['a cluster', tcp('outbound|80||cart'), 'Cluster: outbound|80||cart'],
    ['where everything passes', tcp('PassthroughCluster'), 'PassthroughCluster'],
    ['routes', http({ rds: { route_config_name: '80' } }), 'Route: 80'],
    ['one cluster for all', inline({ domains: ['*'], routes: [toOwn] }), 'Cluster: inbound|80||'],
    [
      'routes of its own',
      inline({ domains: ['a', 'b'], routes: [toOwn, { match: { path: '/x' } }] }),
      'Inline Route: a/b /*, /x',
    ],
    ['what is HTTP', http({}), 'HTTP'],
    ['what is neither', [{ name: 'envoy.filters.network.sni_cluster' }], 'Non-HTTP/Non-TCP'],
  ])('lead to %s', async (_what, filters, destination) => {
    expect((await rowOf({ filters }))?.destination).toBe(destination)
  })

  it('have a last chain for what no other takes', async () => {
    const listener = { filter_chains: [{ filters: [] }], default_filter_chain: { filters: tcp('BlackHoleCluster') } }
    const { listeners } = await summaryOf(dumpOf({ static_listeners: [{ listener }] }), 'listeners', names, pacer)
    expect(listeners?.map(({ destination }) => destination)).toEqual(['', 'BlackHoleCluster'])
  })
})

describe('the summary of a dump', () => {
  it('has the whole section of the bootstrap', async () => {
    expect(await summaryOf(dumpOf({}), 'bootstrap', names, pacer)).toEqual({
      bootstrap: { bootstrap: { '@type': 'x.BootstrapConfigDump', bootstrap: { node: {} } } },
    })
  })

  it('is empty of what has none', async () => {
    expect(await summaryOf(dumpOf({}), 'endpoints', names, pacer)).toEqual({})
  })

  it('leaves out what is not written as Envoy writes it', async () => {
    const section = {
      dynamicActiveClusters: [{ cluster: { name: 'x' } }],
      dynamic_active_clusters: ['x', { other: 1 }],
    }
    expect(await summaryOf(dumpOf(section), 'clusters', names, pacer)).toEqual({ clusters: [] })
  })
})
