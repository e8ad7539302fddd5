/** How much of an edge's traffic is under mutual TLS, and between which principals (reference: graph.md 4.5). */
import type { Call } from '../../telemetry/callTable.ts'
import type { Reporter } from '../../telemetry/traffic.ts'
import type { GraphContext } from '../context.ts'
import { type Ends, isRestricted } from '../ends.ts'
import { countsZtunnel, isTcp, reportersOf } from '../selections.ts'
import type { Tables } from '../tables.ts'
import { type CallNumbers, inOrder, reportedRate, rounded, type TrafficIndex } from '../trafficIndex.ts'
import type { TrafficMap } from '../trafficMap.ts'
import { edgesOf, fromElsewhere, keyOf } from './edgeTraffic.ts'

export function addSecurity(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  if (tables.security === undefined || tables.security.size === 0) return
  const found = new Map<string, Security>()
  for (const { call, rate } of securityCalls(tables.security, namespace, context.options.ambientTraffic)) {
    const ends = context.plainEndsOf(call.pair)
    if (ends === undefined) continue
    for (const key of keysOf(ends)) note(found, key, call, rate, isRestricted(ends))
  }
  for (const edge of edgesOf(map)) {
    const security = found.get(keyOf(edge))
    if (security === undefined) {
      if (edge.source.marks.waypoint || edge.destination.marks.waypoint) edge.mtlsPercent = 100
      continue
    }
    const percent = mutualTlsPercent(security.rates)
    if (percent !== undefined) edge.mtlsPercent = percent
    if (security.source !== undefined) edge.sourcePrincipal = security.source
    if (security.destination !== undefined) edge.destinationPrincipal = security.destination
  }
}

interface Security {
  readonly rates: Map<string, number>
  /** Of the first row; undefined where an end may not be seen. */
  readonly source: string | undefined
  readonly destination: string | undefined
}

/** Rows of one edge and policy: the last one counts, as in Kiali. */
function note(found: Map<string, Security>, key: string, call: Call, rate: number, restricted: boolean): void {
  const present = found.get(key)
  const security = present ?? {
    rates: new Map<string, number>(),
    source: restricted ? undefined : call.sourcePrincipal,
    destination: restricted ? undefined : call.destinationPrincipal,
  }
  if (present === undefined) found.set(key, security)
  security.rates.set(call.securityPolicy ?? 'unknown', rate)
}

function mutualTlsPercent(rates: ReadonlyMap<string, number>): number | undefined {
  const mutual = rates.get('mutual_tls') ?? 0
  if (!(mutual > 0)) return undefined
  let all = 0
  for (const rate of rates.values()) all += rate
  return (mutual / all) * 100
}

function keysOf({ sourceKey, anyService, destinationKey }: Ends): string[] {
  if (anyService === undefined) return [`${sourceKey} ${destinationKey}`]
  return [`${sourceKey} ${anyService.key}`, `${anyService.key} ${destinationKey}`]
}

interface Secured {
  readonly call: Call
  readonly rate: number
}

/** What comes from elsewhere, then what leaves; within each a later family adds only what an earlier did not name. */
function* securityCalls(
  tables: ReadonlyMap<TrafficIndexKey, TrafficIndex>,
  namespace: string,
  ambient: GraphContext['options']['ambientTraffic'],
): Generator<Secured> {
  const destination = reportersOf('destination', ambient)
  const inbound = new Union()
  const outbound = new Union()
  for (const [family, index] of tables) {
    const fits = (call: Call) => !isTcp(family) || countsZtunnel(ambient) || call.app !== 'ztunnel'
    const elsewhere = fromElsewhere(namespace)
    inbound.add(index, index.byServiceNamespace.get(namespace), destination, (call) => fits(call) && elsewhere(call))
    outbound.add(index, index.bySourceNamespace.get(namespace), destination, fits)
  }
  if (countsZtunnel(ambient)) {
    for (const [family, index] of tables) {
      if (isTcp(family)) {
        outbound.add(index, index.bySourceNamespace.get(namespace), ['source'], ({ app }) => app === 'ztunnel')
      }
    }
  }
  yield* inbound.rows()
  yield* outbound.rows()
}

type TrafficIndexKey = Parameters<typeof isTcp>[0]

/** PromQL's `or`. The tables tell `app` apart, the queries it stands for do not: its rates add up first. */
class Union {
  readonly #rows = new Map<string, Secured>()
  readonly #pairs = new Map<Call['pair'], number>()

  add(
    index: TrafficIndex,
    numbers: CallNumbers | undefined,
    reporters: readonly Reporter[],
    fits: (call: Call) => boolean,
  ): void {
    const part = new Map<string, Secured>()
    for (const number of inOrder(index, numbers ?? [], reporters, fits)) {
      const call = index.table.calls[number]
      const sum = reportedRate(index.table, number, reporters)
      if (call === undefined || sum === undefined) continue
      const key = this.#keyOf(call)
      part.set(key, { call, rate: (part.get(key)?.rate ?? 0) + sum })
    }
    for (const [key, row] of part) if (!this.#rows.has(key)) this.#rows.set(key, row)
  }

  *rows(): Generator<Secured> {
    for (const { call, rate } of this.#rows.values()) yield { call, rate: rounded(rate) }
  }

  #keyOf({ pair, sourcePrincipal, destinationPrincipal, securityPolicy }: Call): string {
    let number = this.#pairs.get(pair)
    if (number === undefined) {
      number = this.#pairs.size
      this.#pairs.set(pair, number)
    }
    return `${number}|${sourcePrincipal}|${destinationPrincipal}|${securityPolicy}`
  }
}
