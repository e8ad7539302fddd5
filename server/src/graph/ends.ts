/**
 * From the labels of a reported call to the nodes it leads from, through and to: bad rows are dropped, missing
 * destinations repaired, waypoints told apart, what the viewer may not see replaced (reference: graph.md 3.1). All of
 * that depends on the pair alone, so it is done once for all rows of a pair.
 */
import type { GraphType } from '@binocle/api/graph'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Pair, Peer } from '../telemetry/traffic.ts'
import {
  type EndLabels,
  isOk,
  type NodeIdentity,
  nodeIdentity,
  restrictedIdentity,
  type ServiceName,
  serviceIdentity,
} from './nodeIdentity.ts'

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

export interface EndsOptions {
  readonly graphType: GraphType
  readonly injectServiceNodes: boolean
  /** Waypoints are told apart, by `waypointKey`. */
  readonly waypoints: ReadonlySet<string>
  /** May the viewer see what is in this namespace? */
  readonly sees: (at: NamespaceRef) => boolean
}

export const waypointKey = (cluster: string, namespace: string, name: string): string =>
  `${cluster}/${namespace}/${name}`

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

/** What one end of a pair says, whoever the other is: a workload has many callers, so it is worked out once. */
interface Half<Labels> {
  readonly labels: Labels
  readonly isWaypoint: boolean
  /** By its own labels; a waypoint is told apart by its workload. */
  readonly byApp: NodeIdentity | undefined
  readonly identity: NodeIdentity | undefined
  /** Equal for equal labels. */
  readonly number: number
}

interface DestinationHalf extends Half<Destination> {
  /** The service node before it, where service nodes are shown. */
  readonly service: NodeIdentity | undefined
  readonly serviceName: ServiceName | undefined
}

interface Halves {
  source(peer: Peer): Half<EndLabels> | undefined
  /** `repairedFor`: the caller, whose cluster stands in for a missing one. */
  destination(pair: Pair, repairedFor: EndLabels | undefined): DestinationHalf | undefined
  fingerprint(source: number, destination: number): number
}

function halvesOf(options: EndsOptions): Halves {
  const sources = new Map<Peer, Half<EndLabels> | null>()
  const destinations = new Map<Peer, DestinationHalf[]>()
  const numbers = { source: numbering<string>(), destination: numbering<string>(), both: numbering<number>() }
  const names = new Map<string, ServiceName>()
  return {
    source(peer) {
      let half = sources.get(peer)
      if (half === undefined) {
        const labels = sourceLabels(peer)
        half = labels === undefined ? null : { ...halfOf(labels, options), number: numbers.source(tuple(labels)) }
        sources.set(peer, half)
      }
      return half ?? undefined
    },
    destination(pair, repairedFor) {
      let known = destinations.get(pair.destination)
      if (known === undefined) {
        known = []
        destinations.set(pair.destination, known)
      }
      const reported = destinationLabels(pair)
      if (reported === undefined) return undefined
      const labels = repairedFor === undefined ? reported : repaired(repairedFor, reported)
      for (const half of known) if (isSame(half.labels, labels)) return half
      const { cluster, serviceNamespace, service } = labels
      const half = halfOf(labels, options)
      const isInjectable =
        options.injectServiceNodes &&
        isOk(service) &&
        service !== 'PassthroughCluster' &&
        half.byApp?.type !== 'service'
      const name = { cluster, namespace: serviceNamespace, name: service }
      const nameKey = `${cluster}/${serviceNamespace}/${service}`
      if (!names.has(nameKey)) names.set(nameKey, name)
      const made: DestinationHalf = {
        ...half,
        number: numbers.destination(`${tuple(labels)}|${labels.host}`),
        service: isInjectable ? serviceIdentity(cluster, serviceNamespace, service) : undefined,
        serviceName: isOk(service) ? names.get(nameKey) : undefined,
      }
      known.push(made)
      return made
    },
    fingerprint: (source, destination) => numbers.both(source * maxNumber + destination),
  }
}

/** Fingerprints stay whole numbers as long as there are fewer different ends. */
const maxNumber = 2 ** 26

/** Of one peer: what can differ is the service, and what was repaired. */
const isSame = (a: Destination, b: Destination): boolean =>
  a.host === b.host &&
  a.service === b.service &&
  a.serviceNamespace === b.serviceNamespace &&
  a.cluster === b.cluster &&
  a.workload === b.workload

function numbering<T>(): (value: T) => number {
  const numbers = new Map<T, number>()
  return (value) => {
    let number = numbers.get(value)
    if (number === undefined) {
      number = numbers.size
      numbers.set(value, number)
    }
    return number
  }
}

function halfOf<Labels extends EndLabels>(labels: Labels, { graphType, waypoints }: EndsOptions) {
  const isWaypoint =
    waypoints.size > 0 && waypoints.has(waypointKey(labels.cluster, labels.workloadNamespace, labels.workload))
  const byApp = nodeIdentity(labels, graphType)
  const identity = isWaypoint ? nodeIdentity({ ...labels, app: '' }, graphType) : byApp
  return { labels, isWaypoint, byApp, identity }
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
  if (seen === undefined) return undefined
  const anyService = seen.service ? destination.service : undefined
  return {
    source: seen.source ? from : restrictedIdentity,
    destination: seen.destination ? to : restrictedIdentity,
    service: source.isWaypoint || destination.isWaypoint ? undefined : anyService,
    anyService,
    sourceKey: (seen.source ? (fromByApp ?? from) : restrictedIdentity).key,
    destinationKey: (seen.destination ? (byApp ?? to) : restrictedIdentity).key,
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

interface Destination extends EndLabels {
  readonly host: string
}

/** Undefined when a label that every row has is absent. */
function sourceLabels(peer: Peer): EndLabels | undefined {
  const { workloadNamespace, workload, canonicalService, canonicalRevision } = peer
  if (
    workloadNamespace === undefined ||
    workload === undefined ||
    canonicalService === undefined ||
    canonicalRevision === undefined
  ) {
    return undefined
  }
  return {
    cluster: peer.cluster ?? 'unknown',
    serviceNamespace: workloadNamespace,
    service: '',
    workloadNamespace,
    workload,
    app: canonicalService,
    version: canonicalRevision,
  }
}

function destinationLabels({ destination, serviceNamespace, service, serviceName }: Pair): Destination | undefined {
  const labels = sourceLabels(destination)
  if (labels === undefined || serviceNamespace === undefined || service === undefined || serviceName === undefined) {
    return undefined
  }
  return { ...labels, serviceNamespace, service: serviceName, host: service }
}

/** A proxy that knows its namespace but not itself, or not its cluster, says nothing usable. */
const isBadSource = (source: EndLabels, saysCluster: boolean): boolean =>
  isOk(source.workloadNamespace) &&
  ((!isOk(source.workload) && !isOk(source.app)) || (saysCluster && !isOk(source.cluster)))

const egressHost = 'istio-egressgateway.istio-system.svc.cluster.local'

function repaired(source: EndLabels, destination: Destination): Destination {
  if (destination.host === egressHost && destination.service === egressHost) {
    return {
      ...destination,
      cluster: source.cluster,
      serviceNamespace: 'istio-system',
      workloadNamespace: 'istio-system',
      service: 'istio-egressgateway',
      workload: 'istio-egressgateway',
      app: 'istio-egressgateway',
      version: 'latest',
    }
  }
  // A call that reached nobody (503, no endpoint) names no cluster: it is charged to the caller's.
  const lost = !isOk(destination.cluster) && isOk(source.cluster) && isOk(destination.serviceNamespace)
  return lost ? { ...destination, cluster: source.cluster } : destination
}

const isBadDestination = (destination: Destination, saysCluster: boolean): boolean =>
  (!isOk(destination.workload) &&
    isOk(destination.host) &&
    destination.host === destination.service &&
    /^\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(destination.host)) ||
  (isOk(destination.serviceNamespace) && saysCluster && !isOk(destination.cluster))

const tuple = (end: EndLabels): string =>
  `${end.cluster}/${end.serviceNamespace}/${end.service}/${end.workloadNamespace}/${end.workload}/${end.app}/${end.version}`
