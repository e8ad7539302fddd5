/** What is asked of values over time, and what comes back. */

/** Unix seconds; a point every `stepS` from the first to the last. */
export interface TimeRange {
  readonly startS: number
  readonly endS: number
  readonly stepS: number
}

export interface TimeSeries {
  readonly labels: Readonly<Record<string, string>>
  /** Unix seconds, and the value as Prometheus prints it. */
  readonly points: readonly (readonly [number, string])[]
}
