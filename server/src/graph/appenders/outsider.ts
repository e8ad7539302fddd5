/** Marks what is outside the requested namespaces, and what the viewer may not look into (reference: graph.md 4.8). */
import type { GraphContext } from '../context.ts'
import type { Node, TrafficMap } from '../trafficMap.ts'

export function markOutsiders(map: TrafficMap, context: GraphContext): void {
  const requested = new Set(context.options.namespaces)
  for (const node of map.values()) {
    if (isNowhere(node)) {
      node.marks.inaccessible = true
      continue
    }
    if (node.namespace !== 'unknown' && !requested.has(node.namespace)) node.marks.outside = true
    if (!context.accessible(node)) node.marks.inaccessible = true
  }
}

const isNowhere = (node: Node): boolean =>
  node.type === 'unknown' || (node.type === 'service' && (node.namespace === 'unknown' || node.egressCluster))
