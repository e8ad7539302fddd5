/** Removes what has no traffic and does not exist, and marks workloads that have no pods (reference: graph.md 4.2). */
import type { GraphContext } from '../context.ts'
import { isOk } from '../nodeIdentity.ts'
import { hasTraffic } from '../rates.ts'
import type { Node, TrafficMap } from '../trafficMap.ts'

/** Removing a node may leave others without an edge, so it is repeated until nothing changes. */
export function removeDeadNodes(map: TrafficMap, context: GraphContext, namespace: string): void {
  for (let before = -1; before !== map.size; ) {
    before = map.size
    for (const node of map.values()) {
      if (!hasTraffic(node) && isGone(node, context, namespace)) map.delete(node.key)
    }
    if (map.size === before) return
    for (const node of map.values()) {
      for (const [key, edge] of node.edges)
        if (map.get(edge.destination.key) !== edge.destination) node.edges.delete(key)
    }
  }
}

function isGone(node: Node, context: GraphContext, namespace: string): boolean {
  if (node.type === 'aggregate') return false
  if (node.type === 'unknown') return !node.restricted
  if (node.type === 'service') {
    return node.edges.size === 0 && node.marks.serviceEntry === undefined && !node.egressCluster
  }
  if (!isOk(node.workload) || !context.accessible(node)) return false
  // Kiali looks the workload up in the namespace whose map this is, whatever the node's own.
  const workload = context.factsOf({ cluster: node.cluster, namespace }).workload(node.workload)
  if (workload === undefined) return true
  if (workload.pods.length === 0) node.marks.dead = true
  return false
}
