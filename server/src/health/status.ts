/** From rates and replicas to a status: pure arithmetic, the same for lists, details and graph (graph.md 4.11). */
import {
  type CalculatedStatus,
  type HealthStatus,
  type Rates,
  severity,
  type WorkloadStatus,
} from '@binocle/api/health'
import { type Tally, talliesOf } from './tally.ts'
import type { CompiledTolerance } from './tolerances.ts'

export type Direction = 'inbound' | 'outbound'

/** A status and the error ratio, in percent, that decided it; -1 when nothing was evaluated. */
export interface Verdict {
  readonly status: HealthStatus
  readonly errorRatio: number
}

export const nothingEvaluated: Verdict = { status: 'NA', errorRatio: -1 }

/** Request status of both directions; the worst wins, inbound before outbound on ties. */
export const requestStatus = (
  inbound: Rates | null,
  outbound: Rates | null,
  tolerances: readonly CompiledTolerance[],
): Verdict => talliedRequestStatus(talliesOf(inbound), talliesOf(outbound), tolerances)

const talliedRequestStatus = (
  inbound: readonly Tally[],
  outbound: readonly Tally[],
  tolerances: readonly CompiledTolerance[],
): Verdict => worse(directionStatus(inbound, 'inbound', tolerances), directionStatus(outbound, 'outbound', tolerances))

/**
 * Request status of one direction: within a protocol the first tolerance of those that judge worst, between protocols
 * the higher ratio (Kiali takes any of them).
 */
export function directionStatus(
  rates: readonly Tally[],
  direction: Direction,
  tolerances: readonly CompiledTolerance[],
): Verdict {
  let verdict = nothingEvaluated
  for (const tally of rates) {
    const total = sumOf(tally)
    if (tolerances.length === 0) {
      verdict = worst(verdict, judged(percentOf(tally, total, isError), 0.1, 10))
      continue
    }
    let ofProtocol = nothingEvaluated
    for (const tolerance of tolerances) {
      if (!tolerance.direction.test(direction) || !tolerance.protocol.test(tally.protocol)) continue
      const ratio = percentOf(tally, total, (code) => tolerance.code.test(code))
      ofProtocol = worse(ofProtocol, judged(ratio, tolerance.degraded, tolerance.failure))
    }
    verdict = worst(verdict, ofProtocol)
  }
  return verdict
}

/** Replica status; the first rule that matches. */
export function replicaStatus(workload: WorkloadStatus | null): HealthStatus {
  if (workload === null) return 'NA'
  const { desiredReplicas: desired, currentReplicas: current, availableReplicas: available, syncedProxies } = workload
  if (desired === 0) return 'Not Ready'
  if (current > 0 && available > 0 && (current < desired || available < desired)) return 'Degraded'
  if (available === 0) return 'Failure'
  if (available === desired && current !== desired) return 'Failure'
  if (syncedProxies >= 0 && syncedProxies < desired) return 'Degraded'
  return desired === current && current === available ? 'Healthy' : 'Degraded'
}

/** The status as the wire carries it: replicas may make the request status worse, never its ratio. */
export const calculatedStatus = (
  inbound: Rates | null,
  outbound: Rates | null,
  tolerances: readonly CompiledTolerance[],
  replicas: readonly WorkloadStatus[] = [],
): CalculatedStatus => talliedStatus(talliesOf(inbound), talliesOf(outbound), tolerances, replicas)

/** The same, of rates that are still lists. */
export function talliedStatus(
  inbound: readonly Tally[],
  outbound: readonly Tally[],
  tolerances: readonly CompiledTolerance[],
  replicas: readonly WorkloadStatus[],
): CalculatedStatus {
  const verdict = talliedRequestStatus(inbound, outbound, tolerances)
  let status = verdict.status
  for (const workload of replicas) status = worstStatus(status, replicaStatus(workload))
  const total = allOf(inbound) + allOf(outbound)
  return {
    ...(verdict.errorRatio === 0 ? {} : { errorRatio: verdict.errorRatio }),
    status,
    ...(total === 0 ? {} : { totalRequestRate: total }),
  }
}

/** The more severe of two; the first on ties. */
export const worstStatus = (a: HealthStatus, b: HealthStatus): HealthStatus => (severity(b) > severity(a) ? b : a)

const worse = (a: Verdict, b: Verdict): Verdict => (severity(b.status) > severity(a.status) ? b : a)

/** Without any tolerance. */
const isError = (code: string): boolean => /^[45]/.test(code)

const worst = (a: Verdict, b: Verdict): Verdict =>
  a.status === b.status ? (b.errorRatio > a.errorRatio ? b : a) : worse(a, b)

function judged(errorRatio: number, degraded: number, failure: number): Verdict {
  if (errorRatio === 0) return { status: 'Healthy', errorRatio }
  if (errorRatio >= failure) return { status: 'Failure', errorRatio }
  return { status: errorRatio >= degraded ? 'Degraded' : 'Healthy', errorRatio }
}

/** Requests per second over all protocols and codes. */
export const totalRate = (rates: Rates | null): number => allOf(talliesOf(rates))

function allOf(tallies: readonly Tally[]): number {
  let total = 0
  for (const { rates } of tallies) for (const rate of rates) total += rate
  return total
}

function sumOf({ rates }: Tally): number {
  let sum = 0
  for (const rate of rates) sum += rate
  return sum
}

function percentOf({ codes, rates }: Tally, total: number, counts: (code: string) => boolean): number {
  if (total === 0) return 0
  let counted = 0
  for (let i = 0; i < codes.length; i++) if (counts(codes[i] ?? '')) counted += rates[i] ?? 0
  return (counted / total) * 100
}
