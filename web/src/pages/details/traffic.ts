/** Request rates and error shares out of the rates by code that a health document carries. */
import type { Rates } from '@binocle/api/health'
import type { Value } from './sideBySide.ts'

export interface RequestTraffic {
  /** Requests per second. */
  readonly rps: number
  /** Percent; undefined when nothing was requested. */
  readonly errorPercent: number | undefined
}

/** Of one direction, all protocols together. No answer (`-`) is an error in every protocol. */
export function requestTraffic(rates: Rates | null | undefined): RequestTraffic {
  let rps = 0
  let failing = 0
  for (const [protocol, byCode] of Object.entries(rates ?? {})) {
    for (const [code, perSecond] of Object.entries(byCode)) {
      rps += perSecond
      if (isError(protocol, code)) failing += perSecond
    }
  }
  return { rps, errorPercent: rps === 0 ? undefined : (100 * failing) / rps }
}

export const trafficValue = (rates: Rates | null | undefined): Value => ({ is: 'traffic', ...requestTraffic(rates) })

/** gRPC: every status but 0. HTTP: 5xx, as the lists count. */
const isError = (protocol: string, code: string): boolean =>
  code === '-' || (protocol === 'grpc' ? code !== '0' : code.startsWith('5'))
