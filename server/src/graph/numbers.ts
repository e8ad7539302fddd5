/** Numbers as the graph document prints them: Go's rules, ties to even on the exact binary value (graph.md 5.4). */

/** At least two decimals, more until a digit shows, at most five: 8.9 -> `8.90`, 0.004 -> `0.004`. */
export function rateText(rate: number): string {
  let decimals = 0
  for (let scaled = rate; scaled < 1 && decimals < 5; scaled *= 10) decimals += 1
  return fixed(rate, Math.max(2, decimals))
}

/** One decimal; a share of nothing is infinite, as Go prints it. */
export const percentText = (percent: number): string => (percent === 100 ? '100.0' : fixed(percent, 1))

export const wholeText = (value: number): string => fixed(value, 0)

/** `toFixed`, but a value exactly halfway goes to the even digit. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const text = value.toFixed(decimals)
  if (!isTie(value, decimals)) return text
  const scaled = Math.abs(value) * 10 ** decimals
  const down = Math.floor(scaled)
  const even = down % 2 === 0 ? down : down + 1
  return ((value < 0 ? -even : even) / 10 ** decimals).toFixed(decimals)
}

/**
 * Halfway in binary: a half of 10^-decimals is 5^-decimals times a power of two, so only multiples of that power are. Both
 * products are exact then.
 */
function isTie(value: number, decimals: number): boolean {
  const size = Math.abs(value)
  if (!Number.isInteger(size * (2 << decimals))) return false
  const scaled = size * (powers[decimals] ?? 10 ** decimals)
  return scaled - Math.floor(scaled) === 0.5
}

/** Of ten: working them out would cost more than the rest. */
const powers = [1, 10, 100, 1000, 10_000, 100_000]
