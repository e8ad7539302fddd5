/** What response times, throughput and principals share: which calls count, and to which edge they belong. */

import type { Call } from '../../telemetry/callTable.ts'
import type { GraphContext } from '../context.ts'
import type { Ends } from '../ends.ts'
import { type Edge, edgeKeyTo, type TrafficMap } from '../trafficMap.ts'

/** Calls from elsewhere into the services of a namespace. */
export const fromElsewhere =
  (namespace: string) =>
  ({ pair }: Call): boolean =>
    pair.source.workloadNamespace !== namespace

/** Rates of protocols that the graph does not show are left out. */
export function isShown({ protocol }: Call, { rateGrpc, rateHttp }: GraphContext['options']): boolean {
  if (protocol === 'grpc') return rateGrpc === 'requests'
  return protocol !== 'http' || rateHttp === 'requests'
}

/** The edge that such a call belongs to: from the service node on, where there is one. */
export const servedEdge = (
  map: TrafficMap,
  { sourceKey, anyService, reached }: Ends,
  protocol: string,
): Edge | undefined => map.get(anyService?.key ?? sourceKey)?.edges.get(edgeKeyTo(protocol, reached))
