/** The parameters of the metrics of objects, refused in Kiali's words (reference: api.md 19.1). */
import { BinocleError } from '../errors.ts'
import type { MetricsQuery } from '../metrics/query.ts'
import { isLabelName } from '../telemetry/promql.ts'
import type { Reporter } from '../telemetry/traffic.ts'
import type { Parameters } from './parameters.ts'

export const metricsParameters = [
  'avg',
  'byLabels[]',
  'clusterName',
  'direction',
  'duration',
  'filters[]',
  'quantiles[]',
  'queryTime',
  'rateFunc',
  'rateInterval',
  'reporter',
  'requestProtocol',
  'step',
]

/** As many as a page can draw; Prometheus refuses more points. */
const limits = { quantiles: 10, labels: 10, points: 11_000 }

/** Throws BIN-QUERY-PARAM. `nowS`: Unix seconds. */
export function metricsQuery(query: Parameters, nowS: number): MetricsQuery {
  const quantiles = query.raw.getAll('quantiles[]')
  const by = query.raw.getAll('byLabels[]')
  const metrics = query.raw.getAll('filters[]')
  const durationS = wholeNumber(query, 'duration', 1_800)
  const stepS = wholeNumber(query, 'step', 15)
  const label = by.find((name) => !isLabelName(name))
  if (label !== undefined) throw refused(`invalid label name in 'byLabels': ${JSON.stringify(label.slice(0, 80))}`)
  if (!quantiles.every(isQuantile)) throw refused('invalid quantile(s): should be between 0 and 1')
  if (quantiles.length > limits.quantiles || by.length > limits.labels)
    throw refused(`at most ${limits.quantiles} quantiles and ${limits.labels} labels can be asked for at once`)
  if (stepS < 1) throw refused("query parameter 'step' must be at least 1")
  if (durationS / stepS > limits.points)
    throw refused(`more than ${limits.points} points: take a longer 'step' or a shorter 'duration'`)
  return {
    endS: query.time('queryTime') ?? nowS,
    durationS,
    stepS,
    rateIntervalS: Math.max(1, Math.round(query.duration('rateInterval', 60))),
    instant: chosen(query, 'rateFunc', ['rate', 'irate']) === 'irate',
    direction: chosen(query, 'direction', ['outbound', 'inbound']),
    reporters: reportersOf(query.text('reporter')),
    average: query.boolean('avg', true),
    quantiles: [...new Set(quantiles)],
    by: [...new Set(by)],
    metrics: metrics.length === 0 ? undefined : metrics,
    protocol: query.text('requestProtocol'),
  }
}

function wholeNumber(query: Parameters, name: string, byDefault: number): number {
  const value = query.text(name)
  if (value === '') return byDefault
  if (!/^\d{1,12}$/.test(value)) throw refused(`cannot parse query parameter '${name}'`)
  return Number(value)
}

/** The first is the default. */
function chosen<T extends string>(query: Parameters, name: string, values: readonly [T, T]): T {
  const value = query.text(name)
  const found = value === '' ? values[0] : values.find((each) => each === value)
  if (found !== undefined) return found
  const named = [...values].sort().map((each) => `'${each}'`)
  throw refused(
    `query parameter '${name}' must be either ${(name === 'rateFunc' ? named.reverse() : named).join(' or ')}`,
  )
}

const reporters: readonly Reporter[] = ['source', 'destination', 'waypoint']

function reportersOf(value: string): readonly Reporter[] | undefined {
  if (value === '') return ['source']
  if (value === 'both') return undefined
  return value.split(',').map((part) => {
    const found = reporters.find((reporter) => reporter === part.trim())
    if (found !== undefined) return found
    const said = JSON.stringify(part.trim().slice(0, 80))
    throw refused(
      `query parameter 'reporter' contains invalid value ${said}; valid values are 'source', 'destination', 'waypoint', or 'both'`,
    )
  })
}

/** As far as it is asked for: a number from 0 to 1 with few digits. */
export const isQuantile = (text: string): boolean => /^(0(\.\d{1,6})?|1(\.0{1,6})?)$/.test(text)

const refused = (what: string): BinocleError =>
  new BinocleError('BIN-QUERY-PARAM', `bad request, ${what}`, {
    remedy: 'Correct the parameter that the message names, or leave it out.',
  })
