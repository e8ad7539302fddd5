/** When metrics last named each cluster, from what the traffic source already knows: no query of its own. */
import { lastValue } from '@binocle/api/known'
import { matrixOf } from '../health/matrix.ts'
import type { Mesh } from '../model.ts'
import type { TelemetryFacts } from './telemetry.ts'

export function telemetrySeen({ clusters, traffic }: Mesh): TelemetryFacts {
  const problem = traffic.health?.().problem
  const snapshot = lastValue(traffic.current())
  const lastSeenMs = new Map<string, number>()
  for (const name of snapshot === undefined ? [] : matrixOf(snapshot).clusters) {
    if (snapshot !== undefined) lastSeenMs.set(name, snapshot.window.end * 1000)
  }
  for (const { name } of clusters.list()) {
    const lastS = traffic.lastMetrics?.(name)
    if (lastS !== undefined) lastSeenMs.set(name, lastS * 1000)
  }
  return { lastSeenMs, ...(problem === undefined ? {} : { problem }) }
}
