/** Are there fresh metrics that name this cluster? */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import { span } from './ago.ts'
import { fromProblem, type Outcome, ok, trouble } from './step.ts'

export interface TelemetryFacts {
  /** Prometheus does not answer, or knows no Istio metric. */
  readonly problem?: Problem
  /** Cluster -> when a metric last named it, Unix ms. */
  readonly lastSeenMs: ReadonlyMap<ClusterName, number>
}

/** Prometheus looks back five minutes; a sample that is older is not shown at all. */
const freshMs = 120_000

export function telemetryOutcome(cluster: ClusterName, facts: TelemetryFacts | undefined, now: number): Outcome {
  if (facts === undefined) {
    return { state: 'skipped', found: 'Not looked at.', cause: 'No Prometheus is configured.' }
  }
  if (facts.problem !== undefined) return fromProblem(facts.problem, 'Nothing is known of its traffic.', 'failed')
  const seenMs = facts.lastSeenMs.get(cluster)
  if (seenMs === undefined) {
    const others = [...facts.lastSeenMs.keys()]
    return trouble(
      'warning',
      `No metric names ${cluster}.`,
      others.length === 0 ? 'No metric names any cluster.' : `Metrics name ${others.join(', ')}.`,
      'Check that Prometheus scrapes or federates this cluster, that its proxies have traffic, and that the names agree.',
    )
  }
  const age = now - seenMs
  if (age <= freshMs) return ok(`Its newest metric is ${span(Math.max(0, age))} old.`)
  return trouble(
    'warning',
    `Its newest metric is ${span(age)} old.`,
    'Prometheus got nothing new from its proxies since then.',
    'Look at the targets of Prometheus for this cluster: the scrape or the federation job fails, or there is no traffic.',
  )
}
