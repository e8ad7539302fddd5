/** How the rest of a session is said. Pure, so that a test can count. */
import { remaining } from '../components/clusterWords.ts'

/** `5 h`, `7 min`, `43 s`; `now` at the end. */
export function timeLeft(leftMs: number): string {
  if (leftMs < 1_000) return 'now'
  return leftMs < 120_000 ? `${Math.floor(leftMs / 1_000)} s` : remaining(leftMs)
}

const spokenAtS = [5, 10, 30, 60] as const

/** What is read out: four times in the last minute, not every second. '' before. */
export function spokenLeft(leftMs: number): string {
  const at = spokenAtS.find((seconds) => leftMs <= seconds * 1_000)
  return at === undefined ? '' : `Your session ends in ${at} seconds.`
}
