import { describe, expect, it } from 'vitest'
import { movingOf, sharedByGraphs } from './seen.ts'

const nodes = [
  { data: { id: 'aa', nodeType: 'app', app: 'cart' } },
  { data: { id: 'bb', nodeType: 'app', app: 'stock' } },
]
const body = { elements: { nodes, edges: [] } }
const [cart, stock] = ['app|||||cart||||||', 'app|||||stock||||||']

describe('places of a recording', () => {
  it.each([
    ['a node by its id', '.elements.nodes[n:aa].data.app', `.elements.nodes[${cart}].data.app`],
    [
      'an edge by its ends',
      '.elements.edges[e:aa>bb/http].data.id',
      `.elements.edges[${cart} > ${stock} http].data.id`,
    ],
    [
      'an edge without protocol',
      '.elements.edges[e:aa>bb/None].data.id',
      `.elements.edges[${cart} > ${stock} ].data.id`,
    ],
    ['an object by its names', ".services[('east', 'shop', 'cart', 'None')].x", '.services["east" "shop" "cart"].x'],
    [
      'an object by its names and kind',
      `.workloads[('east', 'lab', 'vm', "{'Kind': 'WorkloadGroup'}")].x`,
      '.workloads["east" "lab" "vm" {"Kind":"WorkloadGroup"}].x',
    ],
    ['no list at all', '.health.status.errorRatio', '.health.status.errorRatio'],
  ])('name %s', (_what, place, mine) => {
    expect([...movingOf({ [place]: [1, 2] }, body).values.keys()]).toEqual([mine])
  })

  it('name a node that only other samples had by what was seen of it', () => {
    const seen = {
      '.elements.nodes[n:cc].data.nodeType': ['<absent>', 'service'],
      '.elements.nodes[n:cc].data.service': ['pay', '<absent>'],
    }
    expect([...movingOf(seen, body).values.keys()]).toContain('.elements.nodes[service|||||||pay||||].data.service')
  })

  it('keep each value once', () => {
    const { values } = movingOf({ '.x': ['{"a": 1}', '<absent>', '{"a":1}'] }, body)
    expect(values.get('.x')).toEqual([{ a: 1 }, undefined])
  })

  it('say which lists have no order', () => {
    expect([...movingOf({ '.elements.nodes[n:aa].data.destServices[] order': '<2 orders>' }, body).unordered]).toEqual([
      '.elements.nodes[].data.destServices[]',
    ])
  })
})

describe('what moved in one graph', () => {
  const request = (n: number, path: string) => ({ n, group: 'graph', method: 'GET', path, volatile: [], file: '' })
  const traffic = { '.elements.nodes[n:aa].data.traffic': ['a', 'b'] }
  const labels = { '.elements.nodes[n:aa].data.labels.tier': ['gold', 'silver'] }
  const asked = '/api/namespaces/graph?namespaces=shop,pay&graphType=app'
  const shared = sharedByGraphs(
    new Map([
      [1, { ...traffic, ...labels }],
      [5, traffic],
    ]),
    [
      request(1, asked),
      request(2, `${asked}&appenders=health`),
      request(3, '/api/namespaces/graph?namespaces=shop&graphType=app'),
      request(4, '/api/status'),
      request(5, '/api/mesh/graph'),
    ],
  )

  it.each([
    [
      'moves in graphs of the same namespaces',
      2,
      ['.elements.nodes[n:aa].data.labels.tier', '.elements.nodes[n:aa].data.traffic'],
    ],
    ['elsewhere only where it is configuration', 3, ['.elements.nodes[n:aa].data.labels.tier']],
    ['says nothing of other requests', 4, []],
    ['and nothing is taken from them', 5, ['.elements.nodes[n:aa].data.traffic']],
  ])('%s', (_what, n, places) => {
    expect(Object.keys(shared.get(n) ?? {}).sort()).toEqual(places)
  })
})
