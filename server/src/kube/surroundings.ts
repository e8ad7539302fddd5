/** Time, chance and the log, as arguments: nothing below `kube/` and `clusters/` reaches for them itself. */

export interface Surroundings {
  /** Unix ms. */
  readonly clock: () => number
  /** 0 <= n < 1. */
  readonly random: () => number
  readonly timers: Timers
  readonly log: Log
}

export interface Timers {
  /** Calls back once; returns how to cancel. */
  after(delayMs: number, callback: () => void): () => void
}

/** `fields` holds no credential. */
export type Log = (
  level: 'debug' | 'error' | 'info' | 'warn',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void

/** Timers that keep no process alive. */
export const realTimers: Timers = {
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref()
    return () => clearTimeout(timer)
  },
}

/** Ends early, without an error, when `signal` is aborted. */
export function pause(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = timers.after(delayMs, done)
    signal.addEventListener('abort', done)
  })
}
