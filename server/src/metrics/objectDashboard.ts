/** The dashboard that every service, workload and app has: its metrics over time as charts (reference: api.md 20.2). */
import type { Aggregation } from '@binocle/api/config'
import type { Chart, ChartAggregation, Dashboard } from '@binocle/api/dashboards'
import type { Scope } from '../access/scope.ts'
import { externalServices } from '../catalog/services.ts'
import { namespaceAt } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import type { Mesh } from '../model.ts'
import { objectMetrics } from './objectMetrics.ts'
import type { MetricsQuery, Target } from './query.ts'
import { scaled } from './scale.ts'

/** `configured`: further ways of telling series apart. Throws as `objectMetrics`, and for a service that is not there. */
export async function objectDashboard(
  mesh: Mesh,
  scope: Scope,
  target: Target,
  query: MetricsQuery,
  configured: readonly Aggregation[],
): Promise<Dashboard> {
  const found = await objectMetrics(mesh, scope, asLabelled(mesh, scope, target), query)
  return {
    name: '',
    title: query.direction === 'inbound' ? 'Inbound Metrics' : 'Outbound Metrics',
    charts: charts.map(
      ([name, unit, metric, factor]): Chart => ({
        name,
        unit,
        spans: 3,
        startCollapsed: false,
        metrics: (found[metric] ?? []).map((each) => scaled(each, factor)),
        xAxis: null,
        error: '',
      }),
    ),
    aggregations: [...aggregationsOf(query.direction), ...configured.map(completed)],
    externalLinks: null,
    rows: 3,
  }
}

/** Title, unit, metric, and what a value of the metric is in that unit. */
const charts: readonly (readonly [string, string, string, number])[] = [
  ['Request volume', 'ops', 'request_count', 1],
  ['Request duration', 'seconds', 'request_duration_millis', 0.001],
  ['Request size', 'bytes', 'request_size', 1],
  ['Response size', 'bytes', 'response_size', 1],
  ['Request throughput', 'bitrate', 'request_throughput', 8],
  ['Response throughput', 'bitrate', 'response_throughput', 8],
  ['gRPC received', 'msgrate', 'grpc_received', 1],
  ['gRPC sent', 'msgrate', 'grpc_sent', 1],
  ['TCP opened', 'connrate', 'tcp_opened', 1],
  ['TCP closed', 'connrate', 'tcp_closed', 1],
  // Bits by their unit, yet bytes: Kiali's clients draw them as such.
  ['TCP received', 'bitrate', 'tcp_received', 1],
  ['TCP sent', 'bitrate', 'tcp_sent', 1],
]

/** Proxies know no namespace of a host outside of the mesh. */
function asLabelled(mesh: Mesh, scope: Scope, target: Target): Target {
  const { of } = target
  if (of?.kind !== 'service') return target
  namespaceAt(mesh, scope, target)
  if (mesh.inventory.get('services', target, of.name) !== undefined) return target
  if (externalServices(mesh, target).some(({ host }) => host === of.name))
    return { ...target, of: { ...of, outside: true } }
  throw new BinocleError('BIN-NOT-FOUND', `Service.Kiali "${of.name}" not found`, { cluster: target.cluster })
}

function aggregationsOf(direction: MetricsQuery['direction']): readonly ChartAggregation[] {
  const inbound = direction === 'inbound'
  const [local, remote] = inbound ? ['destination', 'source'] : ['source', 'destination']
  const named: readonly (readonly [string, string])[] = [
    [`${local}_canonical_revision`, 'Local version'],
    [`${remote}_workload_namespace`, 'Remote namespace'],
    ...(inbound ? [] : [['destination_service_name', 'Remote service'] as const]),
    [`${remote}_canonical_service`, 'Remote app'],
    [`${remote}_canonical_revision`, 'Remote version'],
    ['response_code', 'Response code'],
    ['grpc_response_status', 'GRPC status'],
    ['response_flags', 'Response flags'],
    ['connection_security_policy', 'Connection Security Policy'],
  ]
  return named.map(([label, displayName]) => ({ label, displayName, singleSelection: false }))
}

const completed = ({ label = '', displayName = '', singleSelection }: Aggregation): ChartAggregation => ({
  label,
  displayName,
  singleSelection: singleSelection === true,
})
