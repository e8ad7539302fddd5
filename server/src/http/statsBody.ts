/** The body of POST /api/stats/metrics, parsed into questions, or into why each is none (reference: api.md 19.7). */
import { durationS } from '../config/duration.ts'
import { BinocleError } from '../errors.ts'
import { isRecord, type Json } from '../inventory/json.ts'
import type { StatsQuery } from '../metrics/responseTimes.ts'
import type { Reporter } from '../telemetry/traffic.ts'
import { isQuantile } from './metricsParameters.ts'

/** A trace of some hundred spans; the page asks for up to four statistics of each. */
const limits = { queries: 500, statistics: 2_000, quantiles: 10 }

/** Bytes that are read. */
export const maxStatsBytes = 256 * 1024

/** Throws BIN-REQUEST for what is no list of questions, and BIN-QUERY-PARAM for too many. */
export function statsQueries(body: string): readonly (StatsQuery | string)[] {
  const document = jsonIn(body)
  if (!isRecord(document) || !Array.isArray(document.queries ?? [])) throw malformed('the body has no list `queries`')
  const queries: readonly unknown[] = Array.isArray(document.queries) ? document.queries : []
  const parsed = queries.slice(0, limits.queries + 1).map((each) => statsQuery(isRecord(each) ? each : {}))
  const statistics = parsed.reduce((sum, each) => sum + (typeof each === 'string' ? 0 : each.statistics.length), 0)
  if (queries.length > limits.queries || statistics > limits.statistics)
    throw new BinocleError(
      'BIN-QUERY-PARAM',
      `bad request: at most ${limits.queries} queries of ${limits.statistics} statistics together are answered`,
      { remedy: 'Ask in several requests.' },
    )
  return parsed
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw malformed('the body is no JSON')
  }
}

const malformed = (what: string): BinocleError =>
  new BinocleError('BIN-REQUEST', `bad request: ${what}`, { remedy: 'Send {"queries": [...]} as JSON.' })

function statsQuery(query: Json): StatsQuery | string {
  const direction = directions.find((each) => each === query.direction)
  if (direction === undefined) return "bad request: 'direction' must be either 'inbound' or 'outbound'"
  const target = partyOf(query.target, direction === 'inbound')
  if (target === undefined)
    return "bad request: 'target' must name a namespace, and an app, a workload or, inbound, a service"
  const hasPeer = query.peerTarget !== undefined && query.peerTarget !== null
  const peer = hasPeer ? partyOf(query.peerTarget, direction === 'outbound') : undefined
  if (hasPeer && peer === undefined)
    return "bad request: 'peerTarget' must name a namespace, and an app, a workload or, outbound, a service"
  const interval = query.interval
  const intervalS = typeof interval === 'string' ? durationS(interval) : undefined
  if (typeof interval !== 'string' || interval === '') return "bad request: 'interval' must be defined"
  if (intervalS === undefined || intervalS < 1 || intervalS > maxIntervalS)
    return `not a valid duration string: ${JSON.stringify(interval.slice(0, 80))}`
  const { queryTime } = query
  if (typeof queryTime !== 'number' || !Number.isInteger(queryTime) || queryTime <= 0 || queryTime > maxTimeS)
    return "bad request: 'queryTime' must be defined"
  const quantiles = textsOf(query.quantiles)
  if (quantiles === undefined || quantiles.length > limits.quantiles || !quantiles.every(isQuantile))
    return 'bad request: invalid quantile(s): should be between 0 and 1'
  const own: Reporter = direction === 'inbound' ? 'destination' : 'source'
  const named = textsOf(query.reporters)
  const reporters =
    named === undefined || named.length === 0
      ? [own]
      : [own, 'waypoint' as const].filter((each) => named.includes(each))
  if (named?.some((each) => each !== own && each !== 'waypoint') || !reporters.includes(own))
    return `bad request: 'reporters' must hold '${own}', and may hold 'waypoint'`
  const statistics = [...(query.avg === true ? ['avg'] : []), ...new Set(quantiles)].sort()
  const peerKey = peer === undefined ? '' : keyOf(peer)
  return {
    key: `${keyOf(target)}:${peerKey}:${direction}:${interval}:${reporters.join(',')}`,
    target,
    ...(peer === undefined ? {} : { peer }),
    direction,
    intervalS: Math.round(intervalS),
    endS: queryTime,
    statistics,
    reporters,
  }
}

const directions = ['inbound', 'outbound'] as const
const kinds = ['app', 'service', 'workload'] as const

/** Longer than any metrics store remembers; the last moment that JavaScript knows, in s. */
const maxIntervalS = 100 * 31_536_000
const maxTimeS = 8_640_000_000_000

/** Proxies know to which service a call goes, and not from which it comes. */
function partyOf(value: unknown, mayBeService: boolean): StatsQuery['target'] | undefined {
  if (!isRecord(value)) return undefined
  const { cluster, name, namespace } = value
  const kind = kinds.find((each) => each === value.kind)
  if (kind === undefined || (kind === 'service' && !mayBeService)) return undefined
  if (typeof name !== 'string' || typeof namespace !== 'string' || namespace === '' || name === '') return undefined
  return { ...(typeof cluster === 'string' && cluster !== '' ? { cluster } : {}), namespace, of: { kind, name } }
}

const keyOf = ({ namespace, of }: StatsQuery['target']): string => `${namespace}:${of.kind}:${of.name}`

/** undefined: no list of texts. Absent is an empty one. */
function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return undefined
  const texts = value.filter((each) => typeof each === 'string')
  return texts.length === value.length ? texts : undefined
}
