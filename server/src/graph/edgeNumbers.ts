/** An edge's rates, percentages and responses as the document prints them (reference: graph.md 3.6, 5.3). */
import type { GraphEdge } from '@binocle/api/graph'
import { codeMap } from '../health/codeMap.ts'
import { percentText, rateText } from './numbers.ts'
import { isGrpcError, responseKey } from './rates.ts'
import type { Edge, Node } from './trafficMap.ts'

type Traffic = GraphEdge['traffic']

/** Percentages of the source's requests are of `source`. Only positive values are printed. */
export function edgeTraffic(edge: Edge, source: Node): Traffic {
  const traffic: Traffic = {}
  if (edge.protocol !== '') traffic.protocol = edge.protocol
  if (!(edge.total > 0)) return traffic
  const rates = ratesOf(edge, source)
  if (rates === undefined) return traffic
  traffic.rates = rates
  traffic.responses = responsesOf(edge)
  return traffic
}

function ratesOf(edge: Edge, source: Node): Record<string, string> | undefined {
  switch (edge.protocol) {
    case 'http':
      return httpRates(edge, source.rates.httpOut)
    case 'grpc':
      return grpcRates(edge, source.rates.grpcOut)
    case 'tcp':
      return { tcp: rateText(edge.total) }
    default:
      return undefined
  }
}

function httpRates(edge: Edge, out: number): Record<string, string> {
  let [none, moved, client, server] = [0, 0, 0, 0]
  for (const { code, rate } of edge.series) {
    if (!(rate > 0)) continue
    if (code === '-') none += rate
    else if (code.startsWith('3')) moved += rate
    else if (code.startsWith('4')) client += rate
    else if (code.startsWith('5')) server += rate
  }
  const texts: Record<string, string> = { http: rateText(edge.total) }
  if (moved > 0) texts.http3xx = rateText(moved)
  if (client > 0) texts.http4xx = rateText(client)
  if (server > 0) texts.http5xx = rateText(server)
  if (none > 0) texts.httpNoResponse = rateText(none)
  const errors = none + client + server
  if (errors > 0) texts.httpPercentErr = percentText((errors / edge.total) * 100)
  texts.httpPercentReq = percentText((edge.total / out) * 100)
  return texts
}

function grpcRates(edge: Edge, out: number): Record<string, string> {
  let [none, errors] = [0, 0]
  for (const { code, rate } of edge.series) {
    if (!(rate > 0)) continue
    if (code === '-') none += rate
    else if (isGrpcError(code)) errors += rate
  }
  const texts: Record<string, string> = { grpc: rateText(edge.total) }
  if (errors > 0) texts.grpcErr = rateText(errors)
  if (none > 0) texts.grpcNoResponse = rateText(none)
  if (none + errors > 0) texts.grpcPercentErr = percentText(((none + errors) / edge.total) * 100)
  texts.grpcPercentReq = percentText((edge.total / out) * 100)
  return texts
}

interface Shares {
  flags?: Record<string, string>
  hosts?: Record<string, string>
}

type Responses = NonNullable<Traffic['responses']>

function responsesOf(edge: Edge): Responses {
  const [only] = edge.series
  if (only !== undefined && edge.series.length === 1) return wholeShare(responseKey(edge, only), only)
  const sums = new Map<string, { flags: Map<string, number>; hosts: Map<string, number> }>()
  const responses = codeMap<Shares>()
  for (const series of edge.series) {
    if (!(series.rate > 0)) continue
    const code = responseKey(edge, series)
    const sum = sums.get(code) ?? { flags: new Map(), hosts: new Map() }
    sums.set(code, sum)
    if (series.flags !== '') sum.flags.set(series.flags, (sum.flags.get(series.flags) ?? 0) + series.rate)
    if (series.host !== '') sum.hosts.set(series.host, (sum.hosts.get(series.host) ?? 0) + series.rate)
  }
  for (const [code, { flags, hosts }] of sorted(sums)) responses[code] = shares(flags, hosts, edge.total)
  return responses
}

/** Most edges hold one series: by host, then by code and flags, one frozen document for all of them. */
const wholeShares = new Map<string, Map<string, Responses>>()
const maxHosts = 20_000

function wholeShare(code: string, { flags, host }: Edge['series'][number]): Responses {
  let ofHost = wholeShares.get(host)
  if (ofHost === undefined) {
    // Hosts come from outside: what callers make up must not fill the memory.
    if (wholeShares.size >= maxHosts) wholeShares.clear()
    ofHost = new Map()
    wholeShares.set(host, ofHost)
  }
  const key = `${code} ${flags}`
  let responses = ofHost.get(key)
  if (responses === undefined) {
    const shares: Shares = {}
    if (flags !== '') shares.flags = { [flags]: '100.0' }
    if (host !== '') shares.hosts = { [host]: '100.0' }
    responses = codeMap<Shares>()
    responses[code] = shares
    Object.freeze(responses)
    if (ofHost.size < 100) ofHost.set(key, responses)
  }
  return responses
}

function shares(flags: ReadonlyMap<string, number>, hosts: ReadonlyMap<string, number>, total: number): Shares {
  const texts: Shares = {}
  if (flags.size > 0) texts.flags = percentages(flags, total)
  if (hosts.size > 0) texts.hosts = percentages(hosts, total)
  return texts
}

function percentages(rates: ReadonlyMap<string, number>, total: number): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, rate] of sorted(rates)) texts[name] = percentText((rate / total) * 100)
  return texts
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  map.size < 2 ? [...map] : [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
