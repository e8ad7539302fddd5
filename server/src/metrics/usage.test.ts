import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../access/anonymous.ts'
import { testMesh } from '../catalog/testing.ts'
import { render } from '../telemetry/promql.ts'
import type { TimeRange } from '../telemetry/series.ts'
import type { MetricsQuery } from './query.ts'
import { plainQuery } from './testing.ts'
import { controlPlaneMetrics, usageMetrics } from './usage.ts'
import { ztunnelDashboard } from './ztunnelDashboard.ts'

const pod = (name: string, app: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'istio-system', labels: { app } },
  spec: { containers: [] },
  status: { phase: 'Running' },
})
const istiod = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'istiod', namespace: 'istio-system', labels: { app: 'istiod', 'istio.io/rev': 'default' } },
  spec: {
    selector: { matchLabels: { app: 'istiod' } },
    template: {
      metadata: { labels: { app: 'istiod' } },
      spec: { containers: [{ name: 'discovery', env: [{ name: 'CLUSTER_ID', value: 'east' }] }] },
    },
  },
}
const at = { cluster: 'east', namespace: 'istio-system' }
const query: MetricsQuery = plainQuery
const everybody = anonymousViewer.scope

function bed(value = '2000000') {
  const asked: [string, TimeRange][] = []
  const mesh = {
    ...testMesh({ east: [istiod, pod('istiod-1', 'istiod'), pod('ztunnel-1', 'ztunnel')] }),
    series: async (expr: Parameters<typeof render>[0], range: TimeRange) => {
      asked.push([render(expr), range])
      return [{ labels: { pod: 'p' }, points: [[1_000, value] as const] }]
    },
  }
  return { mesh, asked, queries: () => asked.map(([text]) => text) }
}

describe('what is used', () => {
  it('by an app is told pod by pod, in cores and MB', async () => {
    const { mesh, queries } = bed()
    expect(await usageMetrics(mesh, everybody, at, 'ztunnel', query, '1m')).toEqual({
      cpu_usage: [
        {
          labels: { pod: 'p' },
          datapoints: [[1_000, '2000000']],
          name: 'irate(container_cpu_usage_seconds_total{pod=~"ztunnel-.*"}[1m])',
        },
      ],
      memory_usage: [{ labels: { pod: 'p' }, datapoints: [[1_000, '2']], name: 'container_memory_working_set_bytes' }],
    })
    expect(queries()).toEqual([
      'sum by (pod) (irate(container_cpu_usage_seconds_total{pod=~"ztunnel-1"}[60s]))',
      'sum by (pod) (container_memory_working_set_bytes{pod=~"ztunnel-1"})',
    ])
  })

  it('is nothing where there is no pod, and nobody is asked', async () => {
    const { mesh, asked } = bed()
    expect(await usageMetrics(mesh, everybody, at, 'nosuch', query, '1m')).toEqual({ cpu_usage: [], memory_usage: [] })
    expect(asked).toEqual([])
  })

  it('by an istiod comes with how long proxies waited, over the whole window at its end', async () => {
    const { mesh, asked } = bed()
    const found = await controlPlaneMetrics(mesh, everybody, at, 'istiod', query)
    const value = Object.entries(found).map(([name, metrics]) => [name, metrics?.[0]?.datapoints[0]?.[1]])
    expect(value).toEqual([
      ['container_cpu_usage_seconds_total', '2000000'],
      ['container_memory_working_set_bytes', '2'],
      ['pilot_proxy_convergence_time', '2000000'],
      ['process_cpu_seconds_total', '2000000'],
      ['process_resident_memory_bytes', '2'],
    ])
    expect(asked[0]).toEqual([
      '(rate(pilot_proxy_convergence_time_sum{pod=~"istiod-1"}[600s])) / (rate(pilot_proxy_convergence_time_count{pod=~"istiod-1"}[600s]))',
      { startS: 1_000, endS: 1_000, stepS: 1 },
    ])
  })

  it('is not told of what is no control plane', async () => {
    await expect(controlPlaneMetrics(bed().mesh, everybody, at, 'ztunnel', query)).rejects.toMatchObject({
      status: 400,
      message: 'provided namespace [istio-system] and control plane [ztunnel] are not found in the cluster [east] ',
    })
  })
})

describe('the dashboard of ztunnels', () => {
  it('has a chart for each thing that they do, in its unit', async () => {
    const { mesh } = bed()
    const { charts, rows, title } = await ztunnelDashboard(mesh, everybody, at, query, '1m')
    expect([title, rows]).toEqual(['Ztunnel Metrics', 2])
    expect(
      charts.map(({ name, unit, metrics }) => [name, unit, metrics.map(({ datapoints }) => datapoints[0]?.[1])]),
    ).toEqual([
      ['Ztunnel Connections', 'cps', ['2000000', '2000000']],
      ['Ztunnel versions', '', ['2000000']],
      ['Ztunnel memory usage', 'MiB', ['2']],
      ['Ztunnel CPU usage', '', ['2000000']],
      ['Ztunnel bytes transmitted', 'kB', ['2000', '2000']],
      ['Ztunnel workload manager', '', ['2000000']],
    ])
    expect(charts[4]?.metrics.map(({ labels }) => labels.pod)).toEqual(['Received (p)', 'Sent (p)'])
  })

  it('asks for the pods of ztunnel alone', async () => {
    const { mesh, queries } = bed()
    await ztunnelDashboard(mesh, everybody, at, query, '1m')
    expect(queries().filter((text) => !text.includes('pod=~"ztunnel-1"'))).toEqual([])
    expect(queries()).toContain('sum by (tag) (istio_build{component="ztunnel",pod=~"ztunnel-1"})')
  })
})
