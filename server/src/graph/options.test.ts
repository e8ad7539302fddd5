import { describe, expect, it } from 'vitest'
import type { Scope } from '../access/scope.ts'
import { namespace, testMesh } from '../catalog/testing.ts'
import { BinocleError } from '../errors.ts'
import { type GraphQuery, type NodeTarget, optionsKey, parseGraphOptions } from './options.ts'
import { testTraffic } from './testing.ts'

const everything: Scope = { key: 'all', seesCluster: () => 'yes', sees: () => 'yes' }
const young = { ...namespace('young'), metadata: { name: 'young', creationTimestamp: '2023-11-14T22:00:00Z' } }
const mesh = { ...testMesh({ north: [namespace('shop'), namespace('bank'), young] }), traffic: testTraffic({}) }
const parse = (query: GraphQuery, target?: NodeTarget) => parseGraphOptions(mesh, everything, target, query)

function problemOf(query: GraphQuery, target?: NodeTarget): { status: number; message: string } {
  try {
    parse(query, target)
  } catch (error) {
    if (error instanceof BinocleError) return { status: error.status, message: error.message }
    throw error
  }
  throw new Error('accepted')
}

describe('graph parameters', () => {
  it('has a default for all but the namespaces', () => {
    expect(parse({ namespaces: 'shop' })).toMatchObject({
      namespaces: ['shop'],
      durationS: 600,
      queryTime: 1_700_000_000,
      graphType: 'workload',
      includeIdleEdges: false,
      injectServiceNodes: false,
      ambientTraffic: 'total',
      rateGrpc: 'requests',
      rateHttp: 'requests',
      rateTcp: 'sent',
      responseTime: '95',
      throughputType: 'response',
      waypoints: true,
      aggregate: 'request_operation',
    })
  })

  it.each([
    ['a duration without unit', { duration: '5' }, 'Invalid duration [5]'],
    ['a duration of nothing', { duration: '0' }, 'Invalid duration [0]'],
    ['units out of order', { duration: '5s1m' }, 'Invalid duration [5s1m]'],
    ['an unknown graph type', { graphType: 'bogus' }, 'Invalid graphType [bogus]'],
    ['boxes called none', { boxBy: 'none' }, 'Invalid boxBy [none]'],
    ['an unknown box', { boxBy: 'cluster, bogus' }, 'Invalid boxBy [bogus]'],
    ['an unknown appender', { appenders: 'istio,bogus' }, 'Invalid appender [bogus]'],
    ['a number for a flag', { injectServiceNodes: '2' }, 'Invalid injectServiceNodes [2]'],
    ['a word for a flag', { includeIdleEdges: 'yes' }, 'Invalid includeIdleEdges [yes]'],
    ['a time in words', { queryTime: 'abc' }, 'Invalid queryTime [abc]'],
    ['an unknown gRPC rate', { rateGrpc: 'x' }, 'Invalid gRPC Rate [x]'],
    ['an HTTP rate of other protocols', { rateHttp: 'total' }, 'Invalid HTTP Rate [total]'],
    ['a TCP rate of other protocols', { rateTcp: 'requests' }, 'Invalid TCP Rate [requests]'],
    ['an unknown ambient traffic', { ambientTraffic: 'x' }, 'Invalid Ambient Traffic [x]'],
    [
      'a percentile not offered',
      { responseTime: '42' },
      'Invalid responseTime, must be one of: avg | 50 | 95 | 99: [42]',
    ],
    [
      'an unknown throughput',
      { throughputType: 'x' },
      'Invalid throughputType, expecting one of (request, response). [x]',
    ],
    ['a word for waypoints', { waypoints: 'x' }, 'Invalid waypoints param [x]'],
    ['an interval that is no number', { refreshInterval: 'x' }, 'Invalid refresh interval [x]'],
    [
      'an interval too short',
      { refreshInterval: '5000' },
      'Refresh interval must be at least 10000ms (10 seconds), or 0 to disable caching',
    ],
    ['an interval too long', { refreshInterval: '9999999' }, 'Refresh interval must not exceed 900000ms (15 minutes)'],
    ['another configuration vendor', { configVendor: 'x' }, 'Invalid configVendor [x]'],
    ['another telemetry vendor', { telemetryVendor: 'x' }, 'Invalid telemetryVendor [x]'],
    [
      'a label name that would break out of the query',
      { aggregate: 'a="b"} or up{x' },
      'Invalid aggregate [a="b"} or up{x]',
    ],
  ])('refuses %s', (_what, query, message) => {
    expect(problemOf({ namespaces: 'shop', ...query })).toEqual({ status: 400, message })
  })

  it('asks for a namespace', () => {
    expect(problemOf({}).message).toBe('At least one namespace must be specified via the namespaces query parameter.')
  })

  it('answers alike for a namespace that does not exist and one that is forbidden', () => {
    const message = 'Requested namespace [bank] is not accessible.'
    const nothing: Scope = {
      key: 'none',
      seesCluster: () => 'yes',
      sees: ({ namespace: name }) => (name === 'bank' ? 'no' : 'yes'),
    }
    expect(() => parseGraphOptions(mesh, nothing, undefined, { namespaces: 'bank' })).toThrow(message)
    expect(problemOf({ namespaces: 'nosuch' })).toEqual({ status: 403, message: message.replace('bank', 'nosuch') })
  })

  it('treats a scope that does not know as one that does not allow', () => {
    const unsure: Scope = { key: 'unsure', seesCluster: () => 'unknown', sees: () => 'unknown' }
    expect(() => parseGraphOptions(mesh, unsure, undefined, { namespaces: 'shop' })).toThrow('is not accessible')
  })

  it('refuses a time before the namespace was there', () => {
    expect(problemOf({ namespaces: 'young', queryTime: '1000000000' }).message).toBe(
      'Namespace [young] did not exist at requested queryTime [2001-09-09 01:46:40 +0000 UTC]',
    )
  })

  it('shows an app only in graphs of apps', () => {
    const target = { kind: 'app', namespace: 'shop', app: 'web', version: '' } as const
    expect(problemOf({}, target).message).toBe(
      'Invalid graphType [workload]. This node detail graph supports only graphType app or versionedApp.',
    )
    expect(parse({ graphType: 'app', clusterName: 'north' }, target)).toMatchObject({
      namespaces: ['shop'],
      cluster: 'north',
    })
  })

  it('checks parameters of appenders only when they run', () => {
    expect(
      parse({ namespaces: 'shop', appenders: '', responseTime: '42', throughputType: 'x', waypoints: 'x' }).appenders
        .size,
    ).toBe(0)
  })

  it('forces service nodes in service graphs, whatever the flag says', () => {
    expect(parse({ namespaces: 'shop', graphType: 'service', injectServiceNodes: 'x' }).injectServiceNodes).toBe(true)
  })

  it('knows equal requests whatever the order of their appenders and boxes', () => {
    const one = parse({ namespaces: 'shop', appenders: 'istio,health', boxBy: 'app,cluster' })
    const other = parse({ namespaces: 'shop', appenders: 'health,istio', boxBy: 'cluster,app' })
    expect(optionsKey(one)).toBe(optionsKey(other))
    expect(optionsKey(one)).not.toBe(
      optionsKey(parse({ namespaces: 'bank', appenders: 'health,istio', boxBy: 'cluster,app' })),
    )
  })
})
