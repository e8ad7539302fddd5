/** Over which time a query of metrics is asked. */
import { BinocleError } from '../errors.ts'
import type { TimeRange } from '../telemetry/series.ts'
import type { MetricsQuery } from './query.ts'

type Window = Pick<MetricsQuery, 'durationS' | 'endS' | 'rateIntervalS'>

/** Nothing from before the namespace was made, which may have had the name of another, is read. */
export function sinceCreation<Q extends Window>(query: Q, createdS: number): Q {
  const startS = query.endS - query.durationS
  if (Number.isNaN(createdS) || startS - query.rateIntervalS >= createdS) return query
  const rateIntervalS = Math.max(1, Math.min(query.rateIntervalS, Math.floor((query.endS - createdS) / 2)))
  const durationS = query.endS - Math.max(startS, Math.ceil(createdS) + rateIntervalS)
  if (durationS >= 0) return { ...query, durationS, rateIntervalS }
  throw new BinocleError('BIN-QUERY-PARAM', 'after checks, query start time is after end time', {
    remedy: 'Ask for a window in which the namespace exists.',
  })
}

export function rangeOf({ durationS, endS, stepS }: MetricsQuery): TimeRange {
  const startS = endS - durationS
  return { startS: startS - (startS % stepS), endS, stepS }
}
