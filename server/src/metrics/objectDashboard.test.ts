import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import type { Scope } from '../access/scope.ts'
import { testMesh } from '../catalog/testing.ts'
import { render } from '../telemetry/promql.ts'
import { objectDashboard } from './objectDashboard.ts'
import type { MetricsQuery, Target } from './query.ts'
import { plainQuery } from './testing.ts'

const query: MetricsQuery = { ...plainQuery, durationS: 60 }
const objects = [
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: {} },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'partner', namespace: 'shop' },
    spec: { hosts: ['api.partner.example'] },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'safe', namespace: 'vault' }, spec: {} },
]
const everybody = anonymousViewer.scope
const shopper: Scope = {
  key: 'shopper',
  seesCluster: () => 'yes',
  sees: ({ namespace }) => (namespace === 'shop' ? 'yes' : 'no'),
}
const service = (name: string): Target => ({ cluster: 'east', namespace: 'shop', of: { kind: 'service', name } })

async function shown(target: Target, of: Partial<MetricsQuery> = {}, scope = everybody) {
  const queries: string[] = []
  const mesh = {
    ...testMesh({ east: objects }),
    series: async (expr: Parameters<typeof render>[0]) => {
      const text = render(expr)
      queries.push(text)
      return /duration|bytes_sum/.test(text) ? [{ labels: {}, points: [[940, '50'] as const] }] : []
    },
  }
  const configured = [{ label: 'request_operation', displayName: 'Operation' }]
  return { queries, dashboard: await objectDashboard(mesh, scope, target, { ...query, ...of }, configured) }
}

describe('the dashboard of an object', () => {
  it('has a chart for each metric, in its unit, and empty ones where there are no series', async () => {
    const { dashboard } = await shown(service('web'))
    expect(
      dashboard.charts.map(({ name, metrics }) => [name, metrics.map(({ datapoints }) => datapoints[0]?.[1])]),
    ).toEqual([
      ['Request volume', []],
      ['Request duration', ['0.05']],
      ['Request size', ['50']],
      ['Response size', ['50']],
      ['Request throughput', ['400']],
      ['Response throughput', ['400']],
      ['gRPC received', []],
      ['gRPC sent', []],
      ['TCP opened', []],
      ['TCP closed', []],
      ['TCP received', []],
      ['TCP sent', []],
    ])
  })

  it('says how its series can be told apart, seen from the side that was asked for', async () => {
    const labels = async (direction: MetricsQuery['direction']) => {
      const { dashboard } = await shown({ ...service('web'), of: { kind: 'app', name: 'web' } }, { direction })
      return [dashboard.title, ...dashboard.aggregations.map(({ label }) => label)]
    }
    const common = ['response_code', 'grpc_response_status', 'response_flags', 'connection_security_policy']
    expect(await labels('inbound')).toEqual([
      'Inbound Metrics',
      'destination_canonical_revision',
      'source_workload_namespace',
      'source_canonical_service',
      'source_canonical_revision',
      ...common,
      'request_operation',
    ])
    expect(await labels('outbound')).toEqual([
      'Outbound Metrics',
      'source_canonical_revision',
      'destination_workload_namespace',
      'destination_service_name',
      'destination_canonical_service',
      'destination_canonical_revision',
      ...common,
      'request_operation',
    ])
  })

  it('of a host outside is of calls that name no namespace, of which somebody sees those that he sees the callers of', async () => {
    const host = service('api.partner.example')
    const matchers =
      'destination_service_name="api.partner.example",destination_service_namespace="unknown",destination_cluster="east",reporter=~"destination"'
    expect((await shown(host)).queries[0]).toContain(`{${matchers}}`)
    expect((await shown(host, {}, shopper)).queries[0]).toContain(
      `{${matchers},source_cluster="east",source_workload_namespace=~"shop"}`,
    )
  })

  it('is none of a service that is not there, or may not be seen', async () => {
    const cannot = { status: 404, code: 'BIN-NOT-FOUND' }
    await expect(shown(service('safe'))).rejects.toMatchObject(cannot)
    await expect(shown({ ...service('safe'), namespace: 'vault' }, {}, shopper)).rejects.toMatchObject(cannot)
  })
})
