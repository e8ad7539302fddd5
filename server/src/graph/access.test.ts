/** What a viewer learns of what he may not see: that there is traffic, and nothing else. */
import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { deployment, service, testMesh } from '../catalog/testing.ts'
import { parseGraphOptions } from './options.ts'
import { readGraph, sample, testTraffic } from './testing.ts'

const secret = (name: string) => `west/vault/${name}.vault.svc.cluster.local/${name}/vault/${name}-v1/${name}/v9`
const web = 'east/shop/web-v1/web/v1'
const rows = [
  `source ${web} → ${secret('hidden')} | http 200 ~ - | 2`,
  `source ${web} → ${secret('buried')} | http 500 ~ - | 1`,
  `source west/shop/buried-v1/buried/v9 → ${secret('buried')} | http 200 ~ - | 50`,
  'destination west/shop/buried-v1/buried/v9 → west/shop/hidden.shop.svc.cluster.local/hidden/shop/hidden-v1/hidden/v9 | http 200 ~ - | 60',
  'destination west/vault/hidden-v1/hidden/v9 → east/shop/cart.shop.svc.cluster.local/cart/shop/cart-v1/cart/v1 | http 200 ~ - | 4',
  'source west/shop/hidden-v1/hidden/v9 → unknown/unknown/leak.example.com/PassthroughCluster/unknown/unknown/unknown/unknown | http 200 ~ - | 7',
  `source ${web} → unknown/unknown/api.example.com/PassthroughCluster/unknown/unknown/unknown/unknown | http 200 ~ - | 3`,
]
const mesh = {
  ...testMesh({
    east: [service('shop', 'cart'), deployment('shop', 'web-v1'), deployment('shop', 'cart-v1')],
    west: [service('shop', 'web'), service('vault', 'hidden'), deployment('vault', 'hidden-v1')],
  }),
  traffic: testTraffic({
    rows: { requests: rows },
    extra: (table) =>
      table.kind === 'security'
        ? [
            {
              row: `destination ${web} → ${secret('hidden')} || 2`,
              labels: {
                connection_security_policy: 'mutual_tls',
                source_principal: 'spiffe://web',
                destination_principal: 'spiffe://vault/hidden',
              },
            },
          ]
        : [],
  }),
}
const onlyEast: Scope = {
  key: 'east',
  seesCluster: (cluster) => (cluster === 'east' ? 'yes' : 'no'),
  sees: ({ cluster }) => (cluster === 'east' ? 'yes' : 'unknown'),
}

describe.each(['app', 'versionedApp', 'workload', 'service'])('a %s graph for who sees east only', (graphType) => {
  const graph = () =>
    readGraph(mesh, onlyEast, parseGraphOptions(mesh, onlyEast, undefined, { namespaces: 'shop', graphType }))

  it.each(['AUTH-146', 'AUTH-T4'])('%s: holds no name, host, principal or label of west', async () => {
    expect(JSON.stringify(await graph())).not.toMatch(/west|vault|hidden|buried|leak|v9/)
  })
})

describe('the restricted node', () => {
  const options = (query: Record<string, string>) =>
    parseGraphOptions(mesh, onlyEast, undefined, { namespaces: 'shop', ...query })

  it('sums what crosses the border, and nothing that happens behind it', async () => {
    const { elements } = await readGraph(mesh, onlyEast, options({ appenders: '' }))
    const restricted = elements.nodes.filter(({ data }) => data.isInaccessible && data.service === undefined)
    expect(restricted.map(({ data }) => data.traffic)).toEqual([
      [{ protocol: 'http', rates: { httpIn: '3.00', httpIn5xx: '1.00', httpOut: '4.00' } }],
    ])
    const passthrough = elements.nodes.find(({ data }) => data.service === 'PassthroughCluster')
    expect(passthrough?.data.traffic).toEqual([{ protocol: 'http', rates: { httpIn: '3.00' } }])
  })

  it('keeps the principals of its neighbours to itself', async () => {
    const { elements } = await readGraph(mesh, onlyEast, options({ appenders: 'securityPolicy' }))
    expect(elements.edges.flatMap(({ data }) => [data.sourcePrincipal, data.destPrincipal]).filter(Boolean)).toEqual([])
  })

  it('does not say what is called like a requested namespace in a cluster that may not be seen', async () => {
    const namesakes = {
      ...mesh,
      traffic: testTraffic({
        rows: {
          requests: [
            'source east/pay/desk-v1/desk/v1 → west/shop/web.shop.svc.cluster.local/web/shop/web-v1/web/v1 | http 200 ~ - | 5',
          ],
        },
      }),
    }
    const { elements } = await readGraph(namesakes, onlyEast, options({ appenders: '' }))
    expect(elements.nodes).toEqual([])
  })

  it('is not there where the configuration hides it, nor are calls to it', async () => {
    const hiding = { ...mesh, config: { ...mesh.config, graph: { inaccessible: 'hide' as const } } }
    const { elements } = await readGraph(hiding, onlyEast, options({ appenders: '' }))
    expect(elements.nodes.filter(({ data }) => data.isInaccessible).map(({ data }) => data.service)).toEqual([
      'PassthroughCluster',
    ])
    const named = new Set(elements.nodes.map(({ data }) => data.id))
    expect(elements.edges.every(({ data }) => named.has(data.source) && named.has(data.target))).toBe(true)
  })

  it('is not there for who sees all', async () => {
    const all: Scope = { key: 'all', seesCluster: () => 'yes', sees: () => 'yes' }
    const { elements } = await readGraph(mesh, all, parseGraphOptions(mesh, all, undefined, { namespaces: 'shop' }))
    expect(elements.nodes.map(({ data }) => data.workload)).toContain('hidden-v1')
  })
})

it('reads its own notation', () => {
  expect(sample(rows[0] ?? '').labels).toMatchObject({ source_workload: 'web-v1', destination_workload: 'hidden-v1' })
})
