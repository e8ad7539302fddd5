import { describe, expect, it } from 'vitest'
import { call } from '../catalog/testing.ts'
import type { TrafficRow, TrafficSnapshot } from '../telemetry/traffic.ts'
import { matrixOf } from './matrix.ts'
import { ratesIn } from './rates.ts'

const snapshotOf = (...requests: TrafficRow[]): TrafficSnapshot => ({
  window: { end: 1000, durationS: 300 },
  families: { requests, requestMessages: [], responseMessages: [], tcpSent: [], tcpReceived: [] },
})
const east = { cluster: 'east', namespace: 'shop' }
const west = { cluster: 'west', namespace: 'shop' }

describe('rates of a snapshot', () => {
  it('count the larger of what both sides reported, for each code', () => {
    const snapshot = snapshotOf(
      call('east/shop/web-v1', 'east/shop/cart-v1', 5, { reporter: 'source' }),
      call('east/shop/web-v1', 'east/shop/cart-v1', 7, { reporter: 'destination' }),
      call('east/shop/web-v1', 'east/shop/cart-v1', 2, { reporter: 'source', code: '503' }),
    )
    expect(ratesIn(snapshot, east).service('cart')).toEqual({ http: { 200: 7, 503: 2 } })
  })

  it('add up several callers of one side', () => {
    const snapshot = snapshotOf(
      call('east/shop/web-v1', 'west/shop/cart-v1', 1),
      call('west/shop/web-v1', 'west/shop/cart-v2', 2),
    )
    expect(ratesIn(snapshot, west).service('cart')).toEqual({ http: { 200: 3 } })
    expect(ratesIn(snapshot, east).service('cart')).toEqual({})
    expect(ratesIn(snapshot, west).app('cart').inbound).toEqual({ http: { 200: 3 } })
    expect(ratesIn(snapshot, west).workload('cart-v2').inbound).toEqual({ http: { 200: 2 } })
  })

  it('take outbound from the caller alone', () => {
    const snapshot = snapshotOf(
      call('east/shop/web-v1', 'west/shop/cart-v1', 4, { reporter: 'source' }),
      call('east/shop/web-v1', 'west/shop/cart-v2', 9, { reporter: 'destination' }),
    )
    expect(ratesIn(snapshot, east).workload('web-v1').outbound).toEqual({ http: { 200: 4 } })
  })

  it.each([
    ['gRPC goes by its own status', { protocol: 'grpc', grpcStatus: '14' }, { grpc: { 14: 1 } }],
    ['response code 0 is no response', { code: '0' }, { http: { '-': 1 } }],
  ])('%s', (_why, more, expected) => {
    const snapshot = snapshotOf(call('east/shop/web-v1', 'east/shop/cart-v1', 1, more))
    expect(ratesIn(snapshot, east).service('cart')).toEqual(expected)
  })

  it('count unanswered calls where the caller is; in lists of Kiali in every cluster', () => {
    const snapshot = snapshotOf(call('east/shop/web-v1', 'unknown/shop/unknown', 1, { code: '503', service: 'cart' }))
    expect(ratesIn(snapshot, east).service('cart')).toEqual({ http: { 503: 1 } })
    expect(ratesIn(snapshot, west).service('cart')).toEqual({})
    expect(ratesIn(snapshot, west).listedService('cart')).toEqual({ http: { 503: 1 } })
  })

  it('miss, in lists of Kiali, calls between the parts of one namespace', () => {
    const snapshot = snapshotOf(call('west/shop/web-v1', 'east/shop/cart-v1', 3))
    expect(ratesIn(snapshot, east).listedWorkload('cart-v1').inbound).toEqual({})
    expect(ratesIn(snapshot, east).workload('cart-v1').inbound).toEqual({ http: { 200: 3 } })
  })

  it('are empty without a snapshot', () => {
    expect(ratesIn(undefined, east).app('cart')).toEqual({ inbound: {}, outbound: {} })
  })
})

describe('the matrix of clusters', () => {
  const matrix = matrixOf(
    snapshotOf(
      call('east/shop/web-v1', 'west/shop/cart-v1', 8, { reporter: 'source' }),
      call('east/shop/web-v1', 'west/shop/cart-v1', 2, { reporter: 'source', code: '503' }),
      call('east/shop/web-v1', 'west/shop/cart-v1', 4, { reporter: 'destination' }),
      call('west/shop/web-v1', 'west/pay/cards-v1', 1),
    ),
  )

  it('tells who calls an object from where, by the side that saw more', () => {
    expect(matrix.of({ kind: 'service', namespace: 'shop', name: 'cart' }, () => true)).toEqual([
      { source: 'east', destination: 'west', rps: 10, errorPercent: 20 },
    ])
  })

  it('tells the same of the whole mesh', () => {
    expect(matrix.whole(() => true)).toEqual([
      { source: 'east', destination: 'west', rps: 10, errorPercent: 20 },
      { source: 'west', destination: 'west', rps: 1, errorPercent: 0 },
    ])
    expect([...matrix.clusters]).toEqual(['east', 'west'])
  })

  it('counts only what arrives where the viewer may look', () => {
    expect(matrix.whole(({ namespace }) => namespace === 'pay')).toEqual([
      { source: 'west', destination: 'west', rps: 1, errorPercent: 0 },
    ])
  })
})
