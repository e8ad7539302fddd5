/** A node in words: `cart v1 in shop (east)`, as short as its kind allows. */
import type { MeshGraph } from '../../graph/model/meshGraph.ts'

export function placeText(graph: MeshGraph, id: string): string {
  const node = graph.nodes.get(id)
  if (!node) return id
  if (node.kind === 'cluster') return `cluster ${node.name}`
  const where = node.parent === undefined ? '' : ` (${node.cluster})`
  if (node.kind === 'namespace') return `namespace ${node.name}${where}`
  return `${node.name}${node.version ? ` ${node.version}` : ''}${node.parent ? ` in ${node.namespace}` : ''}${where}`
}
