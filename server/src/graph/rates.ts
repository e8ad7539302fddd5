/** The numbers of nodes and edges: what a rate adds where, and how edges add up (reference: graph.md 3.6). */
import type { Edge, Node, Responses } from './trafficMap.ts'

/** Requests (gRPC also messages) or, TCP, bytes per second. */
export interface NodeRates {
  httpIn: number
  httpInNoResponse: number
  httpIn3xx: number
  httpIn4xx: number
  httpIn5xx: number
  httpOut: number
  grpcIn: number
  grpcInNoResponse: number
  grpcInErr: number
  grpcOut: number
  tcpIn: number
  tcpOut: number
}

export interface EdgeRates {
  http: number
  httpNoResponse: number
  http3xx: number
  http4xx: number
  http5xx: number
  grpc: number
  grpcNoResponse: number
  grpcErr: number
  tcp: number
}

export const noNodeRates = (): NodeRates => ({
  httpIn: 0,
  httpInNoResponse: 0,
  httpIn3xx: 0,
  httpIn4xx: 0,
  httpIn5xx: 0,
  httpOut: 0,
  grpcIn: 0,
  grpcInNoResponse: 0,
  grpcInErr: 0,
  grpcOut: 0,
  tcpIn: 0,
  tcpOut: 0,
})

export const noEdgeRates = (): EdgeRates => ({
  http: 0,
  httpNoResponse: 0,
  http3xx: 0,
  http4xx: 0,
  http5xx: 0,
  grpc: 0,
  grpcNoResponse: 0,
  grpcErr: 0,
  tcp: 0,
})

/** One reported rate: to its edge, its source and its destination. Rates that are not positive add nothing. */
export function addTraffic(edge: Edge, rate: number, code: string, flags: string, host: string): void {
  if (!(rate > 0)) return
  addOut(edge.source.rates, edge.protocol, rate)
  addIn(edge.destination.rates, edge.protocol, rate, code)
  addToEdge(edge.rates, edge.protocol, rate, code)
  const response = responseOf(edge.responses, edge.protocol === 'tcp' || code === '' ? '-' : code)
  if (flags !== '') add(response.flags, flags, rate)
  if (host !== '') add(response.hosts, host, rate)
}

/** Adds one edge's numbers to another; nodes stay as they are. */
export function addEdgeNumbers(to: Edge, from: Edge): void {
  addEdgeRates(to.rates, from.rates)
  for (const [code, { flags, hosts }] of from.responses) {
    const response = responseOf(to.responses, code)
    for (const [flag, rate] of flags) add(response.flags, flag, rate)
    for (const [host, rate] of hosts) add(response.hosts, host, rate)
  }
}

/** `to += from`, name by name. */
export function addNodeRates(to: NodeRates, from: NodeRates): void {
  to.httpIn += from.httpIn
  to.httpInNoResponse += from.httpInNoResponse
  to.httpIn3xx += from.httpIn3xx
  to.httpIn4xx += from.httpIn4xx
  to.httpIn5xx += from.httpIn5xx
  to.httpOut += from.httpOut
  to.grpcIn += from.grpcIn
  to.grpcInNoResponse += from.grpcInNoResponse
  to.grpcInErr += from.grpcInErr
  to.grpcOut += from.grpcOut
  to.tcpIn += from.tcpIn
  to.tcpOut += from.tcpOut
}

function addEdgeRates(to: EdgeRates, from: EdgeRates): void {
  to.http += from.http
  to.httpNoResponse += from.httpNoResponse
  to.http3xx += from.http3xx
  to.http4xx += from.http4xx
  to.http5xx += from.http5xx
  to.grpc += from.grpc
  to.grpcNoResponse += from.grpcNoResponse
  to.grpcErr += from.grpcErr
  to.tcp += from.tcp
}

/** What leaves a node over an edge of this protocol. */
export function addOut(rates: NodeRates, protocol: string, rate: number): void {
  if (protocol === 'http') rates.httpOut += rate
  else if (protocol === 'grpc') rates.grpcOut += rate
  else if (protocol === 'tcp') rates.tcpOut += rate
}

/** The edge's total: the rate of its protocol. */
export function total(edge: Edge): number {
  const { protocol, rates } = edge
  if (protocol === 'http') return rates.http
  if (protocol === 'grpc') return rates.grpc
  return protocol === 'tcp' ? rates.tcp : 0
}

export const hasTraffic = ({ rates }: Node): boolean =>
  rates.httpIn > 0 || rates.httpOut > 0 || rates.grpcIn > 0 || rates.grpcOut > 0 || rates.tcpIn > 0 || rates.tcpOut > 0

function addIn(rates: NodeRates, protocol: string, rate: number, code: string): void {
  if (protocol === 'tcp') rates.tcpIn += rate
  if (protocol === 'http') {
    rates.httpIn += rate
    if (code === '-') rates.httpInNoResponse += rate
    else if (code.startsWith('3')) rates.httpIn3xx += rate
    else if (code.startsWith('4')) rates.httpIn4xx += rate
    else if (code.startsWith('5')) rates.httpIn5xx += rate
  }
  if (protocol === 'grpc') {
    rates.grpcIn += rate
    if (code === '-') rates.grpcInNoResponse += rate
    else if (isGrpcError(code)) rates.grpcInErr += rate
  }
}

function addToEdge(rates: EdgeRates, protocol: string, rate: number, code: string): void {
  if (protocol === 'tcp') rates.tcp += rate
  if (protocol === 'http') {
    rates.http += rate
    if (code === '-') rates.httpNoResponse += rate
    else if (code.startsWith('3')) rates.http3xx += rate
    else if (code.startsWith('4')) rates.http4xx += rate
    else if (code.startsWith('5')) rates.http5xx += rate
  }
  if (protocol === 'grpc') {
    rates.grpc += rate
    if (code === '-') rates.grpcNoResponse += rate
    else if (isGrpcError(code)) rates.grpcErr += rate
  }
}

/** Three characters are an HTTP status, everything else a gRPC status. */
const isGrpcError = (code: string): boolean =>
  code.length === 3 ? code.startsWith('4') || code.startsWith('5') : code !== '0' && code !== ''

function responseOf(responses: Responses, code: string) {
  let response = responses.get(code)
  if (response === undefined) {
    response = { flags: new Map(), hosts: new Map() }
    responses.set(code, response)
  }
  return response
}

const add = (rates: Map<string, number>, name: string, rate: number) => rates.set(name, (rates.get(name) ?? 0) + rate)
