/**
 * Rates, sizes and times of one object over a window, as Kiali's API has them (reference: api.md 19). Every query is of
 * the one namespace in the one cluster that is asked for; and where somebody wants to know who is at the other end, of
 * the other ends that he may see.
 */
import type { Metric, MetricsMap } from '@binocle/api/metrics'
import type { Scope } from '../access/scope.ts'
import { findNamespace, namespaceAt, seesAll, visibleClusters, visibleNamespaces } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import type { Namespace } from '../inventory/objects.ts'
import type { Mesh } from '../model.ts'
import { type Expr, type Matcher, oneOf, type Selector } from '../telemetry/promql.ts'
import type { SeriesSource, TimeRange } from '../telemetry/series.ts'
import type { MetricsQuery, Target } from './query.ts'
import { objectMatchers } from './selection.ts'
import { rangeOf, sinceCreation } from './window.ts'

/** Metrics without series are null. Throws for a namespace that may not be seen, and BIN-PROMETHEUS-*. */
export async function objectMetrics(
  mesh: Mesh,
  scope: Scope,
  target: Target,
  query: MetricsQuery,
): Promise<MetricsMap> {
  const young = sinceCreation(query, createdS(namespaceAt(mesh, scope, target)))
  const near = { label: `${sideOf(query)}_cluster`, op: '=' as const, value: target.cluster }
  const matchers = [...objectMatchers(sideOf(query), target.namespace, target.of), near]
  return read(mesh, scope, young, matchers, target.of?.outside === true)
}

/**
 * All calls into a namespace of which one label says one thing, in the clusters where the viewer sees the namespace. Throws
 * BIN-QUERY-NAMESPACE where there is none, and BIN-PROMETHEUS-*.
 */
export async function aggregateMetrics(
  mesh: Mesh,
  scope: Scope,
  { label, namespace, value }: { readonly namespace: string; readonly label: string; readonly value: string },
  query: MetricsQuery,
): Promise<MetricsMap> {
  const places = visibleClusters(mesh, scope)
    .map((cluster) => ({ cluster, found: findNamespace(mesh, scope, { cluster, namespace }) }))
    .flatMap(({ cluster, found }) => (found === undefined ? [] : [{ cluster, createdS: createdS(found) }]))
  if (places.length === 0)
    throw new BinocleError('BIN-QUERY-NAMESPACE', `Cannot access namespace data: namespaces "${namespace}" not found`, {
      remedy: 'Name a namespace of GET /api/namespaces.',
    })
  const young = sinceCreation(query, Math.max(...places.map((place) => place.createdS)))
  const matchers: readonly Matcher[] = [
    { label, op: '=', value },
    ...objectMatchers('destination', namespace, undefined),
    { label: 'destination_cluster', op: '=~', value: oneOf(places.map(({ cluster }) => cluster)) },
  ]
  return read(mesh, scope, young, matchers, !isTold('destination', label))
}

const createdS = ({ createdAt }: Namespace): number => Date.parse(createdAt) / 1000

/** `farther`: who is at the other end matters, whatever the series are told apart by. */
async function read(
  mesh: Mesh,
  scope: Scope,
  query: MetricsQuery,
  object: readonly Matcher[],
  farther: boolean,
): Promise<MetricsMap> {
  const { series } = mesh
  if (series === undefined) throw new BinocleError('BIN-PROMETHEUS-DISABLED', 'No Prometheus is configured.')
  const wanted = families.filter(({ name }) => query.metrics?.includes(name) ?? true)
  const frame: Frame = {
    query,
    matchers: [...object, ...callMatchers(query)],
    ends: otherEnds(mesh, scope, query, farther),
    range: rangeOf(query),
    series,
  }
  const rows = wanted.map(async (family) => [family.name, await family.read(frame, family.name)] as const)
  return Object.fromEntries(await Promise.all(rows))
}

interface Frame {
  readonly query: MetricsQuery
  readonly matchers: readonly Matcher[]
  /** One alternative for each cluster; undefined: all of them. */
  readonly ends: readonly (readonly Matcher[])[] | undefined
  readonly range: TimeRange
  readonly series: SeriesSource
}

interface FamilyOf {
  readonly name: string
  readonly read: (frame: Frame, name: string) => Promise<readonly Metric[] | null>
}

const rate =
  (metric: string): FamilyOf['read'] =>
  (frame, name) =>
    found(frame, name, sum(frame, metric))

const histogram =
  (metric: string): FamilyOf['read'] =>
  async (frame, name) => {
    const { average, quantiles } = frame.query
    const stats = [...(average ? ['avg'] : []), ...quantiles].sort()
    const parts = await Promise.all(
      stats.map(async (stat) => (await found(frame, name, statistic(frame, metric, stat), stat)) ?? []),
    )
    const all = parts.flat()
    return all.length === 0 ? null : all
  }

/** By Istio's names; what proxies call received at the level of TCP their clients have sent. */
const families: readonly FamilyOf[] = [
  { name: 'grpc_received', read: rate('istio_response_messages_total') },
  { name: 'grpc_sent', read: rate('istio_request_messages_total') },
  { name: 'request_count', read: rate('istio_requests_total') },
  { name: 'request_duration_millis', read: histogram('istio_request_duration_milliseconds') },
  { name: 'request_error_count', read: (frame, name) => found(frame, name, errorsOf(frame)) },
  { name: 'request_size', read: histogram('istio_request_bytes') },
  { name: 'request_throughput', read: rate('istio_request_bytes_sum') },
  { name: 'response_size', read: histogram('istio_response_bytes') },
  { name: 'response_throughput', read: rate('istio_response_bytes_sum') },
  { name: 'tcp_closed', read: rate('istio_tcp_connections_closed_total') },
  { name: 'tcp_opened', read: rate('istio_tcp_connections_opened_total') },
  { name: 'tcp_received', read: rate('istio_tcp_sent_bytes_total') },
  { name: 'tcp_sent', read: rate('istio_tcp_received_bytes_total') },
]

async function found(
  { range, series }: Frame,
  name: string,
  expr: Expr,
  stat?: string,
): Promise<readonly Metric[] | null> {
  const rows = await series(expr, range)
  if (rows.length === 0) return null
  return rows.map(({ labels, points }) => ({
    labels,
    datapoints: points,
    ...(stat === undefined ? {} : { stat }),
    name,
  }))
}

function sum({ ends, matchers, query }: Frame, metric: string, more: readonly Matcher[] = [], le = false): Expr {
  const rateOf = (end: readonly Matcher[]): Expr => {
    const of: Selector = { metric, matchers: [...matchers, ...more, ...end] }
    return { kind: 'rate', of, rangeS: query.rateIntervalS, instant: query.instant }
  }
  const by = le ? ['le', ...query.by] : query.by
  return { kind: 'aggregate', op: 'sum', by, of: ends === undefined ? rateOf([]) : either(ends.map(rateOf)) }
}

const either = (parts: readonly Expr[]): Expr => {
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : { kind: 'or', parts }
}

function statistic(frame: Frame, metric: string, stat: string): Expr {
  const plain: Frame = { ...frame, query: { ...frame.query, instant: false } }
  return stat === 'avg'
    ? { kind: 'divide', left: sum(plain, `${metric}_sum`), right: sum(plain, `${metric}_count`) }
    : { kind: 'quantile', quantile: Number(stat), of: sum(plain, `${metric}_bucket`, [], true) }
}

const httpFailed = '^0$|^[4-5]\\d\\d$'
const grpcFailed = '^[1-9]$|^1[0-6]$'

/** What failed as HTTP, or as gRPC in what HTTP calls a success. */
function errorsOf(frame: Frame): Expr {
  const http = sum(frame, 'istio_requests_total', [{ label: 'response_code', op: '=~', value: httpFailed }])
  if (frame.query.protocol === 'http') return http
  const grpc = sum(frame, 'istio_requests_total', [
    { label: 'grpc_response_status', op: '=~', value: grpcFailed },
    { label: 'response_code', op: '!~', value: httpFailed },
  ])
  return { kind: 'or', parts: [http, grpc] }
}

const sideOf = ({ direction }: MetricsQuery): 'destination' | 'source' =>
  direction === 'inbound' ? 'destination' : 'source'

/** Of any object. */
function callMatchers({ protocol, reporters }: MetricsQuery): readonly Matcher[] {
  return [
    ...(reporters === undefined ? [] : [{ label: 'reporter', op: '=~' as const, value: oneOf(reporters) }]),
    ...(protocol === '' ? [] : [{ label: 'request_protocol', op: '=' as const, value: protocol }]),
  ]
}

/** Labels that say nothing of who is at the other end. */
const neutral = [
  'reporter',
  'request_protocol',
  'response_code',
  'grpc_response_status',
  'response_flags',
  'connection_security_policy',
]

const isTold = (near: 'destination' | 'source', label: string): boolean =>
  label.startsWith(`${near}_`) || neutral.includes(label)

/**
 * Who may not see everything is told of the other ends that he may see, if he wants them told apart, or if what they call
 * belongs to no namespace.
 */
function otherEnds(mesh: Mesh, scope: Scope, query: MetricsQuery, farther: boolean): Frame['ends'] {
  if (!farther && query.by.every((label) => isTold(sideOf(query), label))) return undefined
  const clusters = mesh.clusters.list().map(({ name }) => name)
  if (clusters.every((cluster) => scope.seesCluster(cluster) === 'yes' && seesAll(mesh, scope, cluster)))
    return undefined
  const far = sideOf(query) === 'destination' ? 'source' : 'destination'
  return visibleClusters(mesh, scope).flatMap((cluster) => {
    const names = visibleNamespaces(mesh, scope, cluster).map(({ name }) => name)
    if (names.length === 0) return []
    const there: readonly Matcher[] = [
      { label: `${far}_cluster`, op: '=', value: cluster },
      { label: `${far}_workload_namespace`, op: '=~', value: oneOf(names) },
    ]
    return [there]
  })
}
