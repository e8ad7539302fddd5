/** Calls become nodes and edges, with or without a service between them (reference: graph.md 3.1, 3.4, 3.5). */
import type { Call } from '../telemetry/callTable.ts'
import type { Family } from '../telemetry/traffic.ts'
import type { Ends } from './ends.ts'
import type { GraphOptions } from './options.ts'
import { addTraffic } from './rates.ts'
import { isTcp } from './selections.ts'
import type { Selected } from './trafficIndex.ts'
import { addEdge, addNode, holds, type Node, type TrafficMap } from './trafficMap.ts'

/** Adds calls of one family, in order. Calls that name no node, or of a protocol not asked for, are left out. */
export function addCalls(
  map: TrafficMap,
  family: Family,
  calls: Iterable<Selected>,
  endsOf: (call: Call) => Ends | undefined,
  rates: Pick<GraphOptions, 'rateGrpc' | 'rateHttp'>,
  numberOf: KindNumbers,
): void {
  for (const { call, rate } of calls) {
    const kind = kindOf(family, call, rates)
    if (kind === undefined) continue
    const ends = endsOf(call)
    if (ends === undefined) continue
    const { protocol, code, flags } = kind
    addCall(map, ends, { protocol, code, flags, number: numberOf(family, code, flags), rate })
  }
}

/** Numbers families, codes and flags from 0 on, the same for all calls of a graph. */
export type KindNumbers = (family: Family, code: string, flags: string) => number

export function kindNumbers(): KindNumbers {
  const families = new Map<Family, Map<string, Map<string, number>>>()
  let next = 0
  return (family, code, flags) => {
    const codes = families.get(family) ?? new Map<string, Map<string, number>>()
    families.set(family, codes)
    const byFlags = codes.get(code) ?? new Map<string, number>()
    codes.set(code, byFlags)
    const number = byFlags.get(flags) ?? next++
    byFlags.set(flags, number)
    return number
  }
}

interface Kind {
  readonly protocol: string
  readonly code: string
  readonly flags: string
}

interface Traffic extends Kind {
  /** Of family, code and flags: a part of the fingerprint. */
  readonly number: number
  readonly rate: number
}

/** How many combinations of family, code and flags one graph can tell apart. */
const maxKinds = 2 ** 20

function kindOf(
  family: Family,
  call: Call,
  { rateGrpc, rateHttp }: Pick<GraphOptions, 'rateGrpc' | 'rateHttp'>,
): Kind | undefined {
  if (family === 'requestMessages' || family === 'responseMessages') return { protocol: 'grpc', code: '', flags: '' }
  const { protocol, flags } = call
  if (flags === undefined) return undefined
  if (isTcp(family)) return { protocol: 'tcp', code: '', flags }
  const code = responseCode(call)
  if (protocol === undefined || code === undefined) return undefined
  if (protocol === 'grpc' && rateGrpc !== 'requests') return undefined
  if (protocol === 'http' && rateHttp !== 'requests') return undefined
  return { protocol, code, flags }
}

/** `-` where no response came; gRPC has its own status unless the transport failed. */
export function responseCode({
  protocol,
  code,
  grpcStatus,
}: Pick<Call, 'protocol' | 'code' | 'grpcStatus'>): string | undefined {
  if (code === '0') return '-'
  if (protocol !== 'grpc' || code === undefined || /^[45]/.test(code) || grpcStatus === undefined) return code
  return grpcStatus
}

function addCall(map: TrafficMap, ends: Ends, traffic: Traffic): void {
  const source = withWaypoint(addNode(map, ends.source), ends.sourceIsWaypoint)
  if (ends.service === undefined) {
    const destination = withWaypoint(addNode(map, ends.destination), ends.destinationIsWaypoint)
    addBetween(source, destination, ends, traffic)
    return
  }
  const service = addNode(map, ends.service)
  service.marks.injected = true
  addBetween(source, service, ends, traffic)
  addBetween(service, withWaypoint(addNode(map, ends.destination), ends.destinationIsWaypoint), ends, traffic)
}

function withWaypoint(node: Node, isWaypoint: boolean): Node {
  if (isWaypoint) node.marks.waypoint = true
  return node
}

/** A series that the edge holds already, because the other end reported it first, adds nothing. */
function addBetween(source: Node, destination: Node, ends: Ends, traffic: Traffic): void {
  const edge = addEdge(source, destination, traffic.protocol)
  const fingerprint = (source === destination ? ends.selfFingerprint : ends.fingerprint) * maxKinds + traffic.number
  if (holds(edge, fingerprint)) return
  const { code, flags, rate } = traffic
  addTraffic(edge, { fingerprint, code, flags, host: ends.host, rate })
  const { serviceName } = ends
  if (serviceName === undefined || destination.restricted || destination.destServices.includes(serviceName)) return
  destination.destServices.push(serviceName)
}
