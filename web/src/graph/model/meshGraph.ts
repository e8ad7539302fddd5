/**
 * The graph document as a tree: cluster > namespace > app > workload or service, and the calls between its leaves.
 * The wire document is flat and its boxes depend on `boxBy`; the tree is built from the nodes' own attributes, so it is
 * the same for every boxing. Ids are made of names: they survive a refetch and can stand in a URL.
 */
import type { Graph, GraphEdge, GraphNode } from '@binocle/api/graph'
import { type HealthStatus, severity, worstOf } from '@binocle/api/health'
import { compare, homesOfServices, kindOf, known, type LeafKind, leafName, nameLeaves } from './leaves.ts'
import { addRates, noRate, type Rate, readRate } from './rate.ts'

export type BoxKind = 'cluster' | 'namespace' | 'app'
export type NodeKind = BoxKind | LeafKind

/** Attributes of the wire node that are drawn, found or listed, by Kiali's names without `has`/`is`. */
export interface MeshNode {
  readonly id: string
  readonly kind: NodeKind
  readonly name: string
  /** Id of the box around it; undefined at the top. */
  readonly parent: string | undefined
  readonly cluster: string
  readonly namespace: string
  readonly app: string | undefined
  readonly version: string | undefined
  readonly workload: string | undefined
  readonly service: string | undefined
  readonly children: readonly string[]
  /** An app of one workload and at most one service has nothing to show inside. */
  readonly openable: boolean
  /** Worst of everything inside. */
  readonly health: HealthStatus
  /** Leaves inside that are Degraded or Failure. */
  readonly problems: number
  /** What is inside, by kind: apps in a namespace, workloads in an app ... */
  readonly counts: {
    readonly namespaces: number
    readonly apps: number
    readonly workloads: number
    readonly services: number
  }
  readonly traffic: NodeTraffic
  /** Leaves only: the wire node. */
  readonly wire: GraphNode | undefined
}

export interface NodeTraffic {
  readonly incoming: Rate
  readonly outgoing: Rate
  /** Between members. */
  readonly internal: Rate
}

/** One wire edge between two leaves. */
export interface Call {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly rate: Rate
  readonly protocol: string
  readonly health: HealthStatus
  /** Both clusters are known and differ (ui.md 17.7). */
  readonly crossCluster: boolean
  /** From a service to a workload behind it: the second half of a call that was counted on its way into the service. */
  readonly half: boolean
  readonly wire: GraphEdge
}

export interface MeshGraph {
  readonly nodes: ReadonlyMap<string, MeshNode>
  /** Ids of the nodes without a box: clusters, and what belongs to no cluster. */
  readonly roots: readonly string[]
  readonly calls: readonly Call[]
  /** Sorted; `unknown` is none. */
  readonly clusters: readonly string[]
  /** Unix seconds, end of the window. */
  readonly timestamp: number
  readonly durationS: number
}

/** Builds the tree; nodes and calls come out in one order whatever the order of the document. */
export function readGraph(graph: Graph): MeshGraph {
  const leaves = graph.elements.nodes.map(({ data }) => data).filter((node) => node.nodeType !== 'box')
  const byWireId = nameLeaves(leaves)
  const edges = graph.elements.edges.map(({ data }) => data)
  const homes = homesOfServices(leaves, edges)
  const drafts = new Map<string, Draft>()
  for (const wire of leaves) {
    const id = byWireId.get(wire.id)
    if (id !== undefined) addLeaf(drafts, id, wire, homes.get(wire.id))
  }
  for (const { data } of graph.elements.nodes) if (data.isBox === 'app') noteAppHealth(drafts, data)
  const calls = readCalls(edges, byWireId, drafts)
  addTraffic(drafts, calls)
  return finish(drafts, calls, graph)
}

/** The boxes around `id`, innermost first, without itself. */
export function ancestors(graph: MeshGraph, id: string): string[] {
  const found: string[] = []
  for (let at = graph.nodes.get(id)?.parent; at !== undefined; at = graph.nodes.get(at)?.parent) found.push(at)
  return found
}

/** Ids of all leaves inside `id` (itself, when it is one). */
export function leavesOf(graph: MeshGraph, id: string): string[] {
  const node = graph.nodes.get(id)
  if (!node) return []
  return node.wire ? [id] : node.children.flatMap((child) => leavesOf(graph, child))
}

interface Draft {
  id: string
  kind: NodeKind
  name: string
  parent: string | undefined
  wire: GraphNode | undefined
  cluster: string
  namespace: string
  children: string[]
  ownHealth: HealthStatus
  incoming: Rate
  outgoing: Rate
  internal: Rate
}

function addLeaf(drafts: Map<string, Draft>, id: string, wire: GraphNode, serviceApp: string | undefined): void {
  const app = wire.nodeType === 'service' ? serviceApp : wire.nodeType === 'unknown' ? undefined : wire.app
  let parent: string | undefined
  if (known(wire.cluster)) {
    parent = box(drafts, 'cluster', `c:${wire.cluster}`, wire.cluster, undefined, wire)
    if (known(wire.namespace))
      parent = box(drafts, 'namespace', `n:${wire.cluster}/${wire.namespace}`, wire.namespace, parent, wire)
    if (known(app)) parent = box(drafts, 'app', `a:${wire.cluster}/${wire.namespace}/${app}`, app, parent, wire)
  }
  const draft = blank(id, kindOf(wire), leafName(wire), parent, wire)
  draft.wire = wire
  draft.ownHealth = wire.healthData?.status?.status ?? 'NA'
  drafts.set(id, draft)
  if (parent !== undefined) drafts.get(parent)?.children.push(id)
}

function box(
  drafts: Map<string, Draft>,
  kind: BoxKind,
  id: string,
  name: string,
  parent: string | undefined,
  member: GraphNode,
): string {
  if (!drafts.has(id)) {
    const draft = blank(id, kind, name, parent, member)
    if (kind === 'cluster') draft.namespace = ''
    drafts.set(id, draft)
    if (parent !== undefined) drafts.get(parent)?.children.push(id)
  }
  return id
}

const blank = (id: string, kind: NodeKind, name: string, parent: string | undefined, place: GraphNode): Draft => ({
  id,
  kind,
  name,
  parent,
  wire: undefined,
  cluster: place.cluster,
  namespace: place.namespace,
  children: [],
  ownHealth: 'NA',
  incoming: noRate,
  outgoing: noRate,
  internal: noRate,
})

/** The app's own health (all its workloads' requests together) may be worse than each of its parts'. */
function noteAppHealth(drafts: Map<string, Draft>, wire: GraphNode): void {
  const draft = drafts.get(`a:${wire.cluster}/${wire.namespace}/${wire.app ?? ''}`)
  if (draft) draft.ownHealth = wire.healthData?.status?.status ?? 'NA'
}

function readCalls(
  edges: readonly GraphEdge[],
  byWireId: ReadonlyMap<string, string>,
  drafts: ReadonlyMap<string, Draft>,
): Call[] {
  const calls: Call[] = []
  for (const wire of edges) {
    const source = drafts.get(byWireId.get(wire.source) ?? '')
    const target = drafts.get(byWireId.get(wire.target) ?? '')
    if (!source || !target) continue
    calls.push({
      id: `${source.id}>${target.id}`,
      source: source.id,
      target: target.id,
      rate: readRate(wire.traffic.rates),
      protocol: wire.traffic.protocol ?? '',
      health: wire.healthStatus ?? 'NA',
      crossCluster: known(source.cluster) && known(target.cluster) && source.cluster !== target.cluster,
      half: isService(source.kind) && !isService(target.kind),
      wire,
    })
  }
  return calls.sort((a, b) => compare(a.id, b.id) || compare(a.protocol, b.protocol))
}

const isService = (kind: NodeKind): boolean => kind === 'service' || kind === 'serviceEntry'

/** Every box around both ends counts a call as internal, every box around one end as outgoing or incoming. */
function addTraffic(drafts: ReadonlyMap<string, Draft>, calls: readonly Call[]): void {
  for (const call of calls) {
    const [from, to] = [chain(drafts, call.source), chain(drafts, call.target)]
    const around = new Set(to)
    for (const draft of to) if (!from.includes(draft)) draft.incoming = addRates(draft.incoming, call.rate)
    if (call.half) continue
    for (const draft of from) {
      if (around.has(draft)) draft.internal = addRates(draft.internal, call.rate)
      else draft.outgoing = addRates(draft.outgoing, call.rate)
    }
  }
}

function chain(drafts: ReadonlyMap<string, Draft>, id: string): Draft[] {
  const found: Draft[] = []
  for (let at = drafts.get(id); at; at = at.parent === undefined ? undefined : drafts.get(at.parent)) found.push(at)
  return found
}

function finish(drafts: ReadonlyMap<string, Draft>, calls: readonly Call[], graph: Graph): MeshGraph {
  const nodes = new Map<string, MeshNode>()
  const settle = (draft: Draft): MeshNode => {
    const members = draft.children
      .flatMap((id) => drafts.get(id) ?? [])
      .sort((a, b) => compare(a.id, b.id))
      .map(settle)
    const workloads = count(members, 'workload', 'workloads')
    const services = count(members, 'service', 'services')
    const only = workloads === 1 ? members.find((member) => member.kind === 'workload') : undefined
    const inApp = draft.kind === 'app' ? only?.wire : undefined
    const wire = draft.wire ?? inApp
    const health = worstOf([draft.ownHealth, ...members.map((member) => member.health)])
    const node: MeshNode = {
      id: draft.id,
      kind: draft.kind,
      name: draft.name,
      parent: draft.parent,
      cluster: draft.cluster,
      namespace: draft.namespace,
      app: draft.kind === 'app' ? draft.name : wire?.app,
      version: known(wire?.version) && wire?.version !== 'latest' ? wire?.version : undefined,
      workload: wire?.workload,
      service: draft.wire?.service,
      children: members.map((member) => member.id),
      openable: draft.kind === 'app' ? members.length > 2 || workloads > 1 : members.length > 0,
      health,
      problems: draft.wire
        ? Number(severity(health) >= severity('Degraded'))
        : members.reduce((sum, member) => sum + member.problems, 0),
      counts: {
        namespaces: count(members, 'namespace', 'namespaces'),
        apps: count(members, 'app', 'apps'),
        workloads,
        services,
      },
      traffic: { incoming: draft.incoming, outgoing: draft.outgoing, internal: draft.internal },
      wire: draft.wire,
    }
    nodes.set(node.id, node)
    return node
  }
  const tops = [...drafts.values()].filter((draft) => draft.parent === undefined).sort((a, b) => compare(a.id, b.id))
  const roots = tops.map((draft) => settle(draft).id)
  const clusters = tops.filter((draft) => draft.kind === 'cluster').map((draft) => draft.name)
  return { nodes, roots, calls, clusters, timestamp: graph.timestamp, durationS: graph.duration }
}

const count = (
  members: readonly MeshNode[],
  kind: NodeKind,
  field: 'namespaces' | 'apps' | 'workloads' | 'services',
): number => members.reduce((sum, member) => sum + member.counts[field] + Number(member.kind === kind), 0)
