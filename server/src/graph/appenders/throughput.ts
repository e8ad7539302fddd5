/** Bytes per second over HTTP edges (reference: graph.md 4.6). */
import type { GraphContext } from '../context.ts'
import { reportersOf } from '../selections.ts'
import type { Tables } from '../tables.ts'
import { type Selected, selected } from '../trafficIndex.ts'
import type { TrafficMap } from '../trafficMap.ts'
import { fromElsewhere, servedEdge } from './edgeTraffic.ts'

export function addThroughput(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  if (tables.throughput === undefined) return
  const { ambientTraffic, throughputType } = context.options
  const reporters = reportersOf(throughputType === 'response' ? 'destination' : 'source', ambientTraffic)
  const note = (calls: readonly Selected[]) => {
    for (const { call, rate } of calls) {
      const ends = context.endsOf(call.pair)
      const edge = ends && servedEdge(map, ends, 'http')
      if (edge !== undefined) edge.throughput = (edge.throughput ?? 0) + rate
    }
  }
  const { throughput } = tables
  note(selected(throughput, throughput.byServiceNamespace.get(namespace), reporters, fromElsewhere(namespace)))
  note(selected(throughput, throughput.bySourceNamespace.get(namespace), reporters))
}
