/** From rates and replicas to a status: pure arithmetic, the same for lists, details and graph (graph.md 4.11). */
import {
  type CalculatedStatus,
  type HealthStatus,
  type Rates,
  severity,
  type WorkloadStatus,
} from '@binocle/api/health'
import { numberJson, type Tally, talliesOf } from './tally.ts'
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
    const code = onlyCode(tally)
    const own =
      code === undefined
        ? protocolStatus(tally, direction, tolerances)
        : uniformStatus(tally.protocol, code, direction, tolerances)
    verdict = worst(verdict, own)
  }
  return verdict
}

/** The code of responses that are all alike. */
function onlyCode({ codes, rates: [rate = 0] }: Tally): string | undefined {
  return codes.length === 1 && rate > 0 && rate < Number.POSITIVE_INFINITY ? codes[0] : undefined
}

type ByCode = Map<string, Verdict>

const uniform = new WeakMap<readonly CompiledTolerance[], Record<Direction, Map<string, ByCode>>>()

/** Of responses that are all alike, as most are: then their rate does not matter. */
export function uniformStatus(
  protocol: string,
  code: string,
  direction: Direction,
  tolerances: readonly CompiledTolerance[],
): Verdict {
  let known = uniform.get(tolerances)
  if (known === undefined) {
    known = { inbound: new Map(), outbound: new Map() }
    uniform.set(tolerances, known)
  }
  let byCode = known[direction].get(protocol)
  if (byCode === undefined) {
    byCode = new Map()
    // Names come from outside: a proxy that makes them up must not fill the memory.
    if (known[direction].size > 20) known[direction].clear()
    known[direction].set(protocol, byCode)
  }
  let verdict = byCode.get(code)
  if (verdict === undefined) {
    verdict = protocolStatus({ protocol, codes: [code], rates: [1] }, direction, tolerances)
    if (byCode.size > 500) byCode.clear()
    byCode.set(code, verdict)
  }
  return verdict
}

function protocolStatus(tally: Tally, direction: Direction, tolerances: readonly CompiledTolerance[]): Verdict {
  const total = sumOf(tally)
  if (tolerances.length === 0) return judged(percentOf(tally, total, isError), 0.1, 10)
  let verdict = nothingEvaluated
  for (const { code, degraded, direction: directions, failure, protocol } of tolerances) {
    if (!directions.test(direction) || !protocol.test(tally.protocol)) continue
    verdict = worse(verdict, judged(percentOf(tally, total, code), degraded, failure))
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
): CalculatedStatus => {
  const tallies = [talliesOf(inbound), talliesOf(outbound)] as const
  const { errorRatio, status } = talliedRequestStatus(...tallies, tolerances)
  const total = allOf(tallies[0]) + allOf(tallies[1])
  return {
    ...(errorRatio === 0 ? {} : { errorRatio }),
    status: withReplicas(status, replicas),
    ...(total === 0 ? {} : { totalRequestRate: total }),
  }
}

/** The same as JSON, of rates that are still lists: a graph has thousands, and nobody else reads them. */
export function statusJson(
  inbound: readonly Tally[],
  outbound: readonly Tally[],
  tolerances: readonly CompiledTolerance[],
  replicas: readonly WorkloadStatus[],
): string {
  const { errorRatio, status } = talliedRequestStatus(inbound, outbound, tolerances)
  const total = allOf(inbound) + allOf(outbound)
  const ratio = errorRatio === 0 ? '' : `"errorRatio":${numberJson(errorRatio)},`
  const rate = total === 0 ? '' : `,"totalRequestRate":${numberJson(total)}`
  return `{${ratio}"status":"${withReplicas(status, replicas)}"${rate}}`
}

function withReplicas(ofRequests: HealthStatus, replicas: readonly WorkloadStatus[]): HealthStatus {
  let status = ofRequests
  for (const workload of replicas) status = worstStatus(status, replicaStatus(workload))
  return status
}

/** The more severe of two; the first on ties. */
export const worstStatus = (a: HealthStatus, b: HealthStatus): HealthStatus => (severity(b) > severity(a) ? b : a)

const worse = (a: Verdict, b: Verdict): Verdict => (severity(b.status) > severity(a.status) ? b : a)

/** Without any tolerance. */
const isError = { test: (code: string): boolean => code.startsWith('4') || code.startsWith('5') }

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

function percentOf({ codes, rates }: Tally, total: number, counts: { test(code: string): boolean }): number {
  if (total === 0) return 0
  let counted = 0
  for (let i = 0; i < codes.length; i++) if (counts.test(codes[i] ?? '')) counted += rates[i] ?? 0
  return (counted / total) * 100
}
