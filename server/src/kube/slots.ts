/** Lets a bounded number through at a time, in the order of asking. */

export interface Slots {
  /** Resolves to what gives the slot back. Rejects, with the signal's reason, when it is aborted while waiting. */
  take(signal: AbortSignal): Promise<() => void>
}

export function createSlots(size: number): Slots {
  const waiting: (() => void)[] = []
  let free = size

  function release(): void {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }

  function once(action: () => void): () => void {
    let done = false
    return () => {
      if (!done) action()
      done = true
    }
  }

  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        if (free > 0) {
          free--
          return resolve(once(release))
        }
        const enter = (): void => {
          signal.removeEventListener('abort', leave)
          resolve(once(release))
        }
        const leave = (): void => {
          waiting.splice(waiting.indexOf(enter), 1)
          reject(signal.reason)
        }
        waiting.push(enter)
        signal.addEventListener('abort', leave, { once: true })
      }),
  }
}
