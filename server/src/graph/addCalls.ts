/** Calls become nodes and edges, with or without a service between them (reference: graph.md 3.1, 3.4, 3.5). */
import type { Call } from '../telemetry/callTable.ts'
import type { Family } from '../telemetry/traffic.ts'
import type { Ends } from './ends.ts'
import type { GraphOptions } from './options.ts'
import { addTraffic, type Series } from './rates.ts'
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
  kinds: Kinds,
): void {
  for (const { call, rate } of calls) {
    const kind = kindOf(family, call, rates, kinds)
    if (kind === undefined) continue
    const ends = endsOf(call)
    if (ends !== undefined) addCall(map, ends, kind, rate)
  }
}

/** What tells the series of one pair apart. */
interface Kind {
  readonly protocol: string
  readonly code: string
  readonly flags: string
  /** Of all of these and the family: a part of the fingerprint. */
  readonly number: number
}

/** Equal kinds are the same object, for all calls of a graph. */
export type Kinds = (family: Family, protocol: string, code: string, flags: string) => Kind

export function kindsOfGraph(): Kinds {
  const families = new Map<Family, Map<string, Map<string, Map<string, Kind>>>>()
  let count = 0
  return (family, protocol, code, flags) => {
    const byFlags = within(within(within(families, family), protocol), code)
    let kind = byFlags.get(flags)
    if (kind === undefined) {
      kind = { protocol, code, flags, number: count++ }
      byFlags.set(flags, kind)
    }
    return kind
  }
}

function within<K, T>(maps: Map<K, Map<string, T>>, key: K): Map<string, T> {
  let inner = maps.get(key)
  if (inner === undefined) {
    inner = new Map()
    maps.set(key, inner)
  }
  return inner
}

/** How many kinds one graph can tell apart. */
const maxKinds = 2 ** 20

function kindOf(
  family: Family,
  call: Call,
  { rateGrpc, rateHttp }: Pick<GraphOptions, 'rateGrpc' | 'rateHttp'>,
  kinds: Kinds,
): Kind | undefined {
  if (family === 'requestMessages' || family === 'responseMessages') return kinds(family, 'grpc', '', '')
  const { protocol, flags } = call
  if (flags === undefined) return undefined
  if (isTcp(family)) return kinds(family, 'tcp', '', flags)
  const code = responseCode(call)
  if (protocol === undefined || code === undefined) return undefined
  if (protocol === 'grpc' && rateGrpc !== 'requests') return undefined
  if (protocol === 'http' && rateHttp !== 'requests') return undefined
  return kinds(family, protocol, code, flags)
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

function addCall(map: TrafficMap, ends: Ends, kind: Kind, rate: number): void {
  const source = withWaypoint(addNode(map, ends.source), ends.sourceIsWaypoint)
  if (ends.service === undefined) {
    const destination = withWaypoint(addNode(map, ends.destination), ends.destinationIsWaypoint)
    addBetween(source, destination, ends, kind, rate, undefined)
    return
  }
  const service = addNode(map, ends.service)
  service.marks.injected = true
  const series = addBetween(source, service, ends, kind, rate, undefined)
  const destination = withWaypoint(addNode(map, ends.destination), ends.destinationIsWaypoint)
  addBetween(service, destination, ends, kind, rate, series)
}

function withWaypoint(node: Node, isWaypoint: boolean): Node {
  if (isWaypoint) node.marks.waypoint = true
  return node
}

/**
 * A series that the edge holds already, because the other end reported it first, adds nothing. Gives the series that was
 * added, for the other edge of the same call: `made`.
 */
function addBetween(
  source: Node,
  destination: Node,
  ends: Ends,
  kind: Kind,
  rate: number,
  made: Series | undefined,
): Series | undefined {
  const edge = addEdge(source, destination, kind.protocol)
  const fingerprint = (source === destination ? ends.selfFingerprint : ends.fingerprint) * maxKinds + kind.number
  if (holds(edge, fingerprint)) return undefined
  const { code, flags } = kind
  const series = made?.fingerprint === fingerprint ? made : { fingerprint, code, flags, host: ends.host, rate }
  addTraffic(edge, series)
  const { serviceName } = ends
  if (serviceName !== undefined && !destination.restricted && !destination.destServices.includes(serviceName)) {
    destination.destServices.push(serviceName)
  }
  return series
}
