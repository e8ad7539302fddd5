/**
 * What is on the screen: for a set of open boxes, the visible tiles (closed boxes and leaves), the open boxes around
 * them, and the calls summed between visible ends. Everything hidden is counted by the tile that hides it.
 */
import { type HealthStatus, severity, worstOf } from '@binocle/api/health'
import type { Call, MeshGraph, MeshNode } from './meshGraph.ts'
import { addRates, noRate, type Rate } from './rate.ts'

export interface ViewNode {
  readonly node: MeshNode
  /** Drawn as a frame around its children. */
  readonly open: boolean
  /** Index in `nodes` of the open box around it, -1 at the top. */
  readonly parent: number
}

export interface ViewEdge {
  /** `source>target`, by ids of visible nodes. */
  readonly id: string
  /** Indexes in `nodes`. */
  readonly source: number
  readonly target: number
  readonly rate: Rate
  readonly health: HealthStatus
  readonly crossCluster: boolean
  /** `grpc`, `http`, `tcp`, sorted. */
  readonly protocols: readonly string[]
  readonly calls: readonly Call[]
}

export interface GraphView {
  /** Parents before children. */
  readonly nodes: readonly ViewNode[]
  readonly edges: readonly ViewEdge[]
  /** Changes exactly when the layout must. */
  readonly topology: string
  /** Leaves and calls that `hidden` took away. */
  readonly hidden: { readonly nodes: number; readonly calls: number }
}

export interface Hidden {
  readonly nodes: ReadonlySet<string>
  readonly calls: (call: Call) => boolean
}

export const nothingHidden: Hidden = { nodes: new Set(), calls: () => false }

/** The view of `graph` with the boxes of `open` open. `hidden` removes leaves and calls before summing. */
export function viewOf(graph: MeshGraph, open: ReadonlySet<string>, hidden: Hidden = nothingHidden): GraphView {
  const nodes: ViewNode[] = []
  const shownAs = new Map<string, number>()
  const alive = survivors(graph, hidden)
  const show = (id: string, parent: number): void => {
    const node = graph.nodes.get(id)
    if (!node || !alive.has(id)) return
    const isOpen = node.openable && open.has(id)
    const index = nodes.push({ node, open: isOpen, parent }) - 1
    if (isOpen) for (const child of node.children) show(child, index)
    else cover(graph, id, index, shownAs)
  }
  for (const root of graph.roots) show(root, -1)
  const calls = graph.calls.filter((call) => !hidden.calls(call))
  const edges = sumEdges(calls, nodes, shownAs)
  const hiddenLeaves = [...graph.nodes.values()].filter((node) => node.wire && !alive.has(node.id)).length
  return {
    nodes,
    edges,
    topology: [
      ...nodes.map((shown) => (shown.open ? `[${shown.node.id}` : shown.node.id)),
      ...edges.map((e) => e.id),
    ].join('\n'),
    hidden: { nodes: hiddenLeaves, calls: graph.calls.length - calls.length },
  }
}

/** Ids with at least one leaf that is not hidden inside. */
function survivors(graph: MeshGraph, hidden: Hidden): Set<string> {
  const alive = new Set<string>()
  for (const node of graph.nodes.values()) {
    if (!node.wire || hidden.nodes.has(node.id)) continue
    for (
      let at: MeshNode | undefined = node;
      at && !alive.has(at.id);
      at = at.parent ? graph.nodes.get(at.parent) : undefined
    )
      alive.add(at.id)
  }
  return alive
}

function cover(graph: MeshGraph, id: string, index: number, shownAs: Map<string, number>): void {
  shownAs.set(id, index)
  for (const child of graph.nodes.get(id)?.children ?? []) cover(graph, child, index, shownAs)
}

function sumEdges(
  calls: readonly Call[],
  nodes: readonly ViewNode[],
  shownAs: ReadonlyMap<string, number>,
): ViewEdge[] {
  const groups = new Map<string, { source: number; target: number; calls: Call[] }>()
  for (const call of calls) {
    const [source, target] = [shownAs.get(call.source), shownAs.get(call.target)]
    if (source === undefined || target === undefined || source === target) continue
    const id = `${nodes[source]?.node.id}>${nodes[target]?.node.id}`
    const group = groups.get(id)
    if (group) group.calls.push(call)
    else groups.set(id, { source, target, calls: [call] })
  }
  return [...groups]
    .map(([id, { source, target, calls }]) => ({
      id,
      source,
      target,
      calls,
      rate: sumRates(calls),
      health: worstOf(calls.map((call) => call.health)),
      crossCluster: calls.some((call) => call.crossCluster),
      protocols: [...new Set(calls.map((call) => call.protocol).filter((protocol) => protocol !== ''))].sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The second halves of calls count only where nothing but second halves is there (between a service and its workload). */
function sumRates(calls: readonly Call[]): Rate {
  const firsts = calls.filter((call) => !call.half)
  return (firsts.length > 0 ? firsts : calls).reduce((sum, call) => addRates(sum, call.rate), noRate)
}

/** Degraded or Failure. */
export const isProblem = (status: HealthStatus): boolean => severity(status) >= severity('Degraded')
