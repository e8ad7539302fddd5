/** The part of a graph that concerns some clusters: their nodes, the calls that begin or end there, and whom they call. */
import type { Graph, GraphEdge, GraphNode } from '@binocle/api/graph'
import type { ClusterName } from '@binocle/api/identity'

export function graphOfClusters(graph: Graph, clusters: readonly ClusterName[]): Graph {
  const { edges, nodes } = graph.elements
  const chosen = new Set(clusters)
  const inside = new Set(nodes.filter(({ data }) => data.isBox === undefined && chosen.has(data.cluster)).map(idOf))
  const kept = edges.filter(({ data }) => inside.has(data.source) || inside.has(data.target))
  const shown = new Set(inside)
  for (const { data } of kept) shown.add(data.source).add(data.target)
  const parents = new Map(nodes.map(({ data }) => [data.id, data.parent]))
  for (const id of [...shown]) for (let box = parents.get(id); box !== undefined; box = parents.get(box)) shown.add(box)
  return { ...graph, elements: { nodes: nodes.filter((node) => shown.has(idOf(node))), edges: kept } }
}

const idOf = ({ data }: { data: GraphEdge | GraphNode }): string => data.id
