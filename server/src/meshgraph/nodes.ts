/** The nodes and edges of the mesh graph while it is built: each thing once, under Kiali's key (reference: graph.md 6.2). */
import { hash } from 'node:crypto'
import type { InfraType, MeshEdge, MeshNode } from '@binocle/api/mesh'

/** What makes a node the same node: version included, so that two versions of a component are two nodes. */
export interface NodeKey {
  readonly cluster: string
  /** '' for clusters, data planes and what runs outside. */
  readonly namespace: string
  readonly infraName: string
  readonly version?: string
}

export interface Elements {
  /** Adds the node, or replaces what is known of it; returns its id. */
  node(key: NodeKey, infraType: InfraType, more?: Partial<MeshNode>): string
  /** Adds the edge once. */
  edge(source: string, target: string): void
  readonly nodes: ReadonlyMap<string, MeshNode>
  readonly edges: ReadonlyMap<string, MeshEdge>
}

export function startElements(): Elements {
  const nodes = new Map<string, MeshNode>()
  const edges = new Map<string, MeshEdge>()
  return {
    nodes,
    edges,
    node({ cluster, infraName, namespace, version = '' }, infraType, more = {}) {
      const id = sha256(`infra_${cluster}_${namespace}_${infraName}_${version}`)
      nodes.set(id, {
        id,
        cluster,
        infraName,
        infraType,
        namespace,
        nodeType: 'infra',
        healthData: 'Healthy',
        ...more,
        ...(version === '' ? {} : { version }),
      })
      return id
    },
    edge(source, target) {
      const id = sha256(`${source}.${target}`)
      edges.set(id, { id, source, target })
    },
  }
}

const sha256 = (text: string): string => hash('sha256', text)
