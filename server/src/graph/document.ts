/** The finished map as Kiali's document: nodes, boxes, edges, sorted, numbers as text (reference: graph.md 5). */
import type { Graph, GraphEdge, GraphNode } from '@binocle/api/graph'
import { type Boxable, makeBoxes } from './boxes.ts'
import { edgeId, nodeId } from './ids.ts'
import type { NodeHealth } from './nodeHealth.ts'
import { percentText, rateText, wholeText } from './numbers.ts'
import type { GraphOptions } from './options.ts'
import { total } from './rates.ts'
import type { Edge, Marks, Node, TrafficMap } from './trafficMap.ts'

/** `health` holds what the health appender found; empty without it. */
export function graphDocument(
  map: TrafficMap,
  options: Pick<GraphOptions, 'boxBy' | 'durationS' | 'graphType' | 'queryTime'>,
  health: ReadonlyMap<Node, NodeHealth>,
): Graph {
  const ids = new Map<string, string>()
  const nodes: Boxable[] = []
  for (const node of map.values()) ids.set(node.key, nodeId(node.key))
  const idOf = (node: Node) => ids.get(node.key) ?? nodeId(node.key)
  const edges: GraphEdge[] = []
  for (const node of map.values()) {
    const nodeHealth = health.get(node)
    nodes.push({
      wire: wireNode(node, idOf(node), nodeHealth),
      boxHealth: nodeHealth?.ofApp ?? nodeHealth?.own ?? null,
    })
    for (const edge of node.edges.values()) edges.push(wireEdge(edge, edge.source, idOf))
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

function wireNode(node: Node, id: string, health: NodeHealth | undefined): GraphNode {
  const { marks } = node
  const traffic = nodeTraffic(node)
  const destServices = [...node.destServices.values()].sort(
    (a, b) => compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace) || compare(a.name, b.name),
  )
  return {
    id,
    nodeType: node.type,
    cluster: node.cluster,
    namespace: node.namespace,
    ...(node.workload !== '' && { workload: node.workload }),
    ...(node.app !== '' && { app: node.app }),
    ...(node.version !== '' && { version: node.version }),
    ...(node.service !== '' && { service: node.service }),
    ...(node.aggregate !== '' && { aggregate: node.aggregate }),
    ...(destServices.length > 0 && { destServices }),
    ...(marks.labels !== undefined && Object.keys(marks.labels).length > 0 && { labels: { ...marks.labels } }),
    ...(traffic.length > 0 && { traffic }),
    healthData: health?.own ?? null,
    ...wireMarks(marks),
  }
}

function wireMarks(marks: Marks): Partial<GraphNode> {
  const { virtualServices, workloadEntries, gateway, serviceEntry } = marks
  return {
    ...(marks.circuitBreaker && { hasCB: true }),
    ...(marks.faultInjection && { hasFaultInjection: true }),
    ...(marks.ingressWaypoint && { hasIngressWaypoint: true }),
    ...(marks.mirroring && { hasMirroring: true }),
    ...(marks.requestRouting && { hasRequestRouting: true }),
    ...(marks.requestTimeout && { hasRequestTimeout: true }),
    ...(marks.tcpTrafficShifting && { hasTCPTrafficShifting: true }),
    ...(marks.trafficShifting && { hasTrafficShifting: true }),
    ...(virtualServices && { hasVS: withHostnames([...virtualServices.values()].flat()) }),
    ...(workloadEntries && { hasWorkloadEntry: workloadEntries.map((name) => ({ name })) }),
    ...(marks.ambient && { isAmbient: true }),
    ...(marks.dead && { isDead: true }),
    ...(gateway && { isGateway: wireGateway(gateway) }),
    ...(marks.idle && { isIdle: true }),
    ...(marks.inaccessible && { isInaccessible: true }),
    ...(marks.injected && { isInjected: true }),
    ...(marks.k8sGatewayApi && { isK8sGatewayAPI: true }),
    ...(marks.outOfMesh && { isOutOfMesh: true }),
    ...(marks.outside && { isOutside: true }),
    ...(marks.root && { isRoot: true }),
    ...(serviceEntry && { isServiceEntry: { ...serviceEntry, hosts: [...serviceEntry.hosts] } }),
    ...(marks.waypoint && { isWaypoint: true }),
  }
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

const nodeRateNames = {
  grpc: ['grpcIn', 'grpcInErr', 'grpcInNoResponse', 'grpcOut'],
  http: ['httpIn', 'httpIn3xx', 'httpIn4xx', 'httpIn5xx', 'httpInNoResponse', 'httpOut'],
  tcp: ['tcpIn', 'tcpOut'],
} as const

function nodeTraffic({ rates }: Node): NonNullable<GraphNode['traffic']> {
  return (['grpc', 'http', 'tcp'] as const).flatMap((protocol) => {
    const texts: Record<string, string> = {}
    for (const name of nodeRateNames[protocol]) if (rates[name] > 0) texts[name] = rateText(rates[name])
    return Object.keys(texts).length === 0 ? [] : [{ protocol, rates: texts }]
  })
}

/** `source` is the edge's own, but of an embedded edge that of the edge around it, as Kiali has it. */
function wireEdge(edge: Edge, source: Node, idOf: (node: Node) => string): GraphEdge {
  const [from, to] = [idOf(source), idOf(edge.destination)]
  const { waypoint } = edge
  return {
    id: edgeId(from, to, edge.protocol),
    source: from,
    target: to,
    ...(edge.destinationPrincipal && { destPrincipal: edge.destinationPrincipal }),
    ...(edge.health !== undefined && { healthStatus: edge.health }),
    ...(edge.mtlsPercent !== undefined && { isMTLS: wholeText(edge.mtlsPercent) }),
    ...(edge.responseTime !== undefined && { responseTime: wholeText(edge.responseTime) }),
    ...(edge.sourcePrincipal && { sourcePrincipal: edge.sourcePrincipal }),
    ...(edge.throughput !== undefined && { throughput: wholeText(edge.throughput) }),
    traffic: edgeTraffic(edge, source),
    ...(waypoint && {
      waypoint: {
        direction: waypoint.direction,
        ...(waypoint.fromEdge && { fromEdge: wireEdge(waypoint.fromEdge, source, idOf) }),
      },
    }),
  }
}

function edgeTraffic(edge: Edge, source: Node): GraphEdge['traffic'] {
  const rates = edgeRates(edge, source)
  const responses = edgeResponses(edge)
  return {
    ...(edge.protocol !== '' && { protocol: edge.protocol }),
    ...(Object.keys(rates).length > 0 && { rates }),
    ...(Object.keys(responses).length > 0 && { responses }),
  }
}

function edgeRates({ protocol, rates }: Edge, source: Node): Record<string, string> {
  const texts: Record<string, string> = {}
  const put = (name: string, rate: number) => {
    if (rate > 0) texts[name] = rateText(rate)
  }
  const putPercent = (name: string, percent: number) => {
    if (percent > 0) texts[name] = percentText(percent)
  }
  if (protocol === 'http') {
    put('http', rates.http)
    put('http3xx', rates.http3xx)
    put('http4xx', rates.http4xx)
    put('http5xx', rates.http5xx)
    put('httpNoResponse', rates.httpNoResponse)
    if (rates.http > 0) {
      putPercent('httpPercentErr', ((rates.httpNoResponse + rates.http4xx + rates.http5xx) / rates.http) * 100)
      putPercent('httpPercentReq', (rates.http / source.rates.httpOut) * 100)
    }
  }
  if (protocol === 'grpc') {
    put('grpc', rates.grpc)
    put('grpcErr', rates.grpcErr)
    put('grpcNoResponse', rates.grpcNoResponse)
    if (rates.grpc > 0) {
      putPercent('grpcPercentErr', ((rates.grpcNoResponse + rates.grpcErr) / rates.grpc) * 100)
      putPercent('grpcPercentReq', (rates.grpc / source.rates.grpcOut) * 100)
    }
  }
  if (protocol === 'tcp') put('tcp', rates.tcp)
  return texts
}

function edgeResponses(edge: Edge): NonNullable<GraphEdge['traffic']['responses']> {
  const whole = total(edge)
  const responses: NonNullable<GraphEdge['traffic']['responses']> = {}
  for (const [code, { flags, hosts }] of sorted(edge.responses)) {
    responses[code] = {
      ...(flags.size > 0 && { flags: shares(flags, whole) }),
      ...(hosts.size > 0 && { hosts: shares(hosts, whole) }),
    }
  }
  return responses
}

function shares(rates: ReadonlyMap<string, number>, whole: number): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, rate] of sorted(rates)) texts[name] = percentText((rate / whole) * 100)
  return texts
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  map.size < 2 ? [...map] : [...map].sort(([a], [b]) => compare(a, b))

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
