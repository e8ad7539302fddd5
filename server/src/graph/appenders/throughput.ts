/** Bytes per second over HTTP edges (reference: graph.md 4.6). */
import type { GraphContext } from '../context.ts'
import { reportersOf } from '../selections.ts'
import type { Tables } from '../tables.ts'
import { type Call, reportedRate } from '../trafficIndex.ts'
import type { TrafficMap } from '../trafficMap.ts'
import { edgesOf, fromElsewhere, keyOf, servedKey } from './edgeTraffic.ts'

export function addThroughput(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  if (tables.throughput === undefined) return
  const { ambientTraffic, throughputType } = context.options
  const reporters = reportersOf(throughputType === 'response' ? 'destination' : 'source', ambientTraffic)
  const sums = new Map<string, number>()
  const note = (calls: readonly Call[] | undefined, fits: (call: Call) => boolean) => {
    for (const call of calls ?? []) {
      const bytes = reportedRate(call, reporters)
      const ends = bytes === undefined || !fits(call) ? undefined : context.endsOf(call.pair)
      if (bytes === undefined || ends === undefined) continue
      sums.set(servedKey(ends), (sums.get(servedKey(ends)) ?? 0) + bytes)
    }
  }
  note(tables.throughput.byServiceNamespace.get(namespace), fromElsewhere(namespace))
  note(tables.throughput.bySourceNamespace.get(namespace), () => true)
  for (const edge of edgesOf(map)) {
    const bytes = edge.protocol === 'http' ? sums.get(keyOf(edge)) : undefined
    if (bytes !== undefined) edge.throughput = bytes
  }
}
