/** For tests: a question about metrics in which nothing is out of the ordinary. */
import type { MetricsQuery } from './query.ts'

export const plainQuery: MetricsQuery = {
  endS: 1_000,
  durationS: 600,
  stepS: 60,
  rateIntervalS: 60,
  instant: false,
  direction: 'inbound',
  reporters: ['destination'],
  average: true,
  quantiles: [],
  by: [],
  metrics: undefined,
  protocol: '',
}
