/**
 * Tells a dead stream from a quiet one. A server is asked to end each watch after a while: that end is the sign of life
 * that a quiet watch lacks. A watch whose end is overdue although the server answers what it is asked afterwards is
 * dead: a proxy holds it back, or a connection was lost on the way without anybody being told.
 */
import type { Surroundings } from './surroundings.ts'

export interface StreamLife {
  /** The server was asked to end it after so many seconds; undefined where that says nothing. */
  readonly endsAfterS?: number
  /** Dead when nothing at all has come for so long after its beginning. */
  readonly firstByteMs?: number
  /** Asked when something has come, until it says how long to go on from now. We end it then ourselves, properly. */
  readonly goesOnMs?: () => number | undefined
}

export interface StreamGuard {
  /** Aborted when the caller's is, and with each verdict. */
  readonly signal: AbortSignal
  /** Why we ended it; undefined when we did not. */
  readonly verdict: 'enough' | 'silent' | undefined
  /** The head of the answer has come. */
  begins(): void
  /** While what came is worked on, nothing further is read, and silence is our own. */
  whileWorking(work: Promise<void>): Promise<void>
  ends(): void
}

/** So late may an end be before the server is asked whether it is there. */
const graceMs = 500
const askAgainMs = 1_000
/** Whatever was asked for: servers send bookmarks about once a minute. */
const longestSilenceMs = 150_000

export function guardStream(options: {
  /** Whether the server answers something that it is asked now, whatever it says. */
  readonly isThere: () => Promise<boolean>
  readonly life: StreamLife
  readonly timers: Surroundings['timers']
  readonly clock: Surroundings['clock']
  readonly lastByteAt: () => number
  readonly signal: AbortSignal
}): StreamGuard {
  const { isThere, life, timers, clock, lastByteAt, signal } = options
  const stream = new AbortController()
  const abort = (): void => stream.abort()
  let verdict: StreamGuard['verdict']
  let begunAt = 0
  let heard = false
  let working = false
  let over = false
  let cancelLook = (): void => {}
  let cancelEnough: (() => void) | undefined

  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)

  function judge(which: 'enough' | 'silent'): void {
    if (over) return
    verdict = which
    abort()
  }

  /** When the stream may be dead, Unix ms. */
  function dueAt(): number {
    const heardAt = lastByteAt()
    const dueTimes = [Math.max(begunAt, heardAt) + longestSilenceMs]
    if (life.endsAfterS !== undefined) dueTimes.push(Math.max(begunAt + 1000 * life.endsAfterS, heardAt) + graceMs)
    if (life.firstByteMs !== undefined && !heard) dueTimes.push(begunAt + life.firstByteMs)
    return Math.min(...dueTimes)
  }

  function look(): void {
    const inMs = dueAt() - clock()
    if (inMs > 0 || working) cancelLook = timers.after(working ? graceMs : inMs, look)
    else void question()
  }

  async function question(): Promise<void> {
    const answers = await isThere()
    if (over) return
    if (answers && !working && dueAt() <= clock()) judge('silent')
    else if (answers) look()
    else cancelLook = timers.after(askAgainMs, look)
  }

  function limit(): void {
    const goesOnMs = cancelEnough === undefined && !over ? life.goesOnMs?.() : undefined
    if (goesOnMs !== undefined) cancelEnough = timers.after(goesOnMs, () => judge('enough'))
  }

  return {
    signal: stream.signal,
    get verdict() {
      return verdict
    },
    begins: () => {
      begunAt = clock()
      look()
    },
    whileWorking: async (work) => {
      heard = true
      working = true
      try {
        await work
      } finally {
        working = false
      }
      limit()
    },
    ends: () => {
      over = true
      cancelLook()
      cancelEnough?.()
      signal.removeEventListener('abort', abort)
    },
  }
}
