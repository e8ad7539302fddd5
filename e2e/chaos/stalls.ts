/**
 * Whether this process could run all the while. A machine so busy with others that the event loop stands still lets
 * probes of healthy clusters time out, which is no fault's doing.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface Stalls {
  /** The event loop stood still for so long, at some moment since the start, that probes may have suffered. */
  happened(): boolean
  stop(): void
}

const tolerableNs = 500e6

export function watchStalls(): Stalls {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  return { happened: () => delay.max > tolerableNs, stop: () => void delay.disable() }
}
