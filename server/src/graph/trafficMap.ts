/**
 * The graph while it is built: nodes by key, each with its outgoing edges. Between two nodes there is one edge per
 * protocol. Mutable on purpose: appenders work on it one after the other; nobody outside this folder sees it.
 */
import type { HealthStatus } from '@binocle/api/health'
import type { Labels } from '../inventory/objects.ts'
import type { NodeIdentity, ServiceName } from './nodeIdentity.ts'
import { type NodeRates, noNodeRates, type Series } from './rates.ts'

/** By node key; in the order in which nodes appeared. */
export type TrafficMap = Map<string, Node>

export interface Node {
  readonly identity: NodeIdentity
  readonly key: string
  readonly type: NodeIdentity['type']
  readonly cluster: string
  readonly namespace: string
  readonly workload: string
  /** The `istio` appender gives service nodes the app of their definition. */
  app: string
  readonly version: string
  readonly service: string
  /** `label=value` of operation nodes. */
  readonly aggregate: string
  /** Stands for what the viewer may not see. */
  readonly restricted: boolean
  /** `PassthroughCluster` and `BlackHoleCluster`. */
  readonly egressCluster: boolean
  readonly rates: NodeRates
  /** By protocol and destination: `edgeKey`. */
  readonly edges: Map<string, Edge>
  /** Equal names are the same object, see `ends.ts`. */
  readonly destServices: ServiceName[]
  readonly marks: Marks
}

/** What appenders found out; the wire's `has*` and `is*`. */
export interface Marks {
  injected?: boolean
  waypoint?: boolean
  dead?: boolean
  idle?: boolean
  ambient?: boolean
  outOfMesh?: boolean
  outside?: boolean
  inaccessible?: boolean
  root?: boolean
  ingressWaypoint?: boolean
  circuitBreaker?: boolean
  k8sGatewayApi?: boolean
  requestRouting?: boolean
  requestTimeout?: boolean
  faultInjection?: boolean
  mirroring?: boolean
  trafficShifting?: boolean
  tcpTrafficShifting?: boolean
  /** Host names of the VirtualServices that route to a service, by name: one of each cluster, of namesakes the last. */
  virtualServices?: Map<string, readonly string[]>
  workloadEntries?: string[]
  serviceEntry?: ServiceEntryMark
  gateway?: { kind: 'egress' | 'gatewayApi' | 'ingress'; hostnames: readonly string[] }
  labels?: Labels
}

export interface ServiceEntryMark {
  readonly hosts: readonly string[]
  readonly location: 'MESH_EXTERNAL' | 'MESH_INTERNAL'
  readonly namespace: string
}

export interface Edge {
  source: Node
  destination: Node
  readonly protocol: string
  /** Requests, messages or bytes per second: the sum over its series. */
  total: number
  readonly series: Series[]
  /** The fingerprints of the series, once there are many. */
  absorbed: Set<number> | undefined
  /** Milliseconds. */
  responseTime?: number
  /** Bytes per second. */
  throughput?: number
  /** Percent of the calls under mutual TLS. */
  mtlsPercent?: number
  sourcePrincipal?: string
  destinationPrincipal?: string
  health?: HealthStatus
  waypoint?: { direction: 'from' | 'to'; fromEdge?: Edge }
}

export const edgeKey = (protocol: string, destinationKey: string): string => `${protocol} ${destinationKey}`

/** Protocols come from outside: what proxies make up must not fill the memory. */
const maxKeptProtocols = 8

/** The same, kept with the node it leads to: each reported series asks for it. */
export function edgeKeyTo(protocol: string, destination: NodeIdentity): string {
  const kept = destination.edgeKeys ?? new Map<string, string>()
  destination.edgeKeys = kept
  let key = kept.get(protocol)
  if (key === undefined) {
    key = edgeKey(protocol, destination.key)
    if (kept.size < maxKeptProtocols) kept.set(protocol, key)
  }
  return key
}

/** The node of this identity; made when absent. A node keeps what the first row said of it. */
export function addNode(map: TrafficMap, identity: NodeIdentity): Node {
  const present = map.get(identity.key)
  if (present !== undefined) return present
  const node: Node = {
    identity,
    key: identity.key,
    type: identity.type,
    cluster: identity.cluster,
    namespace: identity.namespace,
    workload: identity.workload,
    app: identity.app,
    version: identity.version,
    service: identity.service,
    aggregate: identity.aggregate ?? '',
    restricted: identity.restricted ?? false,
    egressCluster:
      identity.type === 'service' &&
      (identity.service === 'PassthroughCluster' || identity.service === 'BlackHoleCluster'),
    rates: noNodeRates(),
    edges: new Map(),
    destServices: [],
    marks: {},
  }
  map.set(identity.key, node)
  return node
}

/** The edge of this protocol; made when absent. */
export function addEdge(source: Node, destination: Node, protocol: string): Edge {
  const key = edgeKeyTo(protocol, destination.identity)
  const present = source.edges.get(key)
  if (present !== undefined) return present
  const edge: Edge = {
    source,
    destination,
    protocol,
    total: 0,
    series: [],
    absorbed: undefined,
  }
  source.edges.set(key, edge)
  return edge
}

/** Does the edge hold this series already, because the other end reported it first? */
export function holds(edge: Edge, fingerprint: number): boolean {
  if (edge.series.length < 16) {
    for (const series of edge.series) if (series.fingerprint === fingerprint) return true
    return false
  }
  if (edge.absorbed === undefined || edge.absorbed.size !== edge.series.length) {
    edge.absorbed = new Set(edge.series.map((series) => series.fingerprint))
  }
  return edge.absorbed.has(fingerprint)
}

/** Gives `edge` another destination, in place. An edge of the same protocol to it must not exist. */
export function redirect(edge: Edge, destination: Node): void {
  edge.source.edges.delete(edgeKey(edge.protocol, edge.destination.key))
  edge.destination = destination
  edge.source.edges.set(edgeKey(edge.protocol, destination.key), edge)
}
