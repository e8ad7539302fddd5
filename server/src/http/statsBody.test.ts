import { describe, expect, it } from 'vitest'
import { statsQueries } from './statsBody.ts'

const web = { namespace: 'shop', name: 'web-v1', kind: 'workload', cluster: 'east' }
const question = {
  target: web,
  direction: 'inbound',
  interval: '60s',
  queryTime: 1_000,
  avg: true,
  quantiles: ['0.95', '0.5'],
}
const parsed = (...queries: readonly object[]) => statsQueries(JSON.stringify({ queries }))
const one = (of: object) => parsed({ ...question, ...of })[0]

describe('questions about response times', () => {
  it('are read with their defaults, and named as the page names them', () => {
    expect(one({})).toEqual({
      key: 'shop:workload:web-v1::inbound:60s:destination',
      target: { cluster: 'east', namespace: 'shop', of: { kind: 'workload', name: 'web-v1' } },
      direction: 'inbound',
      intervalS: 60,
      endS: 1_000,
      statistics: ['0.5', '0.95', 'avg'],
      reporters: ['destination'],
    })
  })

  it.each([
    [
      { direction: 'outbound', interval: '1h', peerTarget: { namespace: 'pay', name: 'cards', kind: 'service' } },
      'shop:workload:web-v1:pay:service:cards:outbound:1h:source',
    ],
    [{ reporters: ['waypoint', 'destination', 'waypoint'] }, 'shop:workload:web-v1::inbound:60s:destination,waypoint'],
  ])('have the peer, the interval as sent and the reporters in their name: %j', (of, key) => {
    expect(one(of)).toMatchObject({ key })
  })

  it.each([
    [{ interval: 'bad' }, 'not a valid duration string: "bad"'],
    [{ interval: undefined }, "bad request: 'interval' must be defined"],
    [{ queryTime: 0 }, "bad request: 'queryTime' must be defined"],
    [{ queryTime: 1e99 }, "bad request: 'queryTime' must be defined"],
    [{ direction: 'up' }, "bad request: 'direction' must be either 'inbound' or 'outbound'"],
    [{ quantiles: ['2'] }, 'bad request: invalid quantile(s): should be between 0 and 1'],
    [{ reporters: ['source'] }, "bad request: 'reporters' must hold 'destination', and may hold 'waypoint'"],
    [{ reporters: ['waypoint'] }, "bad request: 'reporters' must hold 'destination', and may hold 'waypoint'"],
    [
      { target: { ...web, kind: 'service' }, direction: 'outbound' },
      "bad request: 'target' must name a namespace, and an app, a workload or, inbound, a service",
    ],
    [
      { peerTarget: { ...web, kind: 'service' } },
      "bad request: 'peerTarget' must name a namespace, and an app, a workload or, outbound, a service",
    ],
  ])('that cannot be asked say why: %j', (of, why) => {
    expect(one(of)).toBe(why)
  })

  it('are none, where there are none', () => {
    expect(statsQueries('{}')).toEqual([])
    expect(statsQueries('{"queries":null}')).toEqual([])
  })

  it.each(['{bad', '', '7', '[]', '{"queries":7}'])('are refused in what is no list of them: %s', (body) => {
    expect(() => statsQueries(body)).toThrow(/^bad request: the body/)
  })

  it('are refused when there are more than are answered', () => {
    expect(() => parsed(...Array.from({ length: 501 }, () => question))).toThrow('at most 500 queries')
    const quantiles = ['0.1', '0.2', '0.3', '0.4']
    expect(() => parsed(...Array.from({ length: 401 }, () => ({ ...question, quantiles })))).toThrow('2000 statistics')
  })
})
