import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import type { Scope } from '../access/scope.ts'
import { testMesh } from '../catalog/testing.ts'
import { render } from '../telemetry/promql.ts'
import type { TimeRange, TimeSeries } from '../telemetry/series.ts'
import { aggregateMetrics, objectMetrics } from './objectMetrics.ts'
import type { MetricsQuery, Target } from './query.ts'
import { plainQuery } from './testing.ts'

const namespace = (cluster: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z' },
  cluster,
})

const createdS = Date.parse('2026-01-01T00:00:00Z') / 1000
const query: MetricsQuery = { ...plainQuery, endS: createdS + 100_000, metrics: ['request_count'] }
const web: Target = { cluster: 'east', namespace: 'shop', of: { kind: 'workload', name: 'web' } }
const everybody = anonymousViewer.scope
/** Sees shop in east, and nothing else. */
const shopper: Scope = {
  key: 'shopper',
  seesCluster: (cluster) => (cluster === 'east' ? 'yes' : 'no'),
  sees: ({ cluster, namespace }) => (cluster === 'east' && namespace === 'shop' ? 'yes' : 'no'),
}

/** What was asked, and the answer to it. */
async function asked(of: Partial<MetricsQuery>, scope = everybody, target = web, found: readonly TimeSeries[] = []) {
  const queries: string[] = []
  const ranges: TimeRange[] = []
  const base = testMesh({
    east: [namespace('east', 'shop'), namespace('east', 'pay')],
    west: [namespace('west', 'shop')],
  })
  const mesh = {
    ...base,
    series: async (expr: Parameters<typeof render>[0], range: TimeRange) => {
      queries.push(render(expr))
      ranges.push(range)
      return found
    },
  }
  const answer = await objectMetrics(mesh, scope, target, { ...query, ...of })
  return { answer, queries, ranges }
}

const own =
  'destination_workload_namespace="shop",destination_workload="web",destination_cluster="east",reporter=~"destination"'

describe('metrics of an object', () => {
  it('are those of its namespace in its cluster', async () => {
    const { queries, ranges } = await asked({})
    expect(queries).toEqual([`sum (rate(istio_requests_total{${own}}[60s]))`])
    expect(ranges).toEqual([{ startS: query.endS - 600 - ((query.endS - 600) % 60), endS: query.endS, stepS: 60 }])
  })

  it('of histograms are one for each statistic, in order of their names', async () => {
    const { answer, queries } = await asked(
      { metrics: ['request_size'], quantiles: ['0.99', '0.5'], by: ['response_code'] },
      everybody,
      web,
      [{ labels: { response_code: '200' }, points: [[1, '2']] }],
    )
    const sum = (part: string, by: string) => `sum by (${by}) (rate(istio_request_bytes_${part}{${own}}[60s]))`
    expect(queries).toEqual([
      `histogram_quantile(0.5, ${sum('bucket', 'le,response_code')})`,
      `histogram_quantile(0.99, ${sum('bucket', 'le,response_code')})`,
      `(${sum('sum', 'response_code')}) / (${sum('count', 'response_code')})`,
    ])
    const of = (stat: string) => ({
      labels: { response_code: '200' },
      datapoints: [[1, '2']],
      stat,
      name: 'request_size',
    })
    expect(answer).toEqual({ request_size: [of('0.5'), of('0.99'), of('avg')] })
  })

  it('are null where there is no series, and left out where they are not asked for or not known', async () => {
    expect((await asked({ metrics: ['tcp_sent', 'nosuch'] })).answer).toEqual({ tcp_sent: null })
  })

  it('count as failed what failed as HTTP, or as gRPC within a success of HTTP', async () => {
    const { queries } = await asked({ metrics: ['request_error_count'], reporters: undefined })
    const bare = own.replace(/,reporter.*/, '')
    const failed = '^0$|^[4-5]\\\\d\\\\d$'
    expect(queries).toEqual([
      `(sum (rate(istio_requests_total{${bare},response_code=~"${failed}"}[60s]))) or ` +
        `(sum (rate(istio_requests_total{${bare},grpc_response_status=~"^[1-9]$|^1[0-6]$",response_code!~"${failed}"}[60s])))`,
    ])
  })

  it.each<[string, Partial<MetricsQuery>, Target, string]>([
    [
      'a service',
      {},
      { ...web, of: { kind: 'service', name: 'web' } },
      'destination_service_name="web",destination_service_namespace="shop",destination_cluster="east"',
    ],
    [
      'an app',
      {},
      { ...web, of: { kind: 'app', name: 'web' } },
      'destination_workload_namespace="shop",destination_canonical_service="web",destination_cluster="east"',
    ],
    [
      'a namespace',
      {},
      { cluster: 'east', namespace: 'shop' },
      'destination_workload_namespace="shop",destination_cluster="east"',
    ],
    [
      'what calls',
      { direction: 'outbound' },
      web,
      'source_workload_namespace="shop",source_workload="web",source_cluster="east"',
    ],
    [
      'a protocol',
      { protocol: 'grpc' },
      web,
      `${own.replace(/,reporter.*/, '')},reporter=~"destination",request_protocol="grpc"`,
    ],
  ])('of %s are selected by it', async (_what, of, target, matchers) => {
    const { queries } = await asked(of, everybody, target)
    expect(queries[0]).toContain(`{${matchers}`)
  })

  it('begin with the namespace: one of that name before it was another', async () => {
    const { queries, ranges } = await asked({ endS: createdS + 100, rateIntervalS: 60, stepS: 10 })
    expect(queries[0]).toContain('[50s]')
    expect(ranges[0]?.startS).toBe(createdS + 50)
    await expect(asked({ endS: createdS - 1 })).rejects.toMatchObject({ status: 400 })
  })
})

describe('AUTH-T8: who is at the other end', () => {
  it('is told of those that may be seen, cluster by cluster, however it is asked for', async () => {
    for (const label of ['source_workload', 'source_cluster', 'request_host', 'pod', 'app']) {
      const { queries } = await asked({ by: [label] }, shopper)
      expect(queries).toEqual([
        `sum by (${label}) (rate(istio_requests_total{${own},source_cluster="east",source_workload_namespace=~"shop"}[60s]))`,
      ])
    }
  })

  it('does not matter to numbers that tell nobody apart, nor to who sees everything', async () => {
    const plain = (by: string) => [`sum by (${by}) (rate(istio_requests_total{${own}}[60s]))`]
    expect((await asked({ by: ['response_code'] }, shopper)).queries).toEqual(plain('response_code'))
    expect((await asked({ by: ['destination_workload'] }, shopper)).queries).toEqual(plain('destination_workload'))
    expect((await asked({ by: ['source_workload'] })).queries).toEqual(plain('source_workload'))
  })

  it('of several clusters is one question with an alternative for each', async () => {
    const both: Scope = {
      ...shopper,
      seesCluster: () => 'yes',
      sees: ({ namespace }) => (namespace === 'shop' ? 'yes' : 'no'),
    }
    const rate = (cluster: string) =>
      `(rate(istio_requests_total{${own},source_cluster="${cluster}",source_workload_namespace=~"shop"}[60s]))`
    expect((await asked({ by: ['source_workload'] }, both)).queries).toEqual([
      `sum by (source_workload) (${rate('east')} or ${rate('west')})`,
    ])
  })
})

describe('metrics of what calls say of themselves', () => {
  const operation = { namespace: 'shop', label: 'request_operation', value: 'GetHome' }
  const inbound: MetricsQuery = { ...query, stepS: 1 }

  async function askedOf(scope: Scope, of: typeof operation = operation) {
    const queries: string[] = []
    const base = testMesh({
      east: [namespace('east', 'shop'), namespace('east', 'pay')],
      west: [namespace('west', 'shop')],
    })
    const mesh = {
      ...base,
      series: async (expr: Parameters<typeof render>[0]) => {
        queries.push(render(expr))
        return []
      },
    }
    await aggregateMetrics(mesh, scope, of, inbound)
    return queries
  }
  const calls = (label: string, clusters: string) =>
    `${label},destination_workload_namespace="shop",destination_cluster=~"${clusters}",reporter=~"destination"`

  it('are of calls into the namespace, wherever it may be seen', async () => {
    const of = (clusters: string) => [
      `sum (rate(istio_requests_total{${calls('request_operation="GetHome"', clusters)}}[60s]))`,
    ]
    expect(await askedOf(everybody)).toEqual(of('east|west'))
    const [first] = await askedOf(shopper)
    expect(first).toContain(calls('request_operation="GetHome"', 'east'))
  })

  it('AUTH-T8: are of callers that may be seen, since it is the caller who says it', async () => {
    const seen = 'source_cluster="east",source_workload_namespace=~"shop"'
    const of = async (label: string) => (await askedOf(shopper, { ...operation, label, value: 'x' }))[0]
    expect(await of('source_workload')).toContain(`${calls('source_workload="x"', 'east')},${seen}`)
    expect(await of('request_operation')).toContain(seen)
    expect(await of('destination_workload')).not.toContain('source_')
  })

  it('are refused for a namespace that may not be seen', async () => {
    await expect(askedOf(shopper, { ...operation, namespace: 'pay' })).rejects.toMatchObject({ status: 403 })
  })
})
