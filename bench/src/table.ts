/** Prints figures beside the design's numbers. Nothing is asserted: a figure is evidence, a noisy machine is no defect. */

export interface Figure {
  readonly what: string
  readonly measured: number
  readonly unit: string
  /** The number we hold ourselves to, in the same unit; undefined when the design has none. */
  readonly design?: number
}

/** `calibrationMs`: the loop's time in this run; times are also printed as multiples of it. */
export function printFigures(title: string, figures: readonly Figure[], calibrationMs: number): void {
  console.log(`\n${title}`)
  for (const { what, measured, unit, design } of figures) {
    const value = `${format(measured)} ${unit}`.padStart(14)
    const target = design === undefined ? '' : `design ${format(design)} ${unit}`
    const ratio = unit === 'ms' ? `${(measured / calibrationMs).toFixed(2)} loops` : ''
    const verdict = design === undefined ? '' : measured <= design ? '' : `  OVER ${(measured / design).toFixed(2)}x`
    console.log(`  ${what.padEnd(52)}${value}  ${target.padEnd(18)}${ratio.padStart(14)}${verdict}`)
  }
}

const format = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2))

/** Nearest-rank percentile; `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
