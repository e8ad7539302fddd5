/** The traffic snapshot an answer is made with: the one of the health window, or of a window somebody asked for. */
import { lastValue } from '@binocle/api/known'
import type { Problem } from '@binocle/api/problem'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot, Window } from '../telemetry/traffic.ts'

/** null: telemetry is unknown. */
export async function snapshotFor({ traffic }: Mesh, window: Window | undefined): Promise<TrafficSnapshot | null> {
  return lastValue(window === undefined ? traffic.current() : await traffic.snapshot(window)) ?? null
}

/** Why rates are unknown, or old; undefined while all is well. */
export function telemetryProblem({ traffic }: Mesh, snapshot: TrafficSnapshot | null): Problem | undefined {
  const current = traffic.current()
  if (current.state !== 'known') return current.cause
  if (snapshot !== null) return undefined
  return { code: 'BIN-PROMETHEUS-UNREACHABLE', message: 'Prometheus did not answer for this window.' }
}
