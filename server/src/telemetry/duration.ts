/** Prometheus durations, the form in which windows are asked for: `10m`, `1h30m`, `500ms`. A bare number is none, but `0`. */

/** Milliseconds; undefined when `text` is not a duration. Units at most once each, from large to small. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  const match = form.exec(text)
  if (match === null || text === '') return undefined
  return match.slice(1).reduce((sum, amount, i) => sum + Number(amount ?? 0) * (unitsMs[i] ?? 0), 0)
}

const form = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const unitsMs = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1]
