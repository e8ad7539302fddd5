/** What the pods of a part of the mesh use of their nodes (reference: api.md 19.4 and 19.5). */
import type { NamespaceRef } from '@binocle/api/identity'
import type { ControlPlaneMetrics, Metric, UsageMetrics } from '@binocle/api/metrics'
import type { Scope } from '../access/scope.ts'
import { namespaceFacts } from '../catalog/namespaceFacts.ts'
import { namespaceAt } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import type { Expr } from '../telemetry/promql.ts'
import { appPods, ofPods, podMetrics, rateOf, sumBy, toldPods } from './pods.ts'
import type { MetricsQuery } from './query.ts'
import { rangeOf } from './window.ts'

/** Bytes as MB. */
export const mega = 1e-6

/** Cores and MB by pod. `rateText`: the interval as it was asked for, which is part of a name. Rejects with BIN-PROMETHEUS-*. */
export async function usageMetrics(
  mesh: Mesh,
  scope: Scope,
  at: NamespaceRef,
  app: string,
  query: MetricsQuery,
  rateText: string,
): Promise<UsageMetrics> {
  const pods = appPods(mesh, scope, at, app)
  if (pods.length === 0) return { cpu_usage: [], memory_usage: [] }
  const [cpu, memory] = await Promise.all([
    podMetrics(mesh, rangeOf(query), cpuOf(app, pods, query.rateIntervalS, rateText)),
    podMetrics(mesh, rangeOf(query), memoryOf(pods)),
  ])
  return { cpu_usage: cpu, memory_usage: memory }
}

/** Kiali's clients know it by the text of a query, which is another one here. */
export const cpuOf = (app: string, pods: readonly string[], rateS: number, rateText: string) => ({
  name: `irate(container_cpu_usage_seconds_total{pod=~"${app}-.*"}[${rateText}])`,
  expr: sumBy(['pod'], rateOf(ofPods('container_cpu_usage_seconds_total', pods), rateS, true)),
})

export const memoryOf = (pods: readonly string[]) => ({
  name: 'container_memory_working_set_bytes',
  expr: sumBy(['pod'], { kind: 'series', of: ofPods('container_memory_working_set_bytes', pods) }),
  factor: mega,
})

/** Of one istiod. Throws BIN-QUERY-PARAM for what is none, and BIN-PROMETHEUS-*. */
export async function controlPlaneMetrics(
  mesh: Mesh,
  scope: Scope,
  at: NamespaceRef,
  name: string,
  query: MetricsQuery,
): Promise<ControlPlaneMetrics> {
  namespaceAt(mesh, scope, at)
  const { cluster, namespace } = at
  const planes = meshFactsOf(mesh.inventory).controlPlanesIn(cluster)
  if (!planes.some((plane) => plane.namespace === namespace && plane.name === name))
    throw new BinocleError(
      'BIN-QUERY-PARAM',
      `provided namespace [${namespace}] and control plane [${name}] are not found in the cluster [${cluster}] `,
      { remedy: 'Name an istiod of GET /api/mesh/controlplanes.' },
    )
  const workload = namespaceFacts(mesh, at).workloads.find((each) => each.name === name)
  const pods = toldPods(
    mesh,
    scope,
    (workload?.pods ?? []).map((pod) => pod.name),
  )
  const ask = async (metric: string, expr: Expr, factor?: number): Promise<readonly Metric[] | null> => {
    const range = metric === convergence ? { startS: query.endS, endS: query.endS, stepS: 1 } : rangeOf(query)
    const found =
      pods.length === 0 ? [] : await podMetrics(mesh, range, { name: metric, expr, ...(factor ? { factor } : {}) })
    return found.length === 0 ? null : found
  }
  const rate = (metric: string): Expr => sumBy([], rateOf(ofPods(metric, pods), query.rateIntervalS))
  const raw = (metric: string): Expr => ({ kind: 'series', of: ofPods(metric, pods) })
  const whole = (metric: string): Expr => rateOf(ofPods(metric, pods), Math.max(1, query.durationS))
  const [pushed, cpu, memory, processCpu, processMemory] = await Promise.all([
    ask(convergence, { kind: 'divide', left: whole(convergence), right: whole('pilot_proxy_convergence_time_count') }),
    ask('container_cpu_usage_seconds_total', rate('container_cpu_usage_seconds_total')),
    ask('container_memory_working_set_bytes', raw('container_memory_working_set_bytes'), mega),
    ask('process_cpu_seconds_total', rate('process_cpu_seconds_total')),
    ask('process_resident_memory_bytes', raw('process_resident_memory_bytes'), mega),
  ])
  return {
    container_cpu_usage_seconds_total: cpu,
    container_memory_working_set_bytes: memory,
    ...(pushed === null ? {} : { pilot_proxy_convergence_time: pushed }),
    process_cpu_seconds_total: processCpu,
    process_resident_memory_bytes: processMemory,
  }
}

const convergence = 'pilot_proxy_convergence_time_sum'
