/**
 * The finished map as Kiali's document: nodes, boxes, edges, sorted, numbers as text (reference: graph.md 5). It is made as
 * the bytes that go out, a slice at a time: other requests get their turn in between.
 */
import { setImmediate as pause } from 'node:timers/promises'
import type { GraphNode } from '@binocle/api/graph'
import type { Problem } from '@binocle/api/problem'
import { type Boxable, makeBoxes } from './boxes.ts'
import { compare } from './compare.ts'
import { edgeJson } from './edgeJson.ts'
import { idOf } from './ids.ts'
import type { NodeHealth } from './nodeHealth.ts'
import { partOfClusters } from './ofClusters.ts'
import type { GraphOptions } from './options.ts'
import type { Edge, Node, TrafficMap } from './trafficMap.ts'
import { wireNode } from './wireNode.ts'

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
  const members: Boxable[] = []
  const all: DrawnEdge[] = []
  for (const node of map.values()) {
    const own = health.get(node)
    members.push({ wire: wireNode(node), health: own?.own, boxHealth: own?.ofApp ?? own?.own })
    const source = idOf(node.identity)
    for (const [key, edge] of node.edges) all.push({ edge, key, source, target: idOf(edge.destination.identity) })
  }
  members.sort((a, b) => compareNodes(a.wire, b.wire))
  const boxes = makeBoxes(members, boxBy, boxBy.has('app') || graphType === 'app' || graphType === 'versionedApp')
  // Both are in order: of equal rank there are no two.
  const boxed = boxes.length === 0 ? members : [...boxes.sort((a, b) => compareNodes(a.wire, b.wire)), ...members]
  const { nodes, edges } = clusters.length === 0 ? { nodes: boxed, edges: all } : partOfClusters(boxed, all, clusters)
  edges.sort(compareEdges)

  const bytes = new Bytes()
  bytes.add(`{"timestamp":${queryTime},"duration":${durationS},"graphType":"${graphType}","elements":{"nodes":[`)
  await bytes.list(nodes, nodeJson)
  bytes.add('],"edges":[')
  await bytes.list(edges, ({ edge, key }) => `{"data":${edgeJson(edge, key)}}`)
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

const nodeJson = ({ wire, health }: Pick<Boxable, 'health' | 'wire'>): string =>
  `{"data":${JSON.stringify(wire).slice(0, -1)},"healthData":${health ?? 'null'}}}`

/** Text that becomes bytes before it gets long. */
class Bytes {
  private readonly parts: Buffer[] = []
  private text = ''

  add(text: string): void {
    this.text += text
    if (this.text.length > sliceChars) this.cut()
  }

  /** The elements of a JSON array. */
  async list<T>(elements: readonly T[], jsonOf: (element: T) => string): Promise<void> {
    let cuts = this.parts.length
    for (const [i, element] of elements.entries()) {
      this.add(i === 0 ? jsonOf(element) : `,${jsonOf(element)}`)
      if (this.parts.length === cuts) continue
      cuts = this.parts.length
      await pause()
    }
  }

  whole(): Buffer {
    this.cut()
    const [only] = this.parts
    return only !== undefined && this.parts.length === 1 ? only : Buffer.concat(this.parts)
  }

  private cut(): void {
    // Nearly all of it is ASCII, which is only copied.
    const isAscii = Buffer.byteLength(this.text) === this.text.length
    this.parts.push(Buffer.from(this.text, isAscii ? 'latin1' : 'utf8'))
    this.text = ''
  }
}

const sliceChars = 512 * 1024

const boxOrder = { cluster: 0, namespace: 1, app: 2 } as const
const rankOf = ({ isBox }: Pick<GraphNode, 'isBox'>) => (isBox === undefined ? 3 : boxOrder[isBox])

/** Boxes before what they hold; equal ones by id, so that the order is always the same. */
function compareNodes(a: Boxable['wire'], b: Boxable['wire']): number {
  return (
    rankOf(a) - rankOf(b) ||
    compare(a.cluster, b.cluster) ||
    compare(a.namespace, b.namespace) ||
    compare(a.app ?? '', b.app ?? '') ||
    compare(a.version ?? '', b.version ?? '') ||
    compare(a.service ?? '', b.service ?? '') ||
    compare(a.workload ?? '', b.workload ?? '') ||
    compare(a.aggregate ?? '', b.aggregate ?? '') ||
    compare(a.id, b.id)
  )
}

const compareEdges = (a: DrawnEdge, b: DrawnEdge): number =>
  compare(a.source, b.source) || compare(a.target, b.target) || compare(a.edge.protocol, b.edge.protocol)
