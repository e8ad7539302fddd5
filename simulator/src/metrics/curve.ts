/**
 * Counters over time, in closed form: a rate that breathes has an integral that can be written down, so that a counter's
 * value at any moment, and hence the true rate of any window, is known without having counted.
 */

export interface Curve {
  /** The integral up to `timeS` (Unix seconds). */
  at(timeS: number): number
  /** Never falls: a rate over it needs its first and last sample only. */
  readonly monotone: boolean
}

export interface Wave {
  /** Share of the rate by which it swells and ebbs; the sum of all waves stays below 1. */
  readonly amplitude: number
  readonly periodS: number
  /** Radians. */
  readonly phase: number
}

/** The integral, from `epochS`, of a rate of 1 that swells and ebbs. */
export function breathing(epochS: number, waves: readonly Wave[]): Curve {
  const swell = (timeS: number) =>
    waves.reduce((sum, { amplitude, periodS, phase }) => {
      const turn = (2 * Math.PI) / periodS
      return sum - (amplitude / turn) * Math.cos(turn * (timeS - epochS) + phase)
    }, 0)
  const start = swell(epochS)
  return remembered((timeS) => timeS - epochS + swell(timeS) - start)
}

/** A rate of 1 that does not change. */
export const steady = (epochS: number): Curve => ({ at: (timeS) => timeS - epochS, monotone: true })

/** A value that never changes: a gauge's. */
export const constant: Curve = { at: () => 0, monotone: true }

/**
 * Thousands of series share a curve and are asked for the same few moments (the first and last sample of a window):
 * the last answers are kept.
 */
function remembered(integral: (timeS: number) => number): Curve {
  const known = new Map<number, number>()
  return {
    monotone: true,
    at: (timeS) => {
      let value = known.get(timeS)
      if (value === undefined) {
        if (known.size >= 256) known.clear()
        value = integral(timeS)
        known.set(timeS, value)
      }
      return value
    },
  }
}
