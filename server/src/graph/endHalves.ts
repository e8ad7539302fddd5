/**
 * What one end of a pair says, whoever the other is: a workload has many callers, so it is worked out once for all of them.
 * Missing destinations are repaired and waypoints told apart here (reference: graph.md 3.1).
 */
import type { GraphType } from '@binocle/api/graph'
import type { Pair, Peer } from '../telemetry/traffic.ts'
import {
  type EndLabels,
  isOk,
  type NodeIdentity,
  nodeIdentity,
  type ServiceName,
  serviceIdentity,
} from './nodeIdentity.ts'

export interface HalvesOptions {
  readonly graphType: GraphType
  readonly injectServiceNodes: boolean
  /** Waypoints are told apart, by `waypointKey`. */
  readonly waypoints: ReadonlySet<string>
}

export const waypointKey = (cluster: string, namespace: string, name: string): string =>
  `${cluster}/${namespace}/${name}`

export interface Destination extends EndLabels {
  readonly host: string
}

export interface Half<Labels> {
  readonly labels: Labels
  readonly isWaypoint: boolean
  /** By its own labels; a waypoint is told apart by its workload. */
  readonly byApp: NodeIdentity | undefined
  readonly identity: NodeIdentity | undefined
  /** Equal for equal labels. */
  readonly number: number
}

export interface DestinationHalf extends Half<Destination> {
  /** The service node before it, where service nodes are shown. */
  readonly service: NodeIdentity | undefined
  readonly serviceName: ServiceName | undefined
}

export interface Halves {
  source(peer: Peer): Half<EndLabels> | undefined
  /** `repairedFor`: the caller, whose cluster stands in for a missing one. */
  destination(pair: Pair, repairedFor: EndLabels | undefined): DestinationHalf | undefined
  fingerprint(source: number, destination: number): number
}

export function halvesOf(options: HalvesOptions): Halves {
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

function halfOf<Labels extends EndLabels>(labels: Labels, { graphType, waypoints }: HalvesOptions) {
  const isWaypoint =
    waypoints.size > 0 && waypoints.has(waypointKey(labels.cluster, labels.workloadNamespace, labels.workload))
  const byApp = nodeIdentity(labels, graphType)
  const identity = isWaypoint ? nodeIdentity({ ...labels, app: '' }, graphType) : byApp
  return { labels, isWaypoint, byApp, identity }
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

const tuple = (end: EndLabels): string =>
  `${end.cluster}/${end.serviceNamespace}/${end.service}/${end.workloadNamespace}/${end.workload}/${end.app}/${end.version}`
