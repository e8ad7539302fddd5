/** The dashboard of a cluster's ztunnels, pod by pod (reference: api.md 20.3). */
import type { Chart, Dashboard } from '@binocle/api/dashboards'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Metric } from '@binocle/api/metrics'
import type { Scope } from '../access/scope.ts'
import { namespaceAt } from '../catalog/visible.ts'
import type { Mesh } from '../model.ts'
import type { Expr, Selector } from '../telemetry/promql.ts'
import { appPods, ofPods, podMetrics, rateOf, sumBy } from './pods.ts'
import type { MetricsQuery } from './query.ts'
import { cpuOf, memoryOf } from './usage.ts'
import { rangeOf } from './window.ts'

/** `rateText`: the interval as it was asked for. Throws for a namespace that may not be seen, and BIN-PROMETHEUS-*. */
export async function ztunnelDashboard(
  mesh: Mesh,
  scope: Scope,
  at: NamespaceRef,
  query: MetricsQuery,
  rateText: string,
): Promise<Dashboard> {
  namespaceAt(mesh, scope, at)
  const pods = appPods(mesh, scope, at, 'ztunnel')
  const charts = chartsOf(pods, query, rateText).map(async ([name, unit, parts]): Promise<Chart> => {
    const found =
      pods.length === 0 ? [] : await Promise.all(parts.map((part) => podMetrics(mesh, rangeOf(query), part)))
    const metrics = found.flatMap((each, i) => each.map((metric) => titled(metric, parts[i]?.title)))
    return { name, unit, spans: 4, startCollapsed: false, metrics, xAxis: null, error: '' }
  })
  return {
    name: '',
    title: 'Ztunnel Metrics',
    charts: await Promise.all(charts),
    aggregations: [],
    externalLinks: null,
    rows: 2,
  }
}

interface Part {
  readonly name: string
  readonly expr: Expr
  readonly factor?: number
  /** What a series shows, before the name of its pod. */
  readonly title?: string
}

function chartsOf(
  pods: readonly string[],
  { rateIntervalS }: MetricsQuery,
  rateText: string,
): readonly (readonly [string, string, readonly Part[]])[] {
  const rate = (metric: string): Expr => sumBy(['pod'], rateOf(ofPods(metric, pods), rateIntervalS))
  const now = (by: string, of: Selector): Expr => sumBy([by], { kind: 'series', of })
  const opened = 'istio_tcp_connections_opened_total'
  const closed = 'istio_tcp_connections_closed_total'
  const bytes = { name: 'ztunnel_bytes_transmitted', factor: 0.001 }
  const build = ofPods('istio_build', pods, [{ label: 'component', op: '=', value: 'ztunnel' }])
  const proxies = ofPods('workload_manager_active_proxy_count', pods)
  return [
    [
      'Ztunnel Connections',
      'cps',
      [
        { name: opened, expr: rate(opened) },
        { name: closed, expr: rate(closed) },
      ],
    ],
    ['Ztunnel versions', '', [{ name: 'istio_build', expr: now('tag', build) }]],
    ['Ztunnel memory usage', 'MiB', [memoryOf(pods)]],
    ['Ztunnel CPU usage', '', [cpuOf('ztunnel', pods, rateIntervalS, rateText)]],
    [
      'Ztunnel bytes transmitted',
      'kB',
      [
        { ...bytes, expr: rate('istio_tcp_received_bytes_total'), title: 'Received' },
        { ...bytes, expr: rate('istio_tcp_sent_bytes_total'), title: 'Sent' },
      ],
    ],
    ['Ztunnel workload manager', '', [{ name: 'ztunnel_workload_manager', expr: now('pod', proxies) }]],
  ]
}

const titled = (metric: Metric, title: string | undefined): Metric =>
  title === undefined ? metric : { ...metric, labels: { ...metric.labels, pod: `${title} (${metric.labels.pod})` } }
