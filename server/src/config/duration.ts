/** Durations as Prometheus and Kiali write them: `30s`, `5m`, `1h30m`. */

const unitS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
}

/** Seconds; undefined when the text is not a duration. */
export function durationS(text: string): number | undefined {
  if (!/^([0-9]{1,9}(ms|s|m|h|d|w|y))+$/.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(/([0-9]{1,9})(ms|s|m|h|d|w|y)/g))
    total += Number(count) * (unitS[unit ?? ''] ?? 0)
  return total
}

/** The shortest text of whole seconds, e.g. `5m`, `90s`. */
export function durationText(seconds: number): string {
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const)
    if (seconds > 0 && seconds % size === 0) return `${seconds / size}${unit}`
  return `${seconds}s`
}
