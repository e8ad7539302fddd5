/** The numbers of nodes and edges: what a rate adds where, and how edges add up (reference: graph.md 3.6). */
import type { Edge, Node } from './trafficMap.ts'

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

/** One series that an edge holds. An edge's numbers are sums over these; most edges hold one or two. */
export interface Series {
  /** Equal for series that both ends report, so that such a call counts once. */
  readonly fingerprint: number
  /** As reported: '' for TCP and messages, `-` where no response came. */
  readonly code: string
  readonly flags: string
  readonly host: string
  readonly rate: number
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

/** One reported series: to its edge, its source and its destination. Rates that are not positive add nothing. */
export function addTraffic(edge: Edge, series: Series): void {
  edge.series.push(series)
  const { code, rate } = series
  if (!(rate > 0)) return
  edge.total += rate
  addOut(edge.source.rates, edge.protocol, rate)
  addIn(edge.destination.rates, edge.protocol, rate, code)
}

/** Adds one edge's numbers to another; nodes stay as they are. */
export function addEdgeNumbers(to: Edge, from: Edge): void {
  to.total += from.total
  for (const series of from.series) to.series.push(series)
}

/** The key of a response in the document. */
export const responseKey = ({ protocol }: Edge, { code }: Series): string =>
  protocol === 'tcp' || code === '' ? '-' : code

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

/** What leaves a node over an edge of this protocol. */
export function addOut(rates: NodeRates, protocol: string, rate: number): void {
  if (protocol === 'http') rates.httpOut += rate
  else if (protocol === 'grpc') rates.grpcOut += rate
  else if (protocol === 'tcp') rates.tcpOut += rate
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

/** Three characters are an HTTP status, everything else a gRPC status. */
export const isGrpcError = (code: string): boolean =>
  code.length === 3 ? code.startsWith('4') || code.startsWith('5') : code !== '0' && code !== ''
