/** The share of requests that failed, told without tolerances: for numbers on pages, not for verdicts. */
import type { Rates } from '@binocle/api/health'

/** HTTP 5xx, gRPC not OK, or no response at all. */
export const isFailure = (protocol: string, code: string): boolean =>
  code === '-' || (protocol === 'grpc' ? code !== '0' : code.startsWith('5'))

/** Requests per second that failed. */
export function failedRate(rates: Rates): number {
  let failed = 0
  for (const [protocol, codes] of Object.entries(rates)) {
    for (const [code, rate] of Object.entries(codes)) if (isFailure(protocol, code)) failed += rate
  }
  return failed
}

/** Percent, 0 to 100; 0 without traffic. */
export const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100)
