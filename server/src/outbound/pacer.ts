/**
 * Shares the event loop between parsing, judging and answering: all streams of all clusters hand their chunks to one
 * pacer, which works for a few milliseconds, lets the loop turn, and goes on. What follows from the objects waits until
 * no chunk does, for it would have to be done again; but never for long.
 */

export interface Pacer {
  /** Runs `work` in its turn; rejects with what it throws. */
  run(work: () => void): Promise<void>
  /** Calls back in a turn of its own: when no `work` has come for a while, or has made it wait long enough. */
  spare(callback: () => void): void
}

export interface PacerOptions {
  /** How long a turn lasts, about. */
  readonly budgetMs?: number
  /** So long no work must have come before what is spared: more follows, as a rule. */
  readonly quietMs?: number
  /** Longest wait of what is spared. */
  readonly patienceMs?: number
  /** Milliseconds of any origin. */
  readonly now?: () => number
  /** Calls back after the event loop has served others. */
  readonly turn?: (callback: () => void) => void
  readonly later?: (callback: () => void, delayMs: number) => void
}

export function createPacer({
  budgetMs = 5,
  quietMs = 15,
  patienceMs = 40,
  now = () => performance.now(),
  turn = setImmediate,
  later = setTimeout,
}: PacerOptions = {}): Pacer {
  const queue: Task[] = []
  let spared: (() => void)[] = []
  let sparedAt = 0
  let workedAt = Number.NEGATIVE_INFINITY
  let running = false
  let timed = false

  function pump(): void {
    try {
      if (isSparedDue()) workSpared()
      else workUntil(now() + budgetMs)
    } finally {
      // Once more even when nothing waits: those just served may come back at once, and must not start anew in this turn.
      turn(queue.length > 0 || isSparedDue() ? pump : rest)
    }
  }

  const sparedDueAt = (): number => Math.min(workedAt + quietMs, sparedAt + patienceMs)

  const isSparedDue = (): boolean =>
    spared.length > 0 && now() >= (queue.length > 0 ? sparedAt + patienceMs : sparedDueAt())

  function workUntil(endMs: number): void {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      try {
        task.work()
        task.resolve()
      } catch (error) {
        task.reject(error)
      }
      workedAt = now()
      if (workedAt >= endMs) break
    }
  }

  function workSpared(): void {
    const callbacks = spared
    spared = []
    for (const callback of callbacks) callback()
  }

  function rest(): void {
    running = queue.length > 0 || isSparedDue()
    if (running) pump()
    else if (spared.length > 0) wait()
  }

  /** Until what is spared is due. */
  function wait(): void {
    if (timed) return
    timed = true
    later(
      () => {
        timed = false
        if (wake()) pump()
      },
      Math.max(0, sparedDueAt() - now()),
    )
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
      if (running) return
      if (!isSparedDue()) wait()
      else if (wake()) turn(pump)
    },
  }
}

interface Task {
  readonly work: () => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}
