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
  /** Numbers texts: equal ones alike. */
  readonly numberOf: (text: string) => number
  /** Gives equal service names as one object. */
  readonly nameOf: (name: ServiceName) => ServiceName
}

export const waypointKey = (cluster: string, namespace: string, name: string): string =>
  `${cluster}/${namespace}/${name}`

/** Resolves pairs, each once. Undefined: rows of this pair are not part of any graph. */
export const endsResolver = (options: EndsOptions) => once((pair) => resolve(pair, options))

/**
 * The same for security rows: they have no `destination_service`, and their labels are taken as they are, neither
 * dropped nor repaired.
 */
export const plainEndsResolver = (options: EndsOptions) =>
  once((pair) => {
    const source = sourceLabels(pair.source)
    const destination = destinationLabels({ ...pair, service: pair.service ?? '' })
    return source === undefined || destination === undefined ? undefined : endsOf(source, destination, options)
  })

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

function resolve(pair: Pair, options: EndsOptions): Ends | undefined {
  const source = sourceLabels(pair.source)
  const reported = destinationLabels(pair)
  if (source === undefined || reported === undefined) return undefined
  if (isBadSource(source, pair.source.cluster !== undefined)) return undefined
  const destination = repaired(source, reported)
  if (isBadDestination(destination, pair.destination.cluster !== undefined)) return undefined
  return endsOf(source, destination, options)
}

function endsOf(source: EndLabels, destination: Destination, options: EndsOptions): Ends | undefined {
  const { graphType, waypoints } = options
  const sourceIsWaypoint = waypoints.has(waypointKey(source.cluster, source.workloadNamespace, source.workload))
  const destinationIsWaypoint = waypoints.has(
    waypointKey(destination.cluster, destination.workloadNamespace, destination.workload),
  )
  const byApp = nodeIdentity(destination, graphType)
  if (options.injectServiceNodes && byApp === undefined) return undefined
  const fromByApp = nodeIdentity(source, graphType)
  const from = sourceIsWaypoint ? nodeIdentity({ ...source, app: '' }, graphType) : fromByApp
  const to = destinationIsWaypoint ? nodeIdentity({ ...destination, app: '' }, graphType) : byApp
  if (from === undefined || to === undefined) return undefined
  const injectable =
    options.injectServiceNodes &&
    isOk(destination.service) &&
    destination.service !== 'PassthroughCluster' &&
    byApp?.type !== 'service'
  const { cluster, serviceNamespace, service } = destination
  const seen = visibility(from, to, destination, options.sees)
  if (seen === undefined) return undefined
  const anyService = injectable && seen.service ? serviceIdentity(cluster, serviceNamespace, service) : undefined
  return {
    source: seen.source ? from : restrictedIdentity,
    destination: seen.destination ? to : restrictedIdentity,
    service: sourceIsWaypoint || destinationIsWaypoint ? undefined : anyService,
    anyService,
    sourceKey: (seen.source ? (fromByApp ?? from) : restrictedIdentity).key,
    destinationKey: (seen.destination ? (byApp ?? to) : restrictedIdentity).key,
    serviceName:
      isOk(service) && seen.service
        ? options.nameOf({ cluster, namespace: serviceNamespace, name: service })
        : undefined,
    host: seen.service ? destination.host : '',
    sourceIsWaypoint: sourceIsWaypoint && seen.source,
    destinationIsWaypoint: destinationIsWaypoint && seen.destination,
    destinationApp: destination.app,
    fingerprint: options.numberOf(`${tuple(source)}|${tuple(destination)}|${destination.host}`),
    selfFingerprint: options.numberOf(`${tuple(destination)}|${destination.host}`),
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
