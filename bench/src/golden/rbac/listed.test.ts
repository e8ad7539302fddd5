import { describe, expect, it } from 'vitest'
import type { Difference } from '../compare.ts'
import { listedAs } from './listed.ts'
import type { RbacRequest } from './recorded.ts'

const mesh = { homeCluster: 'east', namespaces: new Map(['east', 'west'].map((name) => [name, new Set(['shop'])])) }
const place = (cluster: string, name: string): string => `.elements.nodes[app||${cluster}|shop|${name}|${name}|v1|||||]`
const edge = (from: string, to: string): string => `.elements.edges[${from} > ${to} http]`
const nameless = 'unknown||unknown|unknown||||||||'

/** The path of a place has nothing between the brackets of a list. */
const difference = (at: string, recorded: unknown, ours: unknown): Difference => ({
  path: at.replaceAll(/\[.*?\](?=\.|$)/g, '[]'),
  place: at,
  recorded,
  ours,
})

function reasonFor(
  path: string,
  found: Difference,
  more: Partial<RbacRequest> & { readonly others?: Difference[] } = {},
) {
  const { others = [], ...asked } = more
  const request = { n: 1, strategy: 'openid' as const, user: 'emil', method: 'GET', path, file: '', ...asked }
  const clusters = new Set(request.user === undefined ? [] : ['east'])
  return listedAs(found, { request, mesh, sight: { clusters, foreign: new Set() }, differences: [found, ...others] })
}

const graph = '/api/namespaces/graph?namespaces=shop'
const status = (recorded: number, ours: number) => difference('(status)', recorded, ours)

describe('the list of what people of some rights are told differently', () => {
  it.each([
    ['a cluster that is not theirs', '/api/clusters/health?clusterName=west', status(200, 400)],
    ['a hidden node', graph, difference(place('west', 'web'), { data: {} }, undefined)],
    [
      'a call to a hidden node',
      graph,
      difference(edge('app||east|shop|a|a|v1|||||', 'app||west|shop|b|b|v1|||||'), {}, undefined),
    ],
    [
      'the node without a name',
      graph,
      difference(`.elements.nodes[${nameless}]`, undefined, { data: { nodeType: 'unknown' } }),
    ],
    ['fewer calls', graph, difference(`${place('east', 'web')}.data.traffic[0].rates.httpIn`, '6.00', '4.50')],
    ['a cluster in the configuration', '/api/config', difference('.clusters.west', { name: 'west' }, undefined)],
  ])('covers %s', (_what, path, found) => {
    expect(reasonFor(path, found)).toBeDefined()
  })

  it.each([
    ['a cluster that is theirs', '/api/clusters/health?clusterName=east', status(200, 400)],
    ['an error of ours', '/api/clusters/health?clusterName=west', status(200, 500)],
    ['an answer about a hidden cluster', '/api/namespaces/shop/info?clusterName=west', status(500, 200)],
    ['a visible node that is missing', graph, difference(place('east', 'web'), { data: {} }, undefined)],
    ['a hidden node that is shown', graph, difference(place('west', 'web'), undefined, { data: { app: 'web' } })],
    [
      'a name at the nameless node',
      graph,
      difference(`.elements.nodes[${nameless}]`, undefined, { data: { app: 'web' } }),
    ],
    ['more calls', graph, difference(`${place('east', 'web')}.data.traffic[0].rates.httpIn`, '4.50', '6.00')],
    [
      'other health of the same calls',
      graph,
      difference(`${place('east', 'web')}.data.healthData.status.status`, 'Healthy', 'Failure'),
    ],
    [
      'a visible cluster in the configuration',
      '/api/config',
      difference('.clusters.east', { name: 'east' }, undefined),
    ],
    ['a name that may not be told', '/api/config', difference('(foreign)', undefined, 'vault')],
  ])('does not cover %s', (_what, path, found) => {
    expect(reasonFor(path, found)).toBeUndefined()
  })

  it('covers other health of fewer calls', () => {
    const health = difference(`${place('east', 'web')}.data.healthData.status.status`, 'Failure', 'Healthy')
    const others = [difference(`${place('east', 'web')}.data.traffic[0].rates.httpIn`, '6.00', '4.50')]
    expect(reasonFor(graph, health, { others })).toBeDefined()
  })

  it('takes no other name of a person than that of the API server', () => {
    const named = (ours: string) =>
      reasonFor('/api/authenticate', difference('.username', 'token', ours), { method: 'POST', strategy: 'token' })
    expect([named('emil'), named('anna')]).toEqual(['People are called what the API server calls them', undefined])
  })

  it('lets nobody in who was refused', () => {
    expect(reasonFor('/api/namespaces', status(401, 200), { user: undefined })).toBeUndefined()
    expect(reasonFor('/api/namespaces', status(401, 200), { strategy: 'token' })).toBeUndefined()
  })
})
