/**
 * Which calls make up a graph, in which order: the selections that Kiali sends as queries, namespace by namespace, taken
 * out of the one table instead (reference: graph.md 2.3 to 2.5). The order matters: of a call that both ends report, the
 * first selection that delivers it decides the rate.
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Call } from '../telemetry/callTable.ts'
import type { Family, Reporter } from '../telemetry/traffic.ts'
import { isOk } from './nodeIdentity.ts'
import type { GraphOptions, NodeTarget } from './options.ts'
import { type CallNumbers, type Selected, selected, type TrafficIndex } from './trafficIndex.ts'

/**
 * May the viewer see this namespace in this cluster? A graph is about its focal side: what happens to a namesake in a
 * cluster that he may not see is not part of it.
 */
export type Sees = (at: NamespaceRef) => boolean

/** What reached nobody names no cluster: it is where its caller is. */
const atEnd = (sees: Sees, cluster: string | undefined, namespace: string): boolean =>
  cluster === undefined || !isOk(cluster) || sees({ cluster, namespace })

/** The metric families a graph adds up, in order. */
export function familiesOf({ rateGrpc, rateHttp, rateTcp }: GraphOptions): Family[] {
  const families: Family[] = []
  if (rateHttp === 'requests' || rateGrpc === 'requests') families.push('requests')
  if (rateGrpc === 'sent' || rateGrpc === 'total') families.push('requestMessages')
  if (rateGrpc === 'received' || rateGrpc === 'total') families.push('responseMessages')
  // Istio's TCP counters are named from the other end's viewpoint.
  if (rateTcp === 'sent' || rateTcp === 'total') families.push('tcpReceived')
  if (rateTcp === 'received' || rateTcp === 'total') families.push('tcpSent')
  return families
}

export const isTcp = (family: Family): boolean => family === 'tcpSent' || family === 'tcpReceived'

/** Who counts as the reporter of one side: a waypoint speaks for both. */
export function reportersOf(side: 'destination' | 'source', ambient: GraphOptions['ambientTraffic']): Reporter[] {
  return ambient === 'waypoint' || ambient === 'total' ? ['waypoint', side] : [side]
}

/** Does this setting of `ambientTraffic` count what ztunnel reports? */
export const countsZtunnel = (ambient: GraphOptions['ambientTraffic']): boolean =>
  ambient === 'total' || ambient === 'ztunnel'

/** The calls of one namespace in one family, first those that never arrived, then into it, then out of it. */
export function namespaceCalls(
  index: TrafficIndex,
  family: Family,
  namespace: string,
  namespaceIsAmbient: boolean,
  ambient: GraphOptions['ambientTraffic'],
  sees: Sees,
): Selected[] {
  const { select, calls } = selector(index, family, ambient)
  const here = ({ pair }: Call) => atEnd(sees, pair.destination.cluster, namespace)
  const fromHere = ({ pair }: Call) => atEnd(sees, pair.source.cluster, namespace)
  const fromElsewhere = (call: Call) => call.pair.source.workloadNamespace !== namespace && here(call)
  const inbound = index.byDestinationNamespace.get(namespace)
  select(
    index.unserved.get(namespace),
    reportersOf('source', ambient),
    (call) => fromElsewhere(call) && call.pair.destination.workloadNamespace === 'unknown',
  )
  if (namespaceIsAmbient && !isTcp(family)) select(inbound, ['source'], fromElsewhere)
  select(inbound, reportersOf('destination', ambient), here)
  select(index.bySourceNamespace.get(namespace), reportersOf('source', ambient), fromHere)
  return calls
}

/** The calls of one node: its neighbours' side first for what comes in, its own for what goes out. */
export function nodeCalls(
  index: TrafficIndex,
  family: Family,
  node: NodeTarget,
  cluster: string,
  facts: { readonly namespaceIsAmbient: boolean; readonly isWaypoint: boolean },
  options: Pick<GraphOptions, 'ambientTraffic' | 'graphType'>,
  sees: Sees,
): Selected[] {
  const ambient = options.ambientTraffic
  const { select, calls } = selector(index, family, ambient)
  const isAsked = (of: string | undefined) => (cluster === '' || of === cluster) && atEnd(sees, of, node.namespace)
  const here = ({ pair }: Call) => isAsked(pair.destination.cluster)
  const fromHere = ({ pair }: Call) => isAsked(pair.source.cluster)
  const [inbound, outbound] = nodeReporters(family, node, facts, ambient)
  const version = node.kind === 'app' && options.graphType === 'versionedApp' ? node.version : ''
  const isVersion = (revision: string | undefined) => version === '' || version === 'unknown' || revision === version
  switch (node.kind) {
    case 'workload':
      select(
        index.byDestinationNamespace.get(node.namespace),
        inbound,
        (call) => here(call) && call.pair.destination.workload === node.workload,
      )
      select(
        index.bySourceNamespace.get(node.namespace),
        outbound,
        (call) => fromHere(call) && call.pair.source.workload === node.workload,
      )
      break
    case 'app':
      select(index.byServiceNamespace.get(node.namespace), inbound, (call) => {
        const { canonicalService, canonicalRevision } = call.pair.destination
        return here(call) && canonicalService === node.app && isVersion(canonicalRevision)
      })
      select(index.bySourceNamespace.get(node.namespace), outbound, (call) => {
        const { canonicalService, canonicalRevision } = call.pair.source
        return fromHere(call) && canonicalService === node.app && isVersion(canonicalRevision)
      })
      break
    case 'service': {
      const ofService = ({ pair }: Call) => (pair.service ?? '').startsWith(`${node.service}.${node.namespace}.`)
      if (family === 'requests') {
        select(
          index.unserved.get(node.namespace),
          reportersOf('source', ambient),
          (call) => here(call) && ofService(call),
        )
      }
      select(index.byServiceNamespace.get(node.namespace), inbound, (call) => here(call) && ofService(call))
      break
    }
    case 'aggregate':
      select(
        index.byServiceNamespace.get(node.namespace),
        reportersOf('destination', ambient),
        (call) =>
          atEnd(sees, call.pair.destination.cluster, node.namespace) &&
          call.aggregate === node.value &&
          (node.service === '' || call.pair.serviceName === node.service),
      )
  }
  return calls
}

function nodeReporters(
  family: Family,
  node: NodeTarget,
  facts: { readonly namespaceIsAmbient: boolean; readonly isWaypoint: boolean },
  ambient: GraphOptions['ambientTraffic'],
): [Reporter[], Reporter[]] {
  if (isTcp(family)) {
    return facts.isWaypoint
      ? [reportersOf('source', ambient), reportersOf('destination', ambient)]
      : [['destination'], ['source']]
  }
  const both = family === 'requests' && facts.namespaceIsAmbient && node.kind !== 'service'
  const inbound = reportersOf('destination', ambient)
  return [both ? [...inbound, 'source'] : inbound, reportersOf('source', ambient)]
}

/** `select` adds to `calls`. Ztunnel's own TCP series count only where asked for. */
function selector(index: TrafficIndex, family: Family, ambient: GraphOptions['ambientTraffic']) {
  const withoutZtunnel = isTcp(family) && !countsZtunnel(ambient)
  const calls: Selected[] = []
  const select = (
    numbers: CallNumbers | undefined,
    reporters: readonly Reporter[],
    fits: (call: Call) => boolean,
  ): void => {
    const counts = withoutZtunnel ? (call: Call) => call.app !== 'ztunnel' && fits(call) : fits
    selected(index, numbers, reporters, counts, calls)
  }
  return { select, calls }
}
