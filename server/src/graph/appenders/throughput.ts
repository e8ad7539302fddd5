/** Bytes per second over HTTP edges (reference: graph.md 4.6). */
import type { GraphContext } from '../context.ts'
import { reportersOf } from '../selections.ts'
import type { Tables } from '../tables.ts'
import { type Selected, selected } from '../trafficIndex.ts'
import type { TrafficMap } from '../trafficMap.ts'
import { edgesOf, fromElsewhere, keyOf, servedKey } from './edgeTraffic.ts'

export function addThroughput(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  if (tables.throughput === undefined) return
  const { ambientTraffic, throughputType } = context.options
  const reporters = reportersOf(throughputType === 'response' ? 'destination' : 'source', ambientTraffic)
  const sums = new Map<string, number>()
  const note = (calls: readonly Selected[]) => {
    for (const { call, rate } of calls) {
      const ends = context.endsOf(call.pair)
      if (ends !== undefined) sums.set(servedKey(ends), (sums.get(servedKey(ends)) ?? 0) + rate)
    }
  }
  const { throughput } = tables
  note(selected(throughput, throughput.byServiceNamespace.get(namespace), reporters, fromElsewhere(namespace)))
  note(selected(throughput, throughput.bySourceNamespace.get(namespace), reporters))
  for (const edge of edgesOf(map)) {
    const bytes = edge.protocol === 'http' ? sums.get(keyOf(edge)) : undefined
    if (bytes !== undefined) edge.throughput = bytes
  }
}
