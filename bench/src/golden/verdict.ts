/** What the comparison of one request came to, and of all of them by route. */
import type { RecordedRequest } from './answers.ts'
import type { Difference } from './compare.ts'
import { routeName } from './routeNames.ts'

export type Outcome = 'different' | 'equal' | 'listed'

/** What the report says of a request. */
export type Judged = Pick<RecordedRequest, 'method' | 'n' | 'path'>

export interface Verdict {
  readonly request: Judged
  readonly outcome: Outcome
  /** Those that no entry of the list covers. */
  readonly unlisted: readonly Difference[]
  /** Names of the entries that cover the others. */
  readonly reasons: readonly string[]
}

/** `reasonOf`: the name of the entry that lists a difference. */
export function verdictOf(
  request: Judged,
  differences: readonly Difference[],
  reasonOf: (difference: Difference) => string | undefined,
): Verdict {
  const covered = differences.map((difference) => ({ difference, reason: reasonOf(difference) }))
  const unlisted = covered.filter(({ reason }) => reason === undefined).map(({ difference }) => difference)
  const reasons = [...new Set(covered.flatMap(({ reason }) => (reason === undefined ? [] : [reason])))]
  const outcome = unlisted.length > 0 ? 'different' : differences.length > 0 ? 'listed' : 'equal'
  return { request, outcome, unlisted, reasons }
}

export type Tally = Readonly<Record<Outcome, number>>

export function tally(verdicts: readonly Verdict[]): Tally {
  const counts = { different: 0, equal: 0, listed: 0 }
  for (const { outcome } of verdicts) counts[outcome]++
  return counts
}

/** Sorted by route. */
export function byRoute(verdicts: readonly Verdict[]): readonly { route: string; verdicts: readonly Verdict[] }[] {
  const routes = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    const route = routeName(verdict.request.method, verdict.request.path)
    const known = routes.get(route)
    if (known) known.push(verdict)
    else routes.set(route, [verdict])
  }
  return [...routes].map(([route, of]) => ({ route, verdicts: of })).sort((a, b) => (a.route < b.route ? -1 : 1))
}

export const summary = (verdicts: readonly Verdict[], name = 'golden'): string => {
  const { different, equal, listed } = tally(verdicts)
  return `${name}: ${equal} equal, ${listed} listed, ${different} different of ${verdicts.length}`
}
