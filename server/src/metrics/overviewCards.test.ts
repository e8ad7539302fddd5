import { known, unknown } from '@binocle/api/known'
import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import type { Scope } from '../access/scope.ts'
import { testMesh } from '../catalog/testing.ts'
import type { TrafficRow, TrafficSnapshot } from '../telemetry/traffic.ts'
import { appRates, serviceLatency, serviceRates, serviceThroughput } from './overviewCards.ts'

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' } })
const everybody = anonymousViewer.scope
const eastOnly: Scope = {
  key: 'east',
  seesCluster: (cluster) => (cluster === 'east' ? 'yes' : 'no'),
  sees: ({ cluster }) => (cluster === 'east' ? 'yes' : 'no'),
}

const peer = (cluster: string) => ({
  cluster,
  workloadNamespace: 'shop',
  workload: 'w',
  canonicalService: 'w',
  canonicalRevision: 'v1',
})
const row = (cluster: string, serviceName: string, rate: number, code = '200'): TrafficRow => ({
  pair: {
    source: peer('east'),
    destination: peer(cluster),
    serviceNamespace: 'shop',
    serviceName,
    service: `${serviceName}.shop.svc.cluster.local`,
  },
  reporter: 'destination',
  app: undefined,
  protocol: 'http',
  code,
  grpcStatus: undefined,
  flags: '-',
  rate,
})

function meshWith(families: Partial<TrafficSnapshot['families']>, latencies = known<never[]>([], 0)) {
  const snapshot: TrafficSnapshot = {
    window: { end: 0, durationS: 60 },
    families: { requests: [], requestMessages: [], responseMessages: [], tcpSent: [], tcpReceived: [], ...families },
  }
  const objects = [namespace, ...['a', 'b', 'c'].map(service)]
  const mesh = testMesh({ east: objects, west: objects })
  return { ...mesh, traffic: { ...mesh.traffic, current: () => known(snapshot, 0), latencies: async () => latencies } }
}

describe('the cards of the overview', () => {
  it('name the services with the worst share of errors first, those without traffic not at all', () => {
    const mesh = meshWith({
      requests: [row('east', 'a', 3), row('east', 'a', 1, '500'), row('west', 'b', 2, '503'), row('west', 'c', 0)],
    })
    const rates = serviceRates(mesh, everybody)?.map(({ healthStatus: _, ...rest }) => rest)
    expect(rates).toEqual([
      { cluster: 'west', namespace: 'shop', serviceName: 'b', errorRate: 1, requestRate: 2 },
      { cluster: 'east', namespace: 'shop', serviceName: 'a', errorRate: 0.25, requestRate: 4 },
    ])
    expect(serviceRates(mesh, eastOnly)?.map(({ serviceName }) => serviceName)).toEqual(['a'])
  })

  it('are null where nothing has traffic', () => {
    expect([serviceRates(meshWith({}), everybody), appRates(meshWith({}), everybody)]).toEqual([null, null])
  })

  it('name the services that send most bytes, as their own proxies report it', () => {
    const source: TrafficRow = { ...row('east', 'a', 100), reporter: 'source' }
    const mesh = meshWith({ tcpSent: [row('east', 'a', 5), row('east', 'a', 6), row('west', 'b', 10), source] })
    const rates = (scope: Scope) =>
      serviceThroughput(mesh, scope).map(({ serviceName, tcpRate }) => [serviceName, tcpRate])
    expect(rates(everybody)).toEqual([
      ['a', 11],
      ['b', 10],
    ])
    expect(rates(eastOnly)).toEqual([['a', 11]])
  })

  it('name six services that take longest, of those that may be seen', async () => {
    const figures = ['east', 'west'].flatMap((cluster) =>
      [1, 2, 3, 4, 5].map((n) => ({
        cluster,
        namespace: 'shop',
        name: `s${n}`,
        value: n + (cluster === 'west' ? 0.50049 : 0),
      })),
    )
    const base = meshWith({})
    const mesh = { ...base, traffic: { ...base.traffic, latencies: async () => known(figures, 0) } }
    const names = async (scope: Scope) =>
      (await serviceLatency(mesh, scope)).map(
        ({ cluster, latency, serviceName }) => `${cluster} ${serviceName} ${latency}`,
      )
    expect(await names(everybody)).toEqual([
      'west s5 5.5',
      'east s5 5',
      'west s4 4.5',
      'east s4 4',
      'west s3 3.5',
      'east s3 3',
    ])
    expect(await names(eastOnly)).toEqual(['east s5 5', 'east s4 4', 'east s3 3', 'east s2 2', 'east s1 1'])
  })

  it('say so where Prometheus does not answer', async () => {
    const cause = { code: 'BIN-PROMETHEUS-UNREACHABLE', message: 'It is away.' }
    const base = meshWith({})
    const mesh = {
      ...base,
      traffic: { ...base.traffic, current: () => unknown(cause), latencies: async () => unknown(cause) },
    }
    await expect(serviceLatency(mesh, everybody)).rejects.toMatchObject({ status: 503, message: 'It is away.' })
    expect(() => serviceThroughput(mesh, everybody)).toThrow('It is away.')
  })
})
