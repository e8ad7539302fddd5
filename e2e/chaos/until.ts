/** Looks again and again until something is true. How long it took is for whoever prints it: nothing is judged by it. */
import { setTimeout as pause } from 'node:timers/promises'

const deadlineMs = 60_000
const everyMs = 200

/** Resolves with the time it took. `holds` says false, or why not yet; the last of it is what a failure names. */
export async function eventually(what: string, holds: () => Promise<boolean | string>): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const answer = await holds()
    const tookMs = performance.now() - begun
    if (answer === true) return tookMs
    if (tookMs > deadlineMs) throw new Error(`${what}: not within ${deadlineMs / 1000} s. ${answer || ''}`)
    await pause(everyMs)
  }
}
