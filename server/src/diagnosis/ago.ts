/** Spans of time in words, for sentences of the diagnosis. */

/** `45 s`, `7 min`, `3 h`, `12 d`: the largest unit of which there is at least one (two of days). */
export function span(ms: number): string {
  const s = Math.round(Math.abs(ms) / 1000)
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.round(s / 60)} min`
  if (s < 48 * 3600) return `${Math.round(s / 3600)} h`
  return `${Math.round(s / 86_400)} d`
}

/** `2026-03-01 12:00 UTC`. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
