/** Response times of edges, in ms; the first that is reported counts (reference: graph.md 4.4). */
import type { Call } from '../../telemetry/callTable.ts'
import type { GraphContext } from '../context.ts'
import type { Tables } from '../tables.ts'
import { type CallNumbers, selected, type TrafficIndex } from '../trafficIndex.ts'
import type { TrafficMap } from '../trafficMap.ts'
import { fromElsewhere, isShown, servedEdge } from './edgeTraffic.ts'

export function addResponseTimes(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  if (tables.responseTime === undefined) return
  const note = (index: TrafficIndex, numbers: CallNumbers | undefined, fits?: (call: Call) => boolean) => {
    for (const { call, rate: time } of selected(index, numbers, [], fits)) {
      if (call.protocol === undefined || !isShown(call, context.options)) continue
      const ends = context.endsOf(call.pair)
      if (ends === undefined) continue
      const edge = servedEdge(map, ends, call.protocol)
      if (edge !== undefined && edge.responseTime === undefined) edge.responseTime = time
    }
  }
  const { inbound, outbound, source } = tables.responseTime
  if (source !== undefined && context.isAmbient(namespace))
    note(source, source.byServiceNamespace.get(namespace), fromElsewhere(namespace))
  note(inbound, inbound.byServiceNamespace.get(namespace))
  note(outbound, outbound.bySourceNamespace.get(namespace))
}
