/** An edge's rates, percentages and responses as the document prints them (reference: graph.md 3.6, 5.3). */

import { quoted } from '../quoted.ts'
import { compare } from './compare.ts'
import { percentText, rateText } from './numbers.ts'
import { isGrpcError, responseKey } from './rates.ts'
import type { Edge, Node } from './trafficMap.ts'

/** `traffic` of the document, as JSON. Percentages of the source's requests are of `source`. Only positive values are printed. */
export function edgeTraffic(edge: Edge, source: Node): string {
  const protocol = protocolJson(edge.protocol)
  const rates = edge.total > 0 ? ratesOf(edge, source) : undefined
  return rates === undefined ? `{${protocol}}` : `{${protocol},"rates":{${rates}},"responses":${responsesOf(edge)}}`
}

function protocolJson(protocol: string): string {
  if (protocol === '') return ''
  const isCommon = protocol === 'http' || protocol === 'grpc' || protocol === 'tcp'
  return `"protocol":${isCommon ? `"${protocol}"` : quoted(protocol)}`
}

/** Names and digits: nothing in it needs an escape. */
function ratesOf(edge: Edge, source: Node): string | undefined {
  switch (edge.protocol) {
    case 'http':
      return httpRates(edge, source.rates.httpOut)
    case 'grpc':
      return grpcRates(edge, source.rates.grpcOut)
    case 'tcp':
      return `"tcp":"${rateText(edge.total)}"`
    default:
      return undefined
  }
}

function httpRates(edge: Edge, out: number): string {
  let [none, moved, client, server] = [0, 0, 0, 0]
  for (const { code, rate } of edge.series) {
    if (!(rate > 0)) continue
    if (code === '-') none += rate
    else if (code.startsWith('3')) moved += rate
    else if (code.startsWith('4')) client += rate
    else if (code.startsWith('5')) server += rate
  }
  let json = `"http":"${rateText(edge.total)}"`
  if (moved > 0) json += `,"http3xx":"${rateText(moved)}"`
  if (client > 0) json += `,"http4xx":"${rateText(client)}"`
  if (server > 0) json += `,"http5xx":"${rateText(server)}"`
  if (none > 0) json += `,"httpNoResponse":"${rateText(none)}"`
  const errors = none + client + server
  if (errors > 0) json += `,"httpPercentErr":"${percentText((errors / edge.total) * 100)}"`
  json += `,"httpPercentReq":"${percentText((edge.total / out) * 100)}"`
  return json
}

function grpcRates(edge: Edge, out: number): string {
  let [none, errors] = [0, 0]
  for (const { code, rate } of edge.series) {
    if (!(rate > 0)) continue
    if (code === '-') none += rate
    else if (isGrpcError(code)) errors += rate
  }
  let json = `"grpc":"${rateText(edge.total)}"`
  if (errors > 0) json += `,"grpcErr":"${rateText(errors)}"`
  if (none > 0) json += `,"grpcNoResponse":"${rateText(none)}"`
  if (none + errors > 0) json += `,"grpcPercentErr":"${percentText(((none + errors) / edge.total) * 100)}"`
  json += `,"grpcPercentReq":"${percentText((edge.total / out) * 100)}"`
  return json
}

/** By code, then by flags and by host: the percentage of the edge. */
function responsesOf(edge: Edge): string {
  const [only] = edge.series
  if (only !== undefined && edge.series.length === 1) return wholeShare(responseKey(edge, only), only)
  const sums: CodeSums[] = []
  for (const series of edge.series) {
    if (!(series.rate > 0)) continue
    const code = responseKey(edge, series)
    let sum = sums.find((each) => each.name === code)
    if (sum === undefined) {
      sum = { name: code, flags: [], hosts: [] }
      sums.push(sum)
    }
    if (series.flags !== '') addTo(sum.flags, series.flags, series.rate)
    if (series.host !== '') addTo(sum.hosts, series.host, series.rate)
  }
  let json = ''
  for (const { name, flags, hosts } of sums.sort(byName)) {
    const shares = sharesOf(percentages(flags, edge.total), percentages(hosts, edge.total))
    json += `${json === '' ? '' : ','}${quoted(name)}:${shares}`
  }
  return `{${json}}`
}

interface Sum {
  readonly name: string
  rate: number
}

interface CodeSums {
  readonly name: string
  readonly flags: Sum[]
  readonly hosts: Sum[]
}

/** Lists: an edge knows two or three codes, each with one flag and one host. */
function addTo(sums: Sum[], name: string, rate: number): void {
  const known = sums.find((each) => each.name === name)
  if (known === undefined) sums.push({ name, rate })
  else known.rate += rate
}

/** Most edges hold one series: by host, code and flags, one text for all of them. */
const wholeShares = new Map<string, Map<string, Map<string, string>>>()
const maxHosts = 20_000

function wholeShare(code: string, { flags, host }: Edge['series'][number]): string {
  let ofHost = wholeShares.get(host)
  if (ofHost === undefined) {
    // Hosts come from outside: what callers make up must not fill the memory.
    if (wholeShares.size >= maxHosts) wholeShares.clear()
    ofHost = new Map()
    wholeShares.set(host, ofHost)
  }
  let json = ofHost.get(code)?.get(flags)
  if (json === undefined) {
    json = `{${quoted(code)}:${sharesOf(whole(flags), whole(host))}}`
    const ofCode = ofHost.get(code) ?? new Map<string, string>()
    if (ofHost.size < 20) ofHost.set(code, ofCode)
    if (ofCode.size < 20) ofCode.set(flags, json)
  }
  return json
}

const whole = (name: string): string => (name === '' ? '' : `${quoted(name)}:"100.0"`)

function sharesOf(flags: string, hosts: string): string {
  if (flags === '') return hosts === '' ? '{}' : `{"hosts":{${hosts}}}`
  return hosts === '' ? `{"flags":{${flags}}}` : `{"flags":{${flags}},"hosts":{${hosts}}}`
}

function percentages(sums: Sum[], total: number): string {
  let json = ''
  for (const { name, rate } of sums.sort(byName))
    json += `${json === '' ? '' : ','}${quoted(name)}:"${percentText((rate / total) * 100)}"`
  return json
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => compare(a.name, b.name)
