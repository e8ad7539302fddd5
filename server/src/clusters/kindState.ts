/** How well a kind of a cluster is known, from its watch and the last probe. */
import type { Problem } from '@binocle/api/problem'
import type { KindState } from '../inventory/inventory.ts'
import type { ReflectorState } from '../kube/reflector.ts'
import type { Evidence } from './state.ts'

/** `inStepAt` is undefined when there never was a good state. */
export function kindState(
  watch: ReflectorState | undefined,
  inStepAt: number | undefined,
  probe: Evidence['probe'],
  discovered: boolean,
): KindState {
  if (watch === undefined && discovered) return { state: 'absent' }
  if (watch?.state === 'failing') {
    const cause = watch.failure.problem
    if (watch.failure.reason === 'forbidden') return { state: 'forbidden', cause }
    if (watch.failure.reason === 'absent') return { state: 'absent' }
    return lost(inStepAt, cause)
  }
  if (probe?.ok === false) return lost(inStepAt, probe.cause)
  return watch?.state === 'live' ? { state: 'live', asOf: inStepAt ?? 0 } : { state: 'syncing' }
}

/** The state of a kind that cannot be read now: what is known of it is of `inStepAt`, if anything is. */
export function lost(inStepAt: number | undefined, cause: Problem): KindState {
  return inStepAt === undefined ? { state: 'failed', cause } : { state: 'stale', asOf: inStepAt, cause }
}

export function sameState(before: KindState | undefined, after: KindState): boolean {
  if (before === undefined || before.state !== after.state) return false
  const [beforeAsOf, afterAsOf] = [before, after].map((each) => ('asOf' in each ? each.asOf : 0))
  const [beforeCause, afterCause] = [before, after].map((each) => ('cause' in each ? each.cause.message : ''))
  return beforeAsOf === afterAsOf && beforeCause === afterCause
}
