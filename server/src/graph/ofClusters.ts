/** The part of a graph that concerns some clusters: their nodes, the calls that begin or end there, and whom they call. */
import type { ClusterName } from '@binocle/api/identity'
import type { Drawn } from './wireNode.ts'

/** Of nodes with their boxes, and edges with the ids of their ends. */
export function partOfClusters<N extends Placed, E extends { source: string; target: string }>(
  nodes: readonly N[],
  edges: readonly E[],
  clusters: readonly ClusterName[],
): { nodes: N[]; edges: E[] } {
  const chosen = new Set(clusters)
  const inside = new Set<string>()
  const parents = new Map<string, string | undefined>()
  for (const node of nodes) {
    parents.set(node.id, node.parent)
    if (node.isBox === undefined && chosen.has(node.cluster)) inside.add(node.id)
  }
  const kept = edges.filter(({ source, target }) => inside.has(source) || inside.has(target))
  const shown = new Set(inside)
  for (const { source, target } of kept) shown.add(source).add(target)
  for (const id of [...shown]) for (let box = parents.get(id); box !== undefined; box = parents.get(box)) shown.add(box)
  return { nodes: nodes.filter(({ id }) => shown.has(id)), edges: kept }
}

type Placed = Pick<Drawn, 'cluster' | 'id' | 'isBox' | 'parent'>
