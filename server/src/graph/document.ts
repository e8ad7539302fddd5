/** The finished map as Kiali's document: nodes, boxes, edges, sorted, numbers as text (reference: graph.md 5). */
import type { Graph, GraphEdge, GraphNode } from '@binocle/api/graph'
import { type Boxable, makeBoxes } from './boxes.ts'
import { edgeTraffic } from './edgeNumbers.ts'
import { edgeId, edgeIdOf, idOf } from './ids.ts'
import type { NodeHealth } from './nodeHealth.ts'
import type { ServiceName } from './nodeIdentity.ts'
import { rateText, wholeText } from './numbers.ts'
import type { GraphOptions } from './options.ts'
import type { Edge, Marks, Node, TrafficMap } from './trafficMap.ts'

/** `health` holds what the health appender found; empty without it. */
export function graphDocument(
  map: TrafficMap,
  options: Pick<GraphOptions, 'boxBy' | 'durationS' | 'graphType' | 'queryTime'>,
  health: ReadonlyMap<Node, NodeHealth>,
): Graph {
  const nodes: Boxable[] = []
  const edges: GraphEdge[] = []
  for (const node of map.values()) {
    const nodeHealth = health.get(node)
    nodes.push({
      wire: wireNode(node, nodeHealth),
      boxHealth: nodeHealth?.ofApp ?? nodeHealth?.own ?? null,
    })
    for (const [key, edge] of node.edges) {
      const { source, destination, protocol } = edge
      const id = edgeIdOf(source.identity, key, destination.identity, protocol)
      edges.push(wireEdge(edge, source, id))
    }
  }
  nodes.sort((a, b) => compareNodes(a.wire, b.wire))
  const { boxBy, graphType } = options
  const boxes = makeBoxes(nodes, boxBy, boxBy.has('app') || graphType === 'app' || graphType === 'versionedApp')
  const all = boxes.length === 0 ? nodes.map(({ wire }) => wire) : [...boxes, ...nodes.map(({ wire }) => wire)]
  if (boxes.length > 0) all.sort(compareNodes)
  edges.sort(compareEdges)
  return {
    timestamp: options.queryTime,
    duration: options.durationS,
    graphType,
    elements: { nodes: all.map((data) => ({ data })), edges: edges.map((data) => ({ data })) },
  }
}

function wireNode(node: Node, health: NodeHealth | undefined): GraphNode {
  const { marks } = node
  const traffic = nodeTraffic(node)
  const wire: GraphNode = {
    id: idOf(node.identity),
    nodeType: node.type,
    cluster: node.cluster,
    namespace: node.namespace,
    healthData: health?.own ?? null,
  }
  if (node.workload !== '') wire.workload = node.workload
  if (node.app !== '') wire.app = node.app
  if (node.version !== '') wire.version = node.version
  if (node.service !== '') wire.service = node.service
  if (node.aggregate !== '') wire.aggregate = node.aggregate
  if (node.destServices.length > 0) wire.destServices = node.destServices.map(copy).sort(compareServices)
  if (marks.labels !== undefined && Object.keys(marks.labels).length > 0) wire.labels = { ...marks.labels }
  if (traffic.length > 0) wire.traffic = traffic
  addMarks(wire, marks)
  return wire
}

const copy = ({ cluster, namespace, name }: ServiceName) => ({ cluster, namespace, name })

const compareServices = (a: ServiceName, b: ServiceName) =>
  compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace) || compare(a.name, b.name)

function addMarks(wire: GraphNode, marks: Marks): void {
  const { virtualServices, workloadEntries, gateway, serviceEntry } = marks
  if (marks.circuitBreaker) wire.hasCB = true
  if (marks.faultInjection) wire.hasFaultInjection = true
  if (marks.ingressWaypoint) wire.hasIngressWaypoint = true
  if (marks.mirroring) wire.hasMirroring = true
  if (marks.requestRouting) wire.hasRequestRouting = true
  if (marks.requestTimeout) wire.hasRequestTimeout = true
  if (marks.tcpTrafficShifting) wire.hasTCPTrafficShifting = true
  if (marks.trafficShifting) wire.hasTrafficShifting = true
  if (virtualServices) wire.hasVS = withHostnames([...virtualServices.values()].flat())
  if (workloadEntries) wire.hasWorkloadEntry = workloadEntries.map((name) => ({ name }))
  if (marks.ambient) wire.isAmbient = true
  if (marks.dead) wire.isDead = true
  if (gateway) wire.isGateway = wireGateway(gateway)
  if (marks.idle) wire.isIdle = true
  if (marks.inaccessible) wire.isInaccessible = true
  if (marks.injected) wire.isInjected = true
  if (marks.k8sGatewayApi) wire.isK8sGatewayAPI = true
  if (marks.outOfMesh) wire.isOutOfMesh = true
  if (marks.outside) wire.isOutside = true
  if (marks.root) wire.isRoot = true
  if (serviceEntry) wire.isServiceEntry = { ...serviceEntry, hosts: [...serviceEntry.hosts] }
  if (marks.waypoint) wire.isWaypoint = true
}

function wireGateway({ kind, hostnames }: NonNullable<Marks['gateway']>): NonNullable<GraphNode['isGateway']> {
  const filled = withHostnames(hostnames)
  return {
    ingressInfo: kind === 'ingress' ? filled : {},
    egressInfo: kind === 'egress' ? filled : {},
    gatewayAPIInfo: kind === 'gatewayApi' ? filled : {},
  }
}

const withHostnames = (hostnames: readonly string[]) => (hostnames.length === 0 ? {} : { hostnames: [...hostnames] })

const protocols = ['grpc', 'http', 'tcp'] as const
const nodeRateNames = {
  grpc: ['grpcIn', 'grpcInErr', 'grpcInNoResponse', 'grpcOut'],
  http: ['httpIn', 'httpIn3xx', 'httpIn4xx', 'httpIn5xx', 'httpInNoResponse', 'httpOut'],
  tcp: ['tcpIn', 'tcpOut'],
} as const

function nodeTraffic({ rates }: Node): NonNullable<GraphNode['traffic']> {
  const traffic: NonNullable<GraphNode['traffic']> = []
  for (const protocol of protocols) {
    let texts: Record<string, string> | undefined
    for (const name of nodeRateNames[protocol]) {
      if (!(rates[name] > 0)) continue
      texts ??= {}
      texts[name] = rateText(rates[name])
    }
    if (texts !== undefined) traffic.push({ protocol, rates: texts })
  }
  return traffic
}

/** `source` is the edge's own, but of an embedded edge that of the edge around it, as Kiali has it. */
function wireEdge(edge: Edge, source: Node, id: string): GraphEdge {
  const { waypoint } = edge
  const wire: GraphEdge = {
    id,
    source: idOf(source.identity),
    target: idOf(edge.destination.identity),
    traffic: edgeTraffic(edge, source),
  }
  if (edge.destinationPrincipal) wire.destPrincipal = edge.destinationPrincipal
  if (edge.health !== undefined) wire.healthStatus = edge.health
  if (edge.mtlsPercent !== undefined) wire.isMTLS = wholeText(edge.mtlsPercent)
  if (edge.responseTime !== undefined) wire.responseTime = wholeText(edge.responseTime)
  if (edge.sourcePrincipal) wire.sourcePrincipal = edge.sourcePrincipal
  if (edge.throughput !== undefined) wire.throughput = wholeText(edge.throughput)
  if (waypoint !== undefined) {
    wire.waypoint = { direction: waypoint.direction }
    const { fromEdge } = waypoint
    if (fromEdge !== undefined) {
      const ownId = edgeId(idOf(source.identity), idOf(fromEdge.destination.identity), fromEdge.protocol)
      wire.waypoint.fromEdge = wireEdge(fromEdge, source, ownId)
    }
  }
  return wire
}

const boxOrder = { cluster: 0, namespace: 1, app: 2 } as const
const rankOf = ({ isBox }: GraphNode) => (isBox === undefined ? 3 : boxOrder[isBox])

/** Boxes before what they hold; equal ones by id, so that the order is always the same. */
function compareNodes(a: GraphNode, b: GraphNode): number {
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

const compareEdges = (a: GraphEdge, b: GraphEdge): number =>
  compare(a.source, b.source) ||
  compare(a.target, b.target) ||
  compare(a.traffic.protocol ?? '', b.traffic.protocol ?? '')

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
