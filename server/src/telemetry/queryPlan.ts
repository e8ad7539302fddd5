/**
 * What is asked for one window of the whole mesh: one instant query per metric family, grouped by everything a graph
 * tells apart, whatever the number of namespaces. Extras (response times and so on) are one query each.
 */
import { type Expr, isLabelName, type Matcher } from './promql.ts'
import type { ExtraTable, Family } from './traffic.ts'

const sourceLabels = [
  'source_cluster',
  'source_workload_namespace',
  'source_workload',
  'source_canonical_service',
  'source_canonical_revision',
] as const
const destinationLabels = [
  'destination_cluster',
  'destination_service_namespace',
  'destination_service_name',
  'destination_workload_namespace',
  'destination_workload',
  'destination_canonical_service',
  'destination_canonical_revision',
] as const
const pairLabels = [...sourceLabels, ...destinationLabels, 'destination_service'] as const
const requestLabels = ['request_protocol', 'response_code', 'grpc_response_status', 'response_flags'] as const

const families: Readonly<Record<Family, { readonly metric: string; readonly labels: readonly string[] }>> = {
  requests: { metric: 'istio_requests_total', labels: requestLabels },
  requestMessages: { metric: 'istio_request_messages_total', labels: [] },
  responseMessages: { metric: 'istio_response_messages_total', labels: [] },
  tcpSent: { metric: 'istio_tcp_sent_bytes_total', labels: ['app', 'response_flags'] },
  tcpReceived: { metric: 'istio_tcp_received_bytes_total', labels: ['app', 'response_flags'] },
}

export const familyNames: readonly Family[] = [
  'requests',
  'requestMessages',
  'responseMessages',
  'tcpSent',
  'tcpReceived',
]

/** The rates of one family. Without `idle`, series without traffic are left out. */
export function familyQuery(family: Family, durationS: number, idle: boolean): Expr {
  const { metric, labels } = families[family]
  const rates = sumOfRates(metric, [], ['reporter', ...pairLabels, ...labels], durationS)
  return idle ? rates : { kind: 'positive', of: rates }
}

/** Is there any Istio metric at all? Asked only when nothing had traffic. */
export const anyIstioMetric: Expr = {
  kind: 'or',
  parts: ['istio_requests_total', 'istio_tcp_sent_bytes_total'].map(
    (metric): Expr => ({
      kind: 'aggregate',
      op: 'count',
      by: [],
      of: { kind: 'series', of: { metric, matchers: [] } },
    }),
  ),
}

/** The newest sample that names a cluster, by the cluster of the proxy that reported it. */
export function lastMetricsQuery(reporter: 'destination' | 'source'): Expr {
  return {
    kind: 'aggregate',
    op: 'max',
    by: [`${reporter}_cluster`],
    of: {
      kind: 'timestamp',
      of: { metric: 'istio_requests_total', matchers: [{ label: 'reporter', op: '=', value: reporter }] },
    },
  }
}

/** How long requests to each service took, in ms, of all reporters together; services without requests are left out. */
export const latencyQuery = (durationS: number): Expr => ({
  kind: 'positive',
  of: {
    kind: 'quantile',
    quantile: 0.95,
    of: sumOfRates(
      'istio_request_duration_milliseconds_bucket',
      [{ label: 'destination_workload', op: '!=', value: 'unknown' }],
      ['le', 'destination_cluster', 'destination_service_namespace', 'destination_service_name'],
      durationS,
    ),
  },
})

/** One query for one extra table of the whole mesh. Throws RangeError for an aggregate that is no label name. */
export function extraQuery(table: ExtraTable, durationS: number): Expr {
  switch (table.kind) {
    case 'idle':
      return familyQuery(table.family, durationS, true)
    case 'responseTime':
      return { kind: 'positive', of: responseTime(table, durationS) }
    case 'throughput':
      return positiveRates(
        `istio_${table.of}_bytes_sum`,
        [table.of === 'response' ? byServers : byCallers],
        ['reporter', ...pairLabels],
        durationS,
      )
    case 'security':
      return positiveRates(
        families[table.family].metric,
        // Callers count where ztunnel speaks for them, which is TCP.
        table.family.startsWith('tcp') ? [] : [byServers],
        [
          'reporter',
          ...(table.family.startsWith('tcp') ? ['app'] : []),
          ...sourceLabels,
          ...destinationLabels,
          'source_principal',
          'destination_principal',
          'connection_security_policy',
        ],
        durationS,
      )
    case 'aggregate': {
      if (!isLabelName(table.label)) throw new RangeError(`not a label name: ${JSON.stringify(table.label)}`)
      return {
        kind: 'positive',
        of: sumOfRates(
          families.requests.metric,
          [{ label: table.label, op: '!=', value: '' }, byServers],
          ['reporter', ...pairLabels, ...requestLabels, table.label],
          durationS,
        ),
      }
    }
  }
}

/** Quantiles of several reporters do not add up, so Prometheus is asked for exactly the reporters a graph selects. */
function responseTime({ statistic, reporters }: ExtraTable & { kind: 'responseTime' }, durationS: number): Expr {
  const matchers: readonly Matcher[] = [{ label: 'reporter', op: '=~', value: reporters.join('|') }]
  const labels = [...pairLabels, 'request_protocol']
  const of = (part: string, by: readonly string[]) =>
    sumOfRates(`istio_request_duration_milliseconds_${part}`, matchers, by, durationS)
  if (statistic === 'avg') return { kind: 'divide', left: of('sum', labels), right: of('count', labels) }
  return { kind: 'quantile', quantile: Number(statistic) / 100, of: of('bucket', ['le', ...labels]) }
}

const positiveRates = (
  metric: string,
  matchers: readonly Matcher[],
  by: readonly string[],
  durationS: number,
): Expr => ({ kind: 'positive', of: sumOfRates(metric, matchers, by, durationS) })

/** What the graph reads of such a table is one side's word; a waypoint speaks for both. */
const byServers: Matcher = { label: 'reporter', op: '=~', value: 'waypoint|destination' }
const byCallers: Matcher = { label: 'reporter', op: '=~', value: 'waypoint|source' }

function sumOfRates(metric: string, matchers: readonly Matcher[], by: readonly string[], durationS: number): Expr {
  return { kind: 'aggregate', op: 'sum', by, of: { kind: 'rate', of: { metric, matchers }, rangeS: durationS } }
}
