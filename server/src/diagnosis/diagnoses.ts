/** The diagnoses of the console's clusters: one at a time per cluster for all who ask, kept for a few seconds. */
import type { Diagnosis } from '@binocle/api/diagnosis'
import type { ClusterName } from '@binocle/api/identity'
import { type DiagnosisTarget, diagnose } from './diagnose.ts'
import type { StepSurroundings } from './step.ts'

export interface Diagnoses {
  /** Undefined when there is nothing to try: the cluster is only named. `fresh`: not the kept one. */
  of(cluster: ClusterName, fresh: boolean): Promise<Diagnosis> | undefined
}

const keptMs = 15_000

/** `target` says how a cluster is reached now. */
export function createDiagnoses(
  target: (cluster: ClusterName) => DiagnosisTarget | undefined,
  surroundings: StepSurroundings,
): Diagnoses {
  const kept = new Map<ClusterName, { readonly spec: string; readonly answer: Promise<Diagnosis>; endedAt: number }>()
  /** Clusters come and go: what nobody would be given any more is not kept. */
  function forgetOld(): void {
    for (const [cluster, { endedAt }] of kept) {
      if (endedAt !== 0 && surroundings.clock() - endedAt >= keptMs) kept.delete(cluster)
    }
  }

  return {
    of(cluster, fresh) {
      forgetOld()
      const now = target(cluster)
      if (now === undefined) return undefined
      const spec = JSON.stringify(now.spec)
      const last = kept.get(cluster)
      // One that is under way is always shared, unless the cluster is reached otherwise by now.
      if (last !== undefined && last.spec === spec && (last.endedAt === 0 || !fresh)) return last.answer
      const entry = { spec, answer: diagnose(now, surroundings), endedAt: 0 }
      kept.set(cluster, entry)
      void entry.answer.then(() => {
        entry.endedAt = surroundings.clock()
      })
      return entry.answer
    },
  }
}
