/** The neighbourhood of one logical object: itself in every cluster, who calls it and whom it calls. */
import type { LogicalKind } from '@binocle/api/identity'
import { leavesOf, type MeshGraph } from './meshGraph.ts'
import { type Hidden, nothingHidden } from './view.ts'

/** Ids of the object's nodes, one or more in each cluster that has it. */
export function subjectsOf(graph: MeshGraph, kind: LogicalKind, namespace: string, name: string): string[] {
  return [...graph.nodes.values()]
    .filter((node) => {
      if (node.namespace !== namespace) return false
      if (kind === 'app') return node.kind === 'app' && node.name === name
      return kind === 'service' ? node.service === name : node.kind === 'workload' && node.workload === name
    })
    .map((node) => node.id)
    .sort()
}

/** Hides everything but the subjects' apps and what has a call with them. */
export function around(graph: MeshGraph | undefined, subjects: readonly string[]): Hidden {
  if (!graph || subjects.length === 0) return nothingHidden
  const own = new Set(
    subjects.flatMap((id) => {
      const parent = graph.nodes.get(id)?.parent
      return leavesOf(graph, parent?.startsWith('a:') ? parent : id)
    }),
  )
  const kept = new Set(own)
  for (const call of graph.calls) {
    if (own.has(call.source)) kept.add(call.target)
    if (own.has(call.target)) kept.add(call.source)
  }
  const nodes = new Set([...graph.nodes.values()].flatMap((node) => (node.wire && !kept.has(node.id) ? [node.id] : [])))
  return { nodes, calls: (call) => !(own.has(call.source) || own.has(call.target)) }
}
