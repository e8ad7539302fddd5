import { describe, expect, it } from 'vitest'
import { requestTraffic } from './traffic.ts'

describe('traffic out of rates by code', () => {
  it.each([
    ['nothing known', null, { rps: 0, errorPercent: undefined }],
    [
      'http: 5xx fails, 4xx is the fault of the caller',
      { http: { '200': 6, '302': 1, '404': 1, '503': 2 } },
      { rps: 10, errorPercent: 20 },
    ],
    ['grpc: all but 0 fail', { grpc: { '0': 3, '14': 1 } }, { rps: 4, errorPercent: 25 }],
    ['no answer fails', { http: { '200': 1, '-': 1 } }, { rps: 2, errorPercent: 50 }],
    ['protocols add up', { http: { '200': 1 }, grpc: { '0': 1 } }, { rps: 2, errorPercent: 0 }],
  ])('%s', (_why, rates, expected) => {
    expect(requestTraffic(rates)).toEqual(expected)
  })
})
