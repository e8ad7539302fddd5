/** Boxes around the nodes of the mesh graph, and the order of nodes and edges (reference: graph.md 6.7). */
import type { MeshEdge, MeshNode } from '@binocle/api/mesh'
import type { Elements } from './nodes.ts'

/** Puts every node with a namespace into a box of that namespace, and all of a cluster into the cluster's node. */
export function boxed(elements: Elements): MeshNode[] {
  const namespaceBoxes = new Map<string, string>()
  for (const { cluster, namespace } of [...elements.nodes.values()]) {
    const place = `${cluster}/${namespace}`
    if (namespace === '' || namespaceBoxes.has(place)) continue
    const key = { cluster, namespace, infraName: namespace }
    namespaceBoxes.set(
      place,
      elements.node(key, 'namespace', { nodeType: 'box', isBox: 'namespace', healthData: null }),
    )
  }
  const clusterNodes = new Map<string, string>()
  for (const { cluster, id, infraType } of elements.nodes.values())
    if (infraType === 'cluster') clusterNodes.set(cluster, id)
  const parents = new Set<string>()
  const nodes = [...elements.nodes.values()].map((node) => {
    const { cluster, infraType, isBox, namespace } = node
    const inside = namespace !== '' && isBox !== 'namespace'
    const parent = inside
      ? namespaceBoxes.get(`${cluster}/${namespace}`)
      : infraType === 'cluster'
        ? undefined
        : clusterNodes.get(cluster)
    if (parent === undefined) return node
    parents.add(parent)
    return { ...node, parent }
  })
  return nodes.map((node) =>
    node.infraType === 'cluster' && parents.has(node.id) ? { ...node, nodeType: 'box', isBox: 'cluster' } : node,
  )
}

export const byBoxAndPlace = (a: MeshNode, b: MeshNode): number =>
  rank(a) - rank(b) || compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace) || compare(a.id, b.id)

export const byEnds = (a: MeshEdge, b: MeshEdge): number => compare(a.source, b.source) || compare(a.target, b.target)

const rank = ({ isBox }: MeshNode): number => (isBox === 'cluster' ? 0 : isBox === 'namespace' ? 1 : 2)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
