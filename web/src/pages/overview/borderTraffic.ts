/** What one cluster receives from the others and sends to them, out of the matrix of all. */
import type { TrafficCell } from '@binocle/api/multicluster'

/** Telemetry's word for what no proxy told of: no other cluster. */
const outside = 'unknown'

/** Requests per second. */
export function borderTraffic(matrix: readonly TrafficCell[], cluster: string): { in: number; out: number } {
  let inwards = 0
  let outwards = 0
  for (const { source, destination, rps } of matrix) {
    if (source === destination || source === outside || destination === outside) continue
    if (destination === cluster) inwards += rps
    if (source === cluster) outwards += rps
  }
  return { in: inwards, out: outwards }
}
