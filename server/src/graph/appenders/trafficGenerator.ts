/** Marks the nodes that nobody calls (reference: graph.md 4.8). */
import type { Node, TrafficMap } from '../trafficMap.ts'

export function markRoots(map: TrafficMap): void {
  const called = new Set<Node>()
  for (const node of map.values()) for (const { destination } of node.edges.values()) called.add(destination)
  for (const node of map.values()) if (node.edges.size > 0 && !called.has(node)) node.marks.root = true
}
