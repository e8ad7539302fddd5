/**
 * Metrics that name pods and neither cluster nor, surely, namespace: those of containers and processes. They are asked
 * for by the names of pods that the viewer may see.
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Metric } from '@binocle/api/metrics'
import type { Scope } from '../access/scope.ts'
import { visibleNamespaces } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import type { Mesh } from '../model.ts'
import { type Expr, type Matcher, oneOf, type Selector } from '../telemetry/promql.ts'
import type { TimeRange } from '../telemetry/series.ts'
import { scaled } from './scale.ts'

/** Values of `expr` over `range`, times `factor`, as metrics called `name`. Rejects with BIN-PROMETHEUS-*. */
export async function podMetrics(
  mesh: Mesh,
  range: TimeRange,
  { expr, factor = 1, name }: { readonly name: string; readonly expr: Expr; readonly factor?: number },
): Promise<readonly Metric[]> {
  if (mesh.series === undefined) throw new BinocleError('BIN-PROMETHEUS-DISABLED', 'No Prometheus is configured.')
  const found = await mesh.series(expr, range)
  return found.map(({ labels, points }) => scaled({ labels, datapoints: points, name }, factor))
}

export const ofPods = (metric: string, pods: readonly string[], more: readonly Matcher[] = []): Selector => ({
  metric,
  matchers: [...more, { label: 'pod', op: '=~', value: oneOf(pods) }],
})

export const rateOf = (of: Selector, rangeS: number, instant = false): Expr => ({ kind: 'rate', of, rangeS, instant })

export const sumBy = (by: readonly string[], of: Expr): Expr => ({ kind: 'aggregate', op: 'sum', by, of })

/** The pods of an app in a namespace; where there are none, those of that name wherever the viewer sees them. */
export function appPods(mesh: Mesh, scope: Scope, at: NamespaceRef, app: string): readonly string[] {
  const { clusters, inventory } = mesh
  const namesIn = (pods: Iterable<{ readonly name: string }>): string[] => {
    const names: string[] = []
    for (const { name } of pods) if (name.startsWith(`${app}-`)) names.push(name)
    return names
  }
  const near = namesIn(inventory.in('pods', at))
  const names = near.length > 0 ? near : clusters.list().flatMap(({ name }) => namesIn(inventory.all('pods', name)))
  return toldPods(mesh, scope, names)
}

/** As many as a query can name, without those whose name a pod has too that may not be seen: their values are one. */
export function toldPods(mesh: Mesh, scope: Scope, names: readonly string[]): readonly string[] {
  const told = new Set(names)
  for (const { name: cluster } of mesh.clusters.list()) {
    if (told.size === 0) break
    const seen = new Set(visibleNamespaces(mesh, scope, cluster).map(({ name }) => name))
    for (const { name, namespace } of mesh.inventory.all('pods', cluster)) if (!seen.has(namespace)) told.delete(name)
  }
  return [...told].sort().slice(0, mostPods)
}

const mostPods = 500
