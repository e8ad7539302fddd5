/** How much of an edge's traffic is under mutual TLS, and between which principals (reference: graph.md 4.5). */
import type { Call } from '../../telemetry/callTable.ts'
import type { Family, Reporter } from '../../telemetry/traffic.ts'
import type { GraphContext } from '../context.ts'
import { isRestricted } from '../ends.ts'
import { countsZtunnel, isTcp, reportersOf } from '../selections.ts'
import type { Tables } from '../tables.ts'
import { type CallNumbers, inOrder, reportedRate, rounded, type TrafficIndex } from '../trafficIndex.ts'
import type { Edge, TrafficMap } from '../trafficMap.ts'
import { fromElsewhere } from './edgeTraffic.ts'

export function addSecurity(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  if (tables.security === undefined || tables.security.size === 0) return
  const found: Found = new Map()
  for (const row of securityRows(tables.security, namespace, context.options.ambientTraffic)) {
    const ends = context.plainEndsOf(row.call.pair)
    if (ends === undefined) continue
    const { sourceKey, anyService, destinationKey } = ends
    const restricted = isRestricted(ends)
    if (anyService === undefined) note(found, sourceKey, destinationKey, row, restricted)
    else {
      note(found, sourceKey, anyService.key, row, restricted)
      note(found, anyService.key, destinationKey, row, restricted)
    }
  }
  for (const node of map.values()) {
    if (node.edges.size === 0) continue
    const ofSource = found.get(node.key)
    for (const edge of node.edges.values()) secure(edge, ofSource?.get(edge.destination.key))
  }
}

/** By the keys of source and destination. */
type Found = Map<string, Map<string, Security>>

interface Security {
  /** The last row of each policy. */
  readonly rows: SecuredCall[]
  /** Of the first row; undefined where an end may not be seen. */
  readonly source: string | undefined
  readonly destination: string | undefined
}

interface SecuredCall {
  readonly call: Call
  /** Not rounded. */
  rate: number
}

/** Rows of one edge and policy: the last one counts, as in Kiali. */
function note(found: Found, source: string, destination: string, row: SecuredCall, restricted: boolean): void {
  let ofSource = found.get(source)
  if (ofSource === undefined) {
    ofSource = new Map()
    found.set(source, ofSource)
  }
  const { call } = row
  const present = ofSource.get(destination)
  if (present === undefined) {
    ofSource.set(destination, {
      rows: [row],
      source: restricted ? undefined : call.sourcePrincipal,
      destination: restricted ? undefined : call.destinationPrincipal,
    })
    return
  }
  const { rows } = present
  const policy = policyOf(row)
  for (let i = 0; i < rows.length; i++) {
    const earlier = rows[i]
    if (earlier === undefined || policyOf(earlier) !== policy) continue
    rows[i] = row
    return
  }
  rows.push(row)
}

const policyOf = ({ call }: SecuredCall): string => call.securityPolicy ?? 'unknown'

function secure(edge: Edge, security: Security | undefined): void {
  if (security === undefined) {
    if (edge.source.marks.waypoint || edge.destination.marks.waypoint) edge.mtlsPercent = 100
    return
  }
  const percent = mutualTlsPercent(security.rows)
  if (percent !== undefined) edge.mtlsPercent = percent
  if (security.source !== undefined) edge.sourcePrincipal = security.source
  if (security.destination !== undefined) edge.destinationPrincipal = security.destination
}

function mutualTlsPercent(rows: readonly SecuredCall[]): number | undefined {
  let mutual = 0
  let all = 0
  for (const row of rows) {
    const rate = rounded(row.rate)
    all += rate
    if (row.call.securityPolicy === 'mutual_tls') mutual = rate
  }
  return mutual > 0 ? (mutual / all) * 100 : undefined
}

/** What comes from elsewhere, then what leaves; within each a later family adds only what an earlier did not name. */
function securityRows(
  tables: ReadonlyMap<Family, TrafficIndex>,
  namespace: string,
  ambient: GraphContext['options']['ambientTraffic'],
): readonly SecuredCall[] {
  const rows: SecuredCall[] = []
  const destination = reportersOf('destination', ambient)
  const elsewhere = fromElsewhere(namespace)
  const inbound = new Union(rows)
  const outbound = new Union(rows)
  for (const [family, index] of tables) {
    const counts = countedOf(family, ambient)
    const fits = (call: Call) => counts(call) && elsewhere(call)
    inbound.add(index, index.byServiceNamespace.get(namespace), destination, fits)
  }
  for (const [family, index] of tables) {
    outbound.add(index, index.bySourceNamespace.get(namespace), destination, countedOf(family, ambient))
  }
  if (countsZtunnel(ambient)) {
    for (const [family, index] of tables) {
      if (isTcp(family)) {
        outbound.add(index, index.bySourceNamespace.get(namespace), ['source'], ({ app }) => app === 'ztunnel')
      }
    }
  }
  return rows
}

/** Ztunnel's own TCP series count only where asked for. */
const countedOf = (family: Family, ambient: GraphContext['options']['ambientTraffic']): ((call: Call) => boolean) =>
  !isTcp(family) || countsZtunnel(ambient) ? () => true : ({ app }) => app !== 'ztunnel'

/** PromQL's `or`. The tables tell `app` apart, the queries it stands for do not: its rates add up first. */
class Union {
  /** Of each pair the latest: most pairs have but one. */
  readonly #latest = new Map<Call['pair'], UnionRow>()
  readonly #rows: SecuredCall[]
  #part = 0

  /** Puts its rows at the end of `rows`. */
  constructor(rows: SecuredCall[]) {
    this.#rows = rows
  }

  add(
    index: TrafficIndex,
    numbers: CallNumbers | undefined,
    reporters: readonly Reporter[],
    fits: (call: Call) => boolean,
  ): void {
    if (numbers === undefined) return
    this.#part++
    for (const number of inOrder(index, numbers, reporters, fits)) {
      const call = index.table.calls[number]
      const rate = reportedRate(index.table, number, reporters)
      if (call !== undefined && rate !== undefined) this.#note(call, rate)
    }
  }

  #note(call: Call, rate: number): void {
    const latest = this.#latest.get(call.pair)
    for (let row = latest; row !== undefined; row = row.earlier) {
      if (!isSame(row.call, call)) continue
      if (row.part === this.#part) row.rate += rate
      return
    }
    const row = { call, rate, part: this.#part, earlier: latest }
    this.#latest.set(call.pair, row)
    this.#rows.push(row)
  }
}

interface UnionRow extends SecuredCall {
  /** Which operand of the union named it. */
  readonly part: number
  /** Of the same pair. */
  readonly earlier: UnionRow | undefined
}

const isSame = (a: Call, b: Call): boolean =>
  a === b ||
  (a.securityPolicy === b.securityPolicy &&
    a.sourcePrincipal === b.sourcePrincipal &&
    a.destinationPrincipal === b.destinationPrincipal)
