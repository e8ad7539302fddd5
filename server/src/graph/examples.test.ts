/** Worked examples: rows in, the whole document out. The expected documents stand in `examples/`, one line per element. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { deployment, istio, namespace, pod, service, type TestObject, testMesh } from '../catalog/testing.ts'
import { parseGraphOptions } from './options.ts'
import { keysIn, lines, readGraph, type TestTraffic, testTraffic } from './testing.ts'

interface Example extends TestTraffic {
  readonly query: Record<string, string>
  readonly objects?: readonly TestObject[]
  readonly south?: readonly TestObject[]
}

const everything: Scope = { key: 'all', seesCluster: () => 'yes', sees: () => 'yes' }
const shop = [namespace('shop')]

async function graphOf({ query, objects = shop, south, ...traffic }: Example) {
  const clusters = south === undefined ? { north: objects } : { north: objects, south }
  const mesh = { ...testMesh(clusters), traffic: testTraffic(traffic) }
  const standard = {
    namespaces: 'shop',
    duration: '60s',
    queryTime: '1700000000',
    ambientTraffic: 'none',
    appenders: '',
  }
  return readGraph(mesh, everything, parseGraphOptions(mesh, everything, undefined, { ...standard, ...query }))
}

async function check(name: string, example: Example): Promise<void> {
  const text = readFileSync(new URL(`examples/${name}.jsonl`, import.meta.url), 'utf8')
  const expected: unknown[] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines(await graphOf(example), keysIn(text))).toEqual(expected)
}

const web = 'north/shop/web-v1/web/v1'
const cart = 'north/shop/cart.shop.svc.cluster.local/cart/shop/cart-v1/cart/v1'
const cart2 = 'north/shop/cart.shop.svc.cluster.local/cart/shop/cart-v2/cart/v2'
const stock = 'north/shop/stock.shop.svc.cluster.local/stock/shop/stock-v1/stock/v1'
const nobody = 'unknown/unknown/unknown/unknown'

describe('worked examples', () => {
  it('E1: a call that both ends report counts once, what only the client saw is added', () =>
    check('E1', {
      query: {},
      rows: {
        requests: [
          `destination ${web} → ${cart} | http 200 ~ - | 8`,
          `destination ${web} → ${cart} | http 500 ~ - | 0.4`,
          `source ${web} → ${cart} | http 200 ~ - | 8.2`,
          `source ${web} → ${cart} | http 500 ~ - | 0.6`,
          `source ${web} → ${cart} | http 503 ~ URX | 0.5`,
          `source ${web} → unknown/shop/cart.shop.svc.cluster.local/cart/${nobody} | http 503 ~ UO | 0.25`,
        ],
      },
    }))

  const versions = {
    requests: [
      `destination ${web} → ${cart} | http 200 ~ - | 6`,
      `destination ${web} → ${cart2} | http 200 ~ - | 1.5`,
      `destination ${web} → ${cart2} | http 404 ~ - | 0.5`,
      `destination north/shop/cart-v1/cart/v1 → ${stock} | http 200 ~ - | 3`,
      `destination north/shop/cart-v2/cart/v2 → ${stock} | http 200 ~ - | 1`,
    ],
  }
  it('E2: versions stand in a box of their app', () =>
    check('E2a', { query: { graphType: 'versionedApp', injectServiceNodes: 'true' }, rows: versions }))
  it('E2: in an app graph versions collapse', () => check('E2b', { query: { graphType: 'app' }, rows: versions }))
  it('E2: in a service graph what workloads call is what their service calls', () =>
    check('E2c', { query: { graphType: 'service' }, rows: versions }))

  it('E3: unknown ends, passthrough and black hole are shown, unusable rows are not', () =>
    check('E3', {
      query: { injectServiceNodes: 'true' },
      objects: [...shop, namespace('istio-system')],
      rows: {
        requests: [
          'source north/istio-system/ingress/ingress/latest → unknown/unknown/old.shop.svc.cluster.local/old/unknown/unknown/unknown/latest | http 404 ~ NR | 0.3',
          'destination unknown/unknown/unknown/unknown/unknown → north/shop/web.shop.svc.cluster.local/web/shop/web-v1/web/v1 | http 200 ~ - | 3',
          `destination ${web} → unknown/shop/10.1.2.3:80/10.1.2.3:80/${nobody} | http 200 ~ - | 9`,
          `destination north/shop/unknown/unknown/unknown → ${cart} | http 200 ~ - | 9`,
          `destination unknown/shop/web-v1/web/v1 → ${cart} | http 200 ~ - | 9`,
          `source ${web} → unknown/unknown/api.example.com/PassthroughCluster/${nobody} | http 200 ~ - | 1`,
          `source ${web} → unknown/unknown/bad.example.com/BlackHoleCluster/${nobody} | http 502 ~ - | 0.2`,
          `source ${web} → ${cart} | http 0 ~ DC | 0.004`,
        ],
      },
    }))

  const southStock = 'south/shop/stock.shop.svc.cluster.local/stock/shop/stock-v1/stock/v1'
  it('E4: a service in two clusters is two nodes, a call that names no cluster is charged to the caller', () =>
    check('E4', {
      query: { injectServiceNodes: 'true', boxBy: 'cluster' },
      south: shop,
      rows: {
        requests: [
          `destination ${web} → ${stock} | http 200 ~ - | 3`,
          `destination ${web} → ${southStock} | http 200 ~ - | 1`,
          `source ${web} → ${stock} | http 200 ~ - | 3.1`,
          `source ${web} → ${southStock} | http 200 ~ - | 1.1`,
          `source ${web} → unknown/shop/stock.shop.svc.cluster.local/stock/${nobody} | http 503 ~ UH | 0.2`,
        ],
      },
    }))

  it('E5: gRPC calls count by their own status', () =>
    check('E5a', {
      query: {},
      rows: {
        requests: [
          `destination ${web} → ${cart} | grpc 200 0 - | 4`,
          `destination ${web} → ${cart} | grpc 200 14 - | 0.5`,
          `destination ${web} → ${cart} | grpc 0 ~ DC | 0.1`,
          `destination ${web} → ${cart} | grpc 503 14 UF | 0.2`,
          `destination ${web} → ${cart} | http 200 ~ - | 2`,
        ],
      },
    }))
  it('E5: messages of both directions add up', () =>
    check('E5b', {
      query: { rateGrpc: 'total', rateHttp: 'none', rateTcp: 'none' },
      rows: {
        requestMessages: [`destination ${web} → ${cart} || 10`, `source ${web} → ${cart} || 11`],
        responseMessages: [`destination ${web} → ${cart} || 20`],
      },
    }))

  const waypoint = 'north/shop/shop-wp/shop-wp/latest'
  const toWaypoint = 'north/shop/cart.shop.svc.cluster.local/cart/shop/shop-wp/shop-wp/latest'
  const ambient = {
    objects: [
      namespace('shop', { 'istio.io/dataplane-mode': 'ambient' }),
      deployment('shop', 'shop-wp', {
        labels: {
          'gateway.networking.k8s.io/gateway-name': 'shop-wp',
          'gateway.istio.io/managed': 'istio.io-mesh-controller',
        },
      }),
    ],
    rows: {
      requests: [`waypoint ${web} → ${cart} | http 200 ~ - | 6`],
      tcpReceived: [
        `destination(ztunnel) ${web} → ${toWaypoint} | - | 120`,
        `destination(ztunnel) ${waypoint} → ${cart} | - | 118`,
        `source(ztunnel) ${web} → ${toWaypoint} | - | 120`,
        `source(ztunnel) ${waypoint} → ${cart} | - | 118`,
      ],
    },
  }
  const ambientQuery = { injectServiceNodes: 'true', ambientTraffic: 'total', appenders: 'ambient' }
  it('E6: a waypoint stands between client and server on the lower layer only', () =>
    check('E6', { ...ambient, query: ambientQuery }))
  it('E6: without waypoints their numbers stay at their neighbours', async () => {
    const { elements } = await graphOf({ ...ambient, query: { ...ambientQuery, waypoints: 'false' } })
    expect(elements.edges.map(({ data }) => data.traffic.protocol)).toEqual(['http', 'http'])
    expect(elements.nodes.find(({ data }) => data.workload === 'cart-v1')?.data.traffic).toContainEqual({
      protocol: 'tcp',
      rates: { tcpIn: '118.00' },
    })
  })
  it.each([
    ['none', []],
    ['waypoint', ['http', 'http']],
    ['ztunnel', ['tcp', 'tcp']],
  ])('E6: ambientTraffic=%s counts only its own reporters', async (ambientTraffic, protocols) => {
    const { elements } = await graphOf({ ...ambient, query: { ...ambientQuery, ambientTraffic } })
    expect(elements.edges.map(({ data }) => data.traffic.protocol)).toEqual(protocols)
  })

  it('E7: the hosts of a ServiceEntry become one node', () =>
    check('E7', {
      query: { appenders: 'serviceEntry' },
      objects: [
        ...shop,
        istio('ServiceEntry', 'shop', 'pay-ext', {
          hosts: ['api.pay.example', 'www.pay.example'],
          location: 'MESH_EXTERNAL',
        }),
      ],
      rows: {
        requests: [
          `source ${web} → unknown/unknown/api.pay.example/api.pay.example/${nobody} | http 200 ~ - | 2`,
          `source ${web} → unknown/unknown/www.pay.example/www.pay.example/${nobody} | http 200 ~ - | 1`,
          `source ${web} → unknown/unknown/www.pay.example/www.pay.example/${nobody} | http 503 ~ - | 1`,
        ],
      },
    }))

  const ledger = 'north/bank/ledger.bank.svc.cluster.local/ledger/bank/ledger-v1/ledger/v1'
  it.each(['shop,bank', 'bank,shop'])('E8: namespaces %s are joined alike', (namespaces) =>
    check('E8', {
      query: { namespaces },
      objects: [...shop, namespace('bank')],
      rows: {
        requests: [
          `source ${web} → ${ledger} | http 200 ~ - | 2`,
          `destination ${web} → ${ledger} | http 200 ~ - | 1.9`,
          `destination north/ops/probe/probe/v1 → ${ledger} | http 200 ~ - | 0.1`,
        ],
      },
    }),
  )

  it('E9: response time, mutual TLS and throughput belong to the edges that carry them', () =>
    check('E9', {
      query: { injectServiceNodes: 'true', appenders: 'responseTime,securityPolicy,throughput', responseTime: '95' },
      rows: {
        requests: [
          `destination ${web} → ${cart} | http 200 ~ - | 6`,
          `destination ${web} → ${cart2} | http 200 ~ - | 2`,
        ],
      },
      extra: (table) => {
        if (table.kind === 'responseTime') {
          return table.reporters.includes('destination')
            ? [{ row: `x ${web} → ${cart} | http ~ ~ ~ | 12.5` }, { row: `x ${web} → ${cart2} | http ~ ~ ~ | 80.4` }]
            : [{ row: `x ${web} → ${cart} | http ~ ~ ~ | 14` }]
        }
        if (table.kind === 'throughput') {
          return [{ row: `destination ${web} → ${cart} || 1500.5` }, { row: `destination ${web} → ${cart2} || 499.5` }]
        }
        return table.kind === 'security' && table.family === 'requests'
          ? [
              { row: `destination ${web} → ${cart} || 6`, labels: secured },
              { row: `destination ${web} → ${cart2} || 2`, labels: open },
            ]
          : []
      },
    }))
  const secured = {
    connection_security_policy: 'mutual_tls',
    source_principal: 'spiffe://cluster.local/ns/shop/sa/web',
    destination_principal: 'spiffe://cluster.local/ns/shop/sa/cart',
  }
  const open = { connection_security_policy: 'none', source_principal: 'unknown', destination_principal: 'unknown' }

  it('E10: services and workloads without traffic are idle nodes', async () => {
    const example = {
      objects: [
        service('shop', 'web'),
        service('shop', 'cart'),
        service('shop', 'gift'),
        deployment('shop', 'web-v1', { labels: { app: 'web', version: 'v1' } }),
        deployment('shop', 'cart-v1', { labels: { app: 'cart', version: 'v1' } }),
        deployment('shop', 'gift-v1', { labels: {} }),
        pod('shop', 'web-1', { app: 'web', version: 'v1' }, { owner: { kind: 'Deployment', name: 'web-v1' } }),
        pod('shop', 'cart-1', { app: 'cart', version: 'v1' }, { owner: { kind: 'Deployment', name: 'cart-v1' } }),
      ],
      rows: { requests: [`destination ${web} → ${cart} | http 200 ~ - | 6`] },
    }
    const query = { injectServiceNodes: 'true', appenders: 'deadNode,idleNode' }
    const text = readFileSync(new URL('examples/E10.jsonl', import.meta.url), 'utf8')
    const expected: unknown[] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const found = await graphOf({ ...example, query })
    expect(lines(found, keysIn(text))).toEqual(expect.arrayContaining(expected))
    expect(found.elements.nodes.map(({ data }) => data.service ?? data.workload)).toEqual([
      'gift-v1',
      'cart',
      'gift',
      'web',
      'cart-v1',
      'web-v1',
    ])
    const without = await graphOf({ ...example, query: { appenders: 'deadNode,idleNode' } })
    expect(without.elements.nodes.filter(({ data }) => data.isIdle)).toEqual([])
  })

  it('E11: operations stand between caller and called', async () => {
    const operations: Example = {
      query: { appenders: 'aggregateNode' },
      rows: { requests: [`destination ${web} → ${cart} | http 200 ~ - | 6`] },
      extra: (table) =>
        table.kind === 'aggregate'
          ? [
              { row: `destination ${web} → ${cart} | http 200 ~ - | 4`, labels: { request_operation: 'Checkout' } },
              { row: `destination ${web} → ${cart} | http 200 ~ - | 1.5`, labels: { request_operation: 'Browse' } },
            ]
          : [],
    }
    const text = readFileSync(new URL('examples/E11.jsonl', import.meta.url), 'utf8')
    const expected: unknown[] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const found = lines(await graphOf(operations), keysIn(text))
    expect(found).toHaveLength(expected.length)
    expect(found).toEqual(expect.arrayContaining(expected))
    const injected = await graphOf({ ...operations, query: { ...operations.query, injectServiceNodes: 'true' } })
    expect(
      injected.elements.nodes.find(({ data }) => data.aggregate === 'request_operation=Browse')?.data,
    ).toMatchObject({
      app: 'cart',
      service: 'cart',
    })
  })
})
