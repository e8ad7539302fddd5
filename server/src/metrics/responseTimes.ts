/**
 * How long requests of some objects took over one window each, alone or with one peer: what a trace is compared with
 * (reference: api.md 19.7). A question that cannot be answered is a warning, as long as another one can.
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { ResponseTime, StatsResult } from '@binocle/api/metrics'
import type { Scope } from '../access/scope.ts'
import { findNamespace, namespaceAt, visibleClusters } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import type { Mesh } from '../model.ts'
import { type Expr, type Matcher, oneOf } from '../telemetry/promql.ts'
import type { SeriesSource } from '../telemetry/series.ts'
import type { Reporter } from '../telemetry/traffic.ts'
import type { Target } from './query.ts'
import { objectMatchers } from './selection.ts'
import { sinceCreation } from './window.ts'

export interface StatsQuery {
  /** By which the answer names it. */
  readonly key: string
  readonly target: Party
  readonly peer?: Party
  readonly direction: 'inbound' | 'outbound'
  readonly intervalS: number
  /** Unix seconds. */
  readonly endS: number
  /** `avg`, and quantiles as written, each a number from 0 to 1. */
  readonly statistics: readonly string[]
  readonly reporters: readonly Reporter[]
}

/** `cluster` undefined: wherever the viewer sees such a namespace. */
interface Party {
  readonly cluster?: string
  readonly namespace: string
  readonly of: NonNullable<Target['of']>
}

/** `asked`: a question, or why it is none. Throws BIN-QUERY-PARAM when none is one, and BIN-PROMETHEUS-*. */
export async function responseTimes(
  mesh: Mesh,
  scope: Scope,
  asked: readonly (StatsQuery | string)[],
): Promise<StatsResult> {
  const { series } = mesh
  if (series === undefined) throw new BinocleError('BIN-PROMETHEUS-DISABLED', 'No Prometheus is configured.')
  const warnings: string[] = []
  const questions = new Map<string, readonly Question[]>()
  for (const each of asked) {
    const found = typeof each === 'string' ? each : questionsOf(mesh, scope, each)
    if (typeof found === 'string') warnings.push(found)
    else if (typeof each !== 'string') questions.set(each.key, found)
  }
  if (questions.size === 0 && warnings.length > 0)
    throw new BinocleError('BIN-QUERY-PARAM', `${warnings.length} errors:\n${warnings.join('\n')}`, {
      remedy: 'docs/kiali-compatibility.md links the API.',
    })
  const answers = await inTurn([...questions.values()].flat(), (question) => answerOf(series, question))
  let next = 0
  const stats = [...questions].map(([key, { length }]) => {
    const of = answers.slice(next, next + length)
    next += length
    return [key, { responseTimes: of.flatMap((time) => time ?? []) }] as const
  })
  return { stats: Object.fromEntries(stats), warnings: warnings.length === 0 ? null : warnings }
}

interface Question {
  readonly name: string
  readonly expr: Expr
  readonly endS: number
}

/** Or why there are none; of what may not be seen the same as of what does not exist. */
function questionsOf(mesh: Mesh, scope: Scope, query: StatsQuery): readonly Question[] | string {
  const [near, far] =
    query.direction === 'inbound' ? (['destination', 'source'] as const) : (['source', 'destination'] as const)
  try {
    const at = placesOf(mesh, scope, query.target)
    const { endS, rateIntervalS } = sinceCreation(
      { endS: query.endS, durationS: 0, rateIntervalS: query.intervalS },
      Math.max(...at.map((place) => Date.parse(namespaceAt(mesh, scope, place).createdAt) / 1000)),
    )
    const matchers: readonly Matcher[] = [
      ...partyMatchers(mesh, scope, near, query.target),
      ...(query.peer === undefined ? [] : partyMatchers(mesh, scope, far, query.peer)),
      { label: 'reporter', op: '=~', value: oneOf(query.reporters) },
    ]
    return query.statistics.map((name) => ({ name, endS, expr: statistic(name, matchers, rateIntervalS) }))
  } catch (error) {
    if (!(error instanceof BinocleError)) throw error
    const { cluster = '', namespace } = query.target
    return `namespace '${namespace}', cluster: '${cluster}': ${error.message}`
  }
}

function partyMatchers(mesh: Mesh, scope: Scope, side: 'destination' | 'source', party: Party): readonly Matcher[] {
  const clusters = placesOf(mesh, scope, party).map(({ cluster }) => cluster)
  const there: Matcher = { label: `${side}_cluster`, op: '=~', value: oneOf(clusters) }
  return [...objectMatchers(side, party.namespace, party.of), there]
}

/** Throws when there is none that may be seen. */
function placesOf(mesh: Mesh, scope: Scope, { cluster, namespace }: Party): readonly NamespaceRef[] {
  if (cluster !== undefined) {
    namespaceAt(mesh, scope, { cluster, namespace })
    return [{ cluster, namespace }]
  }
  const places = visibleClusters(mesh, scope)
    .map((name) => ({ cluster: name, namespace }))
    .filter((at) => findNamespace(mesh, scope, at) !== undefined)
  if (places.length > 0) return places
  throw new BinocleError('BIN-NOT-FOUND', `namespaces "${namespace}" not found`)
}

function statistic(name: string, matchers: readonly Matcher[], rangeS: number): Expr {
  const sum = (part: string, by: readonly string[] = []): Expr => ({
    kind: 'aggregate',
    op: 'sum',
    by,
    of: { kind: 'rate', of: { metric: `istio_request_duration_milliseconds_${part}`, matchers }, rangeS },
  })
  if (name === 'avg') return { kind: 'divide', left: sum('sum'), right: sum('count') }
  return { kind: 'quantile', quantile: Number(name), of: sum('bucket', ['le']) }
}

async function answerOf(series: SeriesSource, { name, expr, endS }: Question): Promise<ResponseTime | undefined> {
  const [found] = await series(expr, { startS: endS, endS, stepS: 1 })
  const value = Number(found?.points.at(-1)?.[1] ?? Number.NaN)
  return Number.isFinite(value) ? { name, value } : undefined
}

/** Few at a time: a trace has many spans, and Prometheus answers others too. */
const together = 8

async function inTurn<T, R>(all: readonly T[], ask: (each: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = []
  for (let i = 0; i < all.length; i += together)
    answers.push(...(await Promise.all(all.slice(i, i + together).map(ask))))
  return answers
}
