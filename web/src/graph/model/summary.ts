/** What a graph says as a whole: what is wrong worst first, totals, and the traffic between clusters. */
import { severity } from '@binocle/api/health'
import type { TrafficCell } from '@binocle/api/multicluster'
import type { Call, MeshGraph, MeshNode } from './meshGraph.ts'
import { addRates, errorPercent, noRate, type Rate, requestRps } from './rate.ts'
import { isProblem } from './view.ts'

export interface Totals {
  readonly clusters: number
  readonly namespaces: number
  readonly apps: number
  readonly workloads: number
  readonly services: number
  readonly calls: number
  readonly rate: Rate
  readonly crossClusterRps: number
}

/** Second halves of calls are left out: each call counts once. */
export function totalsOf(graph: MeshGraph): Totals {
  const count = (...kinds: MeshNode['kind'][]) =>
    [...graph.nodes.values()].filter((node) => kinds.includes(node.kind)).length
  const calls = graph.calls.filter((call) => !call.half)
  return {
    clusters: graph.clusters.length,
    namespaces: new Set([...graph.nodes.values()].filter((node) => node.kind === 'namespace').map((node) => node.name))
      .size,
    apps: count('app'),
    workloads: count('workload'),
    services: count('service', 'serviceEntry'),
    calls: calls.length,
    rate: calls.reduce((sum, call) => addRates(sum, call.rate), noRate),
    crossClusterRps: calls.filter((call) => call.crossCluster).reduce((sum, call) => sum + requestRps(call.rate), 0),
  }
}

/** Requests between (and within) clusters; only pairs with traffic, sorted. */
export function clusterMatrix(graph: MeshGraph): TrafficCell[] {
  const sums = new Map<string, { source: string; destination: string; rate: Rate }>()
  for (const call of graph.calls) {
    const [source, destination] = [graph.nodes.get(call.source)?.cluster, graph.nodes.get(call.target)?.cluster]
    if (call.half || !source || !destination) continue
    if (!graph.clusters.includes(source) || !graph.clusters.includes(destination)) continue
    const key = `${source}>${destination}`
    const before = sums.get(key)?.rate ?? noRate
    sums.set(key, { source, destination, rate: addRates(before, call.rate) })
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { source, destination, rate }]) => ({
      source,
      destination,
      rps: requestRps(rate),
      errorPercent: errorPercent(rate),
    }))
}

/** A failing call or an unhealthy node, worst first: by severity, then by errors per second. */
export interface GraphProblem {
  readonly focus: string
  readonly health: MeshNode['health']
  readonly subject: { readonly kind: 'call'; readonly call: Call } | { readonly kind: 'node'; readonly node: MeshNode }
  readonly errorRps: number
}

/** Nodes whose bad health is already told by a failing call into them are left out. */
export function problemsOf(graph: MeshGraph): GraphProblem[] {
  const problems: GraphProblem[] = []
  const told = new Set<string>()
  for (const call of graph.calls) {
    if (!isProblem(call.health) || call.half) continue
    problems.push({
      focus: call.id,
      health: call.health,
      subject: { kind: 'call', call },
      errorRps: call.rate.errorRps,
    })
    for (const id of [call.target, graph.nodes.get(call.target)?.parent ?? '', call.source]) told.add(id)
  }
  for (const node of graph.nodes.values()) {
    if (!node.wire || !isProblem(node.health) || told.has(node.id) || told.has(node.parent ?? '')) continue
    problems.push({
      focus: node.id,
      health: node.health,
      subject: { kind: 'node', node },
      errorRps: node.traffic.incoming.errorRps,
    })
  }
  return problems.sort(
    (a, b) => severity(b.health) - severity(a.health) || b.errorRps - a.errorRps || (a.focus < b.focus ? -1 : 1),
  )
}
