import type { Rates } from '@binocle/api/health'
import { describe, expect, it } from 'vitest'
import { calculatedStatus, replicaStatus, requestStatus, statusJson } from './status.ts'
import { builtInRate, parseRateAnnotation, tolerancesFor } from './tolerances.ts'

const builtIn = tolerancesFor({ kind: 'service', namespace: 'shop', name: 'web' }, [])

describe('request status', () => {
  it.each<[string, Rates, Rates, string, number]>([
    ['no traffic', {}, {}, 'NA', -1],
    ['only good answers', { http: { 200: 5 } }, {}, 'Healthy', 0],
    ['one of a hundred fails with 500', { http: { 200: 99, 500: 1 } }, {}, 'Degraded', 1],
    ['a tenth fails', { http: { 200: 9, 503: 1 } }, {}, 'Failure', 10],
    ['some not found are tolerated', { http: { 200: 95, 404: 5 } }, {}, 'Healthy', 0],
    ['a tenth not found is not', { http: { 200: 90, 404: 10 } }, {}, 'Degraded', 10],
    ['gRPC status 14', { grpc: { 0: 3, 14: 1 } }, {}, 'Failure', 25],
    ['no response at all', {}, { http: { 200: 99, '-': 1 } }, 'Degraded', 1],
    ['inbound decides ties', { http: { 200: 98, 500: 2 } }, { http: { 200: 99, 500: 1 } }, 'Degraded', 2],
    ['TCP is not evaluated', { tcp: { '-': 12 } }, {}, 'NA', -1],
  ])('%s', (_why, inbound, outbound, status, errorRatio) => {
    expect(requestStatus(inbound, outbound, builtIn)).toEqual({ status, errorRatio })
  })

  it('counts 4xx and 5xx when the list of tolerances is empty', () => {
    expect(requestStatus({ http: { 200: 995, 404: 5 } }, {}, [])).toEqual({ status: 'Degraded', errorRatio: 0.5 })
  })
})

describe('tolerances', () => {
  it('come from the annotation first', () => {
    const tolerances = parseRateAnnotation('4XX,20,30,http,inbound')
    expect(requestStatus({ http: { 200: 75, 404: 25 } }, { http: { 404: 1 } }, tolerances)).toEqual({
      status: 'Degraded',
      errorRatio: 25,
    })
  })

  it.each(['', 'nonsense', '4XX,20,30,http', '4XX,30,20,http,inbound', '4XX,a,b,http,inbound', '4XX,1,2,http,in,more'])(
    'drop the annotation %j',
    (annotation) => {
      expect(parseRateAnnotation(annotation)).toEqual([])
    },
  )

  it('take the first configured rate that fits, else the built-in one', () => {
    const strict = { ...builtInRate, namespace: 'pay', kind: 'service', tolerance: [] }
    expect(tolerancesFor({ kind: 'service', namespace: 'pay', name: 'cards' }, [strict])).toEqual([])
    expect(tolerancesFor({ kind: 'service', namespace: 'payments', name: 'cards' }, [strict])).toHaveLength(4)
    expect(tolerancesFor({ kind: 'app', namespace: 'pay', name: 'cards' }, [strict])).toHaveLength(4)
  })
})

describe('replica status', () => {
  it.each([
    ['scaled to nothing', 0, 0, 0, -1, 'Not Ready'],
    ['all there', 2, 2, 2, -1, 'Healthy'],
    ['one not available', 2, 2, 1, -1, 'Degraded'],
    ['one not yet created', 2, 1, 1, -1, 'Degraded'],
    ['none available', 2, 2, 0, -1, 'Failure'],
    ['one too many', 2, 3, 2, -1, 'Failure'],
    ['a proxy lags behind', 2, 2, 2, 1, 'Degraded'],
    ['all proxies in step', 2, 2, 2, 2, 'Healthy'],
  ])('%s', (_why, desired, current, available, syncedProxies, expected) => {
    const workload = { name: 'w', desiredReplicas: desired, currentReplicas: current, availableReplicas: available }
    expect(replicaStatus({ ...workload, syncedProxies })).toBe(expected)
  })

  it('is NA without replica data', () => {
    expect(replicaStatus(null)).toBe('NA')
  })
})

describe('the status on the wire', () => {
  it('leaves out an error ratio and a rate of zero', () => {
    expect(calculatedStatus({ http: { 200: 2 } }, {}, builtIn)).toEqual({ status: 'Healthy', totalRequestRate: 2 })
    expect(calculatedStatus({}, {}, builtIn)).toEqual({ status: 'NA', errorRatio: -1 })
  })

  it.each([
    ['[]', [], '{"errorRatio":-1,"status":"NA"}'],
    ['good answers', [{ protocol: 'http', codes: ['200'], rates: [2] }], '{"status":"Healthy","totalRequestRate":2}'],
    [
      'a tenth of bad ones',
      [{ protocol: 'http', codes: ['200', '503'], rates: [9, 1] }],
      '{"errorRatio":10,"status":"Failure","totalRequestRate":10}',
    ],
  ])('is JSON of %s', (_what, inbound, json) => {
    expect(statusJson(inbound, [], builtIn, [])).toBe(json)
  })

  it('does not depend on the rate of answers that are all alike', () => {
    for (const rate of [0.001, 7]) {
      expect(requestStatus({ http: { 404: rate } }, {}, builtIn)).toEqual({ status: 'Failure', errorRatio: 100 })
      expect(requestStatus({ http: { 404: rate } }, {}, [])).toEqual({ status: 'Failure', errorRatio: 100 })
      expect(requestStatus({ http: { 200: rate } }, {}, builtIn)).toEqual({ status: 'Healthy', errorRatio: 0 })
    }
  })

  it('is made worse by replicas, and keeps the ratio of the requests', () => {
    const down = { name: 'w', desiredReplicas: 1, currentReplicas: 1, availableReplicas: 0, syncedProxies: -1 }
    expect(calculatedStatus({ http: { 200: 99, 500: 1 } }, {}, builtIn, [down])).toEqual({
      status: 'Failure',
      errorRatio: 1,
      totalRequestRate: 100,
    })
  })
})
