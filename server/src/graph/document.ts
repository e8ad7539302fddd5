/**
 * The finished map as Kiali's document: nodes, boxes, edges, sorted, numbers as text (reference: graph.md 5). It is made as
 * the bytes that go out, a slice at a time: other requests get their turn in between.
 */
import { setImmediate as pause } from 'node:timers/promises'
import type { Problem } from '@binocle/api/problem'
import { makeBoxes } from './boxes.ts'
import { Bytes } from './bytes.ts'
import { compare } from './compare.ts'
import { edgeJson } from './edgeJson.ts'
import { idOf } from './ids.ts'
import type { NodeHealth } from './nodeHealth.ts'
import { partOfClusters } from './ofClusters.ts'
import type { GraphOptions } from './options.ts'
import type { Edge, Node, TrafficMap } from './trafficMap.ts'
import { type Drawn, drawnNode, nodeJson } from './wireNode.ts'

/** A `Graph` as JSON, in UTF-8. */
export interface GraphJson {
  readonly json: Buffer
}

/** `health` holds what the health appender found; empty without it. `telemetry`: why there is no traffic. */
export async function graphDocument(
  map: TrafficMap,
  options: Pick<GraphOptions, 'boxBy' | 'clusters' | 'durationS' | 'graphType' | 'queryTime'>,
  health: ReadonlyMap<Node, NodeHealth>,
  telemetry?: Problem,
): Promise<GraphJson> {
  const { boxBy, clusters = [], durationS, graphType, queryTime } = options
  const members: Drawn[] = []
  for (const node of map.values()) members.push(drawnNode(node, health.get(node)))
  const all = edgesOf(members)
  members.sort(compareNodes)
  const boxes = makeBoxes(members, boxBy, boxBy.has('app') || graphType === 'app' || graphType === 'versionedApp')
  // Both are in order: of equal rank there are no two.
  const boxed = boxes.length === 0 ? members : [...boxes.sort(compareNodes), ...members]
  const { nodes, edges } = clusters.length === 0 ? { nodes: boxed, edges: all } : partOfClusters(boxed, all, clusters)

  const bytes = new Bytes()
  bytes.add(`{"timestamp":${queryTime},"duration":${durationS},"graphType":"${graphType}","elements":{"nodes":[`)
  await bytes.list(nodes, nodeJson, pause)
  bytes.add('],"edges":[')
  await bytes.list(edges, ({ edge, key }) => `{"data":${edgeJson(edge, key)}}`, pause)
  bytes.add(telemetry === undefined ? ']}}' : `]},"telemetry":${JSON.stringify(telemetry)}}`)
  return { json: bytes.whole() }
}

interface DrawnEdge {
  readonly edge: Edge
  readonly key: string
  /** Published ids of its ends. */
  readonly source: string
  readonly target: string
}

/** In order of source, target and protocol: node by node, for a graph has many more edges than a node. */
function edgesOf(nodes: readonly Drawn[]): DrawnEdge[] {
  const edges: DrawnEdge[] = []
  for (const { id: source, node } of [...nodes].sort((a, b) => compare(a.id, b.id))) {
    if (node === undefined || node.edges.size === 0) continue
    const own: DrawnEdge[] = []
    for (const [key, edge] of node.edges) own.push({ edge, key, source, target: idOf(edge.destination.identity) })
    if (own.length > 1) own.sort(compareEdges)
    for (const edge of own) edges.push(edge)
  }
  return edges
}

const compareEdges = (a: DrawnEdge, b: DrawnEdge): number =>
  compare(a.target, b.target) || compare(a.edge.protocol, b.edge.protocol)

const boxOrder = { cluster: 0, namespace: 1, app: 2 } as const
const rankOf = ({ isBox }: Drawn) => (isBox === undefined ? 3 : boxOrder[isBox])

/** Boxes before what they hold; equal ones by id, so that the order is always the same. */
function compareNodes(a: Drawn, b: Drawn): number {
  return (
    rankOf(a) - rankOf(b) ||
    compare(a.cluster, b.cluster) ||
    compare(a.namespace, b.namespace) ||
    compare(a.app, b.app) ||
    (a.node !== undefined && b.node !== undefined ? compareNames(a.node, b.node) : 0) ||
    compare(a.id, b.id)
  )
}

const compareNames = (a: Node, b: Node): number =>
  compare(a.version, b.version) ||
  compare(a.service, b.service) ||
  compare(a.workload, b.workload) ||
  compare(a.aggregate, b.aggregate)
