/**
 * Shares the event loop between parsing and answering: all streams of all clusters hand their chunks to one pacer,
 * which works for a few milliseconds, lets the loop turn, and goes on.
 */

export interface Pacer {
  /** Runs `work` in its turn; rejects with what it throws. */
  run(work: () => void): Promise<void>
}

/** `now` in ms; `turn` calls back after the event loop has served others. */
export function createPacer(
  budgetMs = 5,
  now: () => number = () => performance.now(),
  turn: (callback: () => void) => void = setImmediate,
): Pacer {
  const queue: Task[] = []
  let running = false

  function pump(): void {
    const until = now() + budgetMs
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      try {
        task.work()
        task.resolve()
      } catch (error) {
        task.reject(error)
      }
      if (now() >= until) break
    }
    // Once more even when nothing waits: those just served may come back at once, and must not start anew in this turn.
    if (queue.length > 0) turn(pump)
    else turn(rest)
  }

  function rest(): void {
    if (queue.length > 0) pump()
    else running = false
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        queue.push({ work, resolve, reject })
        if (running) return
        running = true
        pump()
      }),
  }
}

interface Task {
  readonly work: () => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}
