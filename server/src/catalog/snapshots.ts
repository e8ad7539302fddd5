/** The traffic snapshot an answer is made with: the one of the health window, or of a window somebody asked for. */
import { lastValue } from '@binocle/api/known'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot, Window } from '../telemetry/traffic.ts'

/** null: telemetry is unknown. */
export async function snapshotFor({ traffic }: Mesh, window: Window | undefined): Promise<TrafficSnapshot | null> {
  return lastValue(window === undefined ? traffic.current() : await traffic.snapshot(window)) ?? null
}
