/**
 * Traffic as numbers. On the wire rates are texts by Kiali's names (`http`, `http5xx`, `grpcErr`, `tcp` ...);
 * here they are sums that can be added up when boxes close.
 */

export interface Rate {
  /** HTTP requests per second. */
  readonly httpRps: number
  /** gRPC requests (or messages) per second. */
  readonly grpcRps: number
  /** HTTP and gRPC requests per second that failed or got no response. */
  readonly errorRps: number
  /** TCP bytes per second. */
  readonly tcpBytesPerS: number
}

export const noRate: Rate = { httpRps: 0, grpcRps: 0, errorRps: 0, tcpBytesPerS: 0 }

/** Reads one edge's `rates`; what is not a number counts as nothing. */
export function readRate(rates: Readonly<Record<string, string>> | undefined): Rate {
  const of = (name: string) => finite(rates?.[name])
  return {
    httpRps: of('http'),
    grpcRps: of('grpc'),
    errorRps: errorNames.reduce((sum, name) => sum + of(name), 0),
    tcpBytesPerS: of('tcp'),
  }
}

export const addRates = (a: Rate, b: Rate): Rate => ({
  httpRps: a.httpRps + b.httpRps,
  grpcRps: a.grpcRps + b.grpcRps,
  errorRps: a.errorRps + b.errorRps,
  tcpBytesPerS: a.tcpBytesPerS + b.tcpBytesPerS,
})

/** HTTP and gRPC requests per second together. */
export const requestRps = (rate: Rate): number => rate.httpRps + rate.grpcRps

/** Percent of requests that failed; 0 without requests. */
export const errorPercent = (rate: Rate): number =>
  requestRps(rate) > 0 ? Math.min(100, (100 * rate.errorRps) / requestRps(rate)) : 0

export const isIdle = (rate: Rate): boolean => requestRps(rate) === 0 && rate.tcpBytesPerS === 0

/** `12.5 rps`, or `8.8 kB/s` where there is only TCP, or the empty text without traffic. */
export function rateText(rate: Rate): string {
  const rps = requestRps(rate)
  if (rps > 0) return `${shortNumber(rps)} rps`
  return rate.tcpBytesPerS > 0 ? bytesText(rate.tcpBytesPerS) : ''
}

/** `4 % err`, one decimal below 1 %; empty without errors. */
export function errorText(rate: Rate): string {
  const percent = errorPercent(rate)
  if (percent <= 0) return ''
  return `${percent < 1 ? Math.max(0.1, percent).toFixed(1) : Math.round(percent)}% err`
}

export function shortNumber(value: number): string {
  if (value >= 999_500) return `${trim(value / 1e6)}M`
  if (value >= 999.5) return `${trim(value / 1e3)}k`
  return value < 0.01 && value > 0 ? '<0.01' : trim(value)
}

export function bytesText(bytesPerS: number): string {
  if (bytesPerS >= 1e6) return `${trim(bytesPerS / 1e6)} MB/s`
  if (bytesPerS >= 1e3) return `${trim(bytesPerS / 1e3)} kB/s`
  return `${trim(bytesPerS)} B/s`
}

const errorNames = ['http4xx', 'http5xx', 'httpNoResponse', 'grpcErr', 'grpcNoResponse'] as const

const finite = (text: string | undefined): number => {
  const value = Number(text ?? 0)
  return Number.isFinite(value) ? value : 0
}

/** Three digits are enough to compare two numbers on a screen. */
const trim = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(value >= 10 ? 1 : 2)))
