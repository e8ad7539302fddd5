/**
 * What one credential may see in one cluster, as far as it was asked (reference: auth.md 8.1, 8.2). Who may list or get
 * all namespaces sees whatever the console sees, and costs one question or two; for everybody else each namespace is
 * asked about. A `yes` holds for the time to live and no longer; a `no` stays until it is asked again.
 */
import type { Answer, NamespaceQuestion } from '../clusters/askAs.ts'
import type { ConsoleNamespaces } from '../mesh/consoleNamespaces.ts'
import { type ClusterView, noneOf, someOf, unknownOf, wholeOf } from './view.ts'

export interface DecisionRules {
  /** How long an answer holds, ms; 0 = for no longer than the request that asked. */
  readonly ttlMs: number
  /** `deployment.cluster_wide_access`: false = namespaces are always asked about one by one. */
  readonly clusterWide: boolean
  /** `kiali_feature_flags.authz.require_namespace_get`: who may only list them sees none. */
  readonly requireNamespaceGet: boolean
}

export type DecisionFailure = Extract<Answer, { failed: string }> & { readonly atMs: number }

export interface Decision {
  /** Everything there is to ask was answered, and the answers hold. */
  isYoung(names: ConsoleNamespaces | undefined): boolean
  /** Asks what is due; whoever comes meanwhile waits for the same answers. */
  renew(names: ConsoleNamespaces | undefined): Renewal
  /** What is known now. */
  view(names: ConsoleNamespaces | undefined): ClusterView
  /** Why it is not known, or why there is nothing to know. */
  readonly failure: DecisionFailure | undefined
  /** When the last questions began, ms. */
  readonly begunAtMs: number
  /** About so many namespaces answers are kept. */
  readonly size: number
}

/** Neither rejects. */
export interface Renewal {
  /** Answers to what was never asked, and to what was granted. */
  readonly vital: Promise<void>
  /** Old refusals are asked again, too. */
  readonly all: Promise<void>
}

export interface DecisionMeans {
  readonly ask: (question: NamespaceQuestion) => Promise<Answer>
  readonly rules: DecisionRules
  readonly clock: () => number
  /** How many old refusals may be asked again now; all when absent. Their number grows with the mesh, not with what is seen. */
  readonly allowance?: (wanted: number) => number
}

/** Questions at once about one credential in one cluster (reference: auth.md 8.1). */
const askedAtOnce = 20
/** A round of questions ends after this part of the time to live, so that what was granted is asked again in time. */
export const roundOfTtl = 0.7
/** A refusal younger than this part of it is not asked again in the next round, which may soon follow one that failed. */
const refusalOfTtl = 0.2
/** Without a time to live: for as long as the request that asked may wait. */
const shortestMs = 2_500

export function createDecision({ ask, rules, clock, allowance = (wanted) => wanted }: DecisionMeans): Decision {
  const { ttlMs, clusterWide, requireNamespaceGet } = rules
  /** Times of asking, ms. */
  let whole: { readonly allowed: boolean; readonly atMs: number } | undefined
  const granted = new Map<string, number>()
  const refused = new Map<string, number>()
  let failure: DecisionFailure | undefined
  let round: Renewal | undefined
  let begunAtMs = Number.NEGATIVE_INFINITY
  /** When the last round began that came to its end. */
  let wholeRoundAtMs = Number.NEGATIVE_INFINITY
  /** Of the namespaces of which none was left open. */
  let decidedVersion: number | undefined
  /** Until the next answer. */
  let made:
    | { readonly view: ClusterView; readonly names: ConsoleNamespaces | undefined; readonly untilMs: number }
    | undefined

  const holds = (atMs: number): boolean => clock() - atMs < (ttlMs === 0 ? shortestMs : ttlMs)

  /** Undefined when there is no answer. */
  async function answerTo(question: NamespaceQuestion): Promise<boolean | undefined> {
    const answer = await ask(question)
    made = undefined
    if ('allowed' in answer) return answer.allowed
    failure = { ...answer, atMs: clock() }
    return undefined
  }

  /** True when there is nothing that hinders from going on. */
  async function askVital(names: ConsoleNamespaces | undefined): Promise<boolean> {
    const failed = failure
    if (clusterWide && !(await askWhole())) return false
    if (whole?.allowed === true) {
      granted.clear()
      refused.clear()
    } else {
      const known = names?.names ?? none
      for (const answers of [granted, refused])
        for (const name of answers.keys()) if (!known.has(name)) answers.delete(name)
      // What was never asked first: what was granted is asked again by its age.
      await askEach([...openIn(known), ...byAge(granted)])
      decidedVersion = openIn(known).length === 0 ? names?.version : undefined
    }
    if (failure !== failed) return false
    failure = undefined
    return true
  }

  async function askOldRefusals(): Promise<void> {
    const old = byAge(refused, ttlMs * refusalOfTtl)
    await askEach(old.slice(0, allowance(old.length)))
    wholeRoundAtMs = begunAtMs
  }

  /** False when there was no answer. */
  async function askWhole(): Promise<boolean> {
    const verbs = requireNamespaceGet ? (['get'] as const) : (['list', 'get'] as const)
    for (const verb of verbs) {
      const atMs = clock()
      const allowed = await answerTo({ verb, namespace: '' })
      if (allowed === undefined) return false
      whole = { allowed, atMs }
      if (allowed) break
    }
    return true
  }

  async function askEach(names: string[]): Promise<void> {
    const before = failure
    const untilMs = begunAtMs + (ttlMs === 0 ? Number.POSITIVE_INFINITY : ttlMs * roundOfTtl)
    const next = async (): Promise<void> => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        const atMs = clock()
        if (failure !== before || atMs > untilMs) return
        const allowed = await answerTo({ verb: 'get', namespace: name })
        if (allowed === undefined) return
        granted.delete(name)
        refused.delete(name)
        const known = allowed ? granted : refused
        known.set(name, atMs)
      }
    }
    await Promise.all(Array.from({ length: askedAtOnce }, next))
  }

  const openIn = (names: ReadonlySet<string>): string[] =>
    [...names].filter((name) => !granted.has(name) && !refused.has(name))

  /** Oldest first; only those of at least this age. */
  const byAge = (answers: ReadonlyMap<string, number>, atLeastMs = 0): string[] =>
    [...answers]
      .filter(([, atMs]) => clock() - atMs >= atLeastMs)
      .sort((a, b) => a[1] - b[1])
      .map(([name]) => name)

  function viewOf(names: ConsoleNamespaces | undefined): { readonly view: ClusterView; readonly untilMs: number } {
    if (failure !== undefined && failure.failed !== 'unknown') return { view: noneOf, untilMs: forEver }
    if (clusterWide && whole === undefined) return { view: unknownOf, untilMs: forEver }
    if (whole?.allowed === true) {
      const isSeen = holds(whole.atMs)
      return isSeen ? { view: wholeOf(names), untilMs: whole.atMs + ttlMs } : { view: unknownOf, untilMs: forEver }
    }
    const seen: string[] = []
    const open: string[] = []
    let untilMs = forEver
    for (const name of names?.list ?? []) {
      const atMs = granted.get(name)
      if (atMs !== undefined && holds(atMs)) {
        seen.push(name)
        untilMs = Math.min(untilMs, atMs + ttlMs)
      } else if (atMs !== undefined || !refused.has(name)) open.push(name)
    }
    return { view: names === undefined ? unknownOf : someOf(seen, open), untilMs }
  }

  return {
    isYoung: (names) => {
      if (ttlMs === 0) return false
      if (failure !== undefined) return failure.failed !== 'unknown' && holds(failure.atMs)
      if (whole?.allowed === true) return holds(whole.atMs)
      if (names === undefined || decidedVersion !== names.version || !holds(wholeRoundAtMs)) return false
      return [...granted.values()].every(holds)
    },
    renew: (names) => {
      if (round !== undefined) return round
      begunAtMs = clock()
      const vital = askVital(names)
      const all = vital.then((goesOn) => (goesOn && whole?.allowed !== true ? askOldRefusals() : undefined))
      round = {
        vital: vital.then(() => {}),
        all: all.finally(() => {
          round = undefined
          made = undefined
        }),
      }
      return round
    },
    view: (names) => {
      if (made === undefined || made.names !== names || clock() >= made.untilMs) made = { names, ...viewOf(names) }
      return made.view
    },
    get failure() {
      return failure
    },
    get begunAtMs() {
      return begunAtMs
    },
    get size() {
      return granted.size + refused.size
    },
  }
}

const none: ReadonlySet<string> = new Set()
const forEver = Number.POSITIVE_INFINITY
