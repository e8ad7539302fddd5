/**
 * Shares the event loop between parsing, judging and answering: all streams of all clusters hand their chunks to one
 * pacer, which works for a few milliseconds, lets the loop turn, and goes on. What follows from the objects waits until
 * no chunk does, for it would have to be done again; but never for long.
 */

export interface Pacer {
  /** Runs `work` in its turn; rejects with what it throws. */
  run(work: () => void): Promise<void>
  /** Calls back in a turn of its own: when no `work` waits, or has made it wait long enough. */
  spare(callback: () => void): void
}

export interface PacerOptions {
  /** How long a turn lasts, about. */
  readonly budgetMs?: number
  /** Longest wait of what is spared. */
  readonly patienceMs?: number
  /** Milliseconds of any origin. */
  readonly now?: () => number
  /** Calls back after the event loop has served others. */
  readonly turn?: (callback: () => void) => void
}

export function createPacer({
  budgetMs = 5,
  patienceMs = 40,
  now = () => performance.now(),
  turn = setImmediate,
}: PacerOptions = {}): Pacer {
  const queue: Task[] = []
  let spared: (() => void)[] = []
  let sparedAt = 0
  let running = false

  function pump(): void {
    try {
      const begunAt = now()
      if (spared.length > 0 && (queue.length === 0 || begunAt - sparedAt >= patienceMs)) workSpared()
      else workUntil(begunAt + budgetMs)
    } finally {
      // Once more even when nothing waits: those just served may come back at once, and must not start anew in this turn.
      turn(waits() ? pump : rest)
    }
  }

  function workUntil(endMs: number): void {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      try {
        task.work()
        task.resolve()
      } catch (error) {
        task.reject(error)
      }
      if (now() >= endMs) break
    }
  }

  function workSpared(): void {
    const callbacks = spared
    spared = []
    for (const callback of callbacks) callback()
  }

  const waits = (): boolean => queue.length > 0 || spared.length > 0

  function rest(): void {
    if (waits()) pump()
    else running = false
  }

  function wake(): boolean {
    const slept = !running
    running = true
    return slept
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        queue.push({ work, resolve, reject })
        if (wake()) pump()
      }),
    spare: (callback) => {
      if (spared.length === 0) sparedAt = now()
      spared.push(callback)
      if (wake()) turn(pump)
    },
  }
}

interface Task {
  readonly work: () => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}
