/**
 * From the labels of a reported call to the nodes it leads from, through and to: bad rows are dropped, missing
 * destinations repaired, waypoints told apart, what the viewer may not see replaced (reference: graph.md 3.1). All of
 * that depends on the pair alone, so it is done once for all rows of a pair.
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Pair } from '../telemetry/traffic.ts'
import {
  type Destination,
  type DestinationHalf,
  type Half,
  type Halves,
  type HalvesOptions,
  halvesOf,
} from './endHalves.ts'
import { type EndLabels, isOk, type NodeIdentity, restrictedIdentity, type ServiceName } from './nodeIdentity.ts'

export interface Ends {
  readonly source: NodeIdentity
  readonly destination: NodeIdentity
  /** The service node between them, where service nodes are shown. */
  readonly service: NodeIdentity | undefined
  /** The same, also next to waypoints: response times, throughput and principals belong to its edges. */
  readonly anyService: NodeIdentity | undefined
  /** Keys of both ends as appenders look for them, waypoints not told apart. */
  readonly sourceKey: string
  readonly destinationKey: string
  /** The identity of `destinationKey`. */
  readonly reached: NodeIdentity
  /** Through which service the destination is reached; undefined when the name is not known, or may not be. */
  readonly serviceName: ServiceName | undefined
  /** `destination_service` as reported; '' where it may not be seen. */
  readonly host: string
  readonly sourceIsWaypoint: boolean
  readonly destinationIsWaypoint: boolean
  /** The app as labelled, also where a waypoint's is blanked. */
  readonly destinationApp: string
  /** Equal for rows that are the same series seen by both ends. */
  readonly fingerprint: number
  /** The fingerprint where both ends are one node: which of its parts called is lost, as in Kiali. */
  readonly selfFingerprint: number
}

/** One of the ends may not be seen: whatever a label says of the call may say it of that end. */
export const isRestricted = ({ destination, source }: Ends): boolean =>
  source.restricted === true || destination.restricted === true

export interface EndsOptions extends HalvesOptions {
  /** May the viewer see what is in this namespace? */
  readonly sees: (at: NamespaceRef) => boolean
  /** What may not be seen is left out together with its calls, instead of standing there without a name. */
  readonly hides?: boolean
}

/** Resolves pairs, each once. Undefined: rows of this pair are not part of any graph. */
export function endsResolver(options: EndsOptions): (pair: Pair) => Ends | undefined {
  const halves = halvesOf(options)
  return once((pair) => {
    const source = halves.source(pair.source)
    if (source === undefined || isBadSource(source.labels, pair.source.cluster !== undefined)) return undefined
    const destination = halves.destination(pair, source.labels)
    if (destination === undefined) return undefined
    if (isBadDestination(destination.labels, pair.destination.cluster !== undefined)) return undefined
    return joined(source, destination, halves, options)
  })
}

/**
 * The same for security rows: they have no `destination_service`, and their labels are taken as they are, neither
 * dropped nor repaired.
 */
export function plainEndsResolver(options: EndsOptions): (pair: Pair) => Ends | undefined {
  const halves = halvesOf(options)
  return once((pair) => {
    const source = halves.source(pair.source)
    const destination = halves.destination({ ...pair, service: pair.service ?? '' }, undefined)
    return source === undefined || destination === undefined ? undefined : joined(source, destination, halves, options)
  })
}

function once(resolvePair: (pair: Pair) => Ends | undefined): (pair: Pair) => Ends | undefined {
  const resolved = new Map<Pair, Ends | null>()
  return (pair) => {
    let ends = resolved.get(pair)
    if (ends === undefined) {
      ends = resolvePair(pair) ?? null
      resolved.set(pair, ends)
    }
    return ends ?? undefined
  }
}

function joined(
  source: Half<EndLabels>,
  destination: DestinationHalf,
  { fingerprint }: Halves,
  options: EndsOptions,
): Ends | undefined {
  if (options.injectServiceNodes && destination.byApp === undefined) return undefined
  const { identity: from, byApp: fromByApp } = source
  const { identity: to, byApp, labels } = destination
  if (from === undefined || to === undefined) return undefined
  const seen = visibility(from, to, labels, options.sees)
  if (seen === undefined || (options.hides === true && !(seen.source && seen.destination))) return undefined
  const anyService = seen.service ? destination.service : undefined
  const reached = seen.destination ? (byApp ?? to) : restrictedIdentity
  return {
    source: seen.source ? from : restrictedIdentity,
    destination: seen.destination ? to : restrictedIdentity,
    service: source.isWaypoint || destination.isWaypoint ? undefined : anyService,
    anyService,
    sourceKey: (seen.source ? (fromByApp ?? from) : restrictedIdentity).key,
    destinationKey: reached.key,
    reached,
    serviceName: seen.service ? destination.serviceName : undefined,
    host: seen.service ? labels.host : '',
    sourceIsWaypoint: source.isWaypoint && seen.source,
    destinationIsWaypoint: destination.isWaypoint && seen.destination,
    destinationApp: labels.app,
    fingerprint: fingerprint(source.number, destination.number),
    selfFingerprint: destination.number,
  }
}

/**
 * Which of the three may be named; undefined when the viewer may see neither end: such traffic is not part of his graph,
 * not even of its sums. Namespace `unknown` is nobody's: what is there is seen by who sees the other end.
 */
function visibility(
  from: NodeIdentity,
  to: NodeIdentity,
  { cluster, serviceNamespace }: Destination,
  sees: EndsOptions['sees'],
): { source: boolean; destination: boolean; service: boolean } | undefined {
  const place = (at: NamespaceRef): 'nobody' | 'no' | 'yes' =>
    !isOk(at.namespace) ? 'nobody' : sees(at) ? 'yes' : 'no'
  const source = place(from)
  const destination = place(to)
  const service = place({ cluster, namespace: serviceNamespace })
  if (source === 'no' && destination !== 'yes') return undefined
  if (destination === 'no' && source !== 'yes') return undefined
  return {
    source: source !== 'no',
    destination: destination !== 'no',
    service: service !== 'no' && destination !== 'no',
  }
}

/** A proxy that knows its namespace but not itself, or not its cluster, says nothing usable. */
const isBadSource = (source: EndLabels, saysCluster: boolean): boolean =>
  isOk(source.workloadNamespace) &&
  ((!isOk(source.workload) && !isOk(source.app)) || (saysCluster && !isOk(source.cluster)))

const isBadDestination = (destination: Destination, saysCluster: boolean): boolean =>
  (!isOk(destination.workload) &&
    isOk(destination.host) &&
    destination.host === destination.service &&
    /^\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(destination.host)) ||
  (isOk(destination.serviceNamespace) && saysCluster && !isOk(destination.cluster))
