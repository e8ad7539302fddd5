/**
 * Everybody's decisions, by identity: never by a name or a token. They are renewed before they grow old for as long as
 * somebody uses them, bounded in number, and gone with their login or cluster.
 */
import { randomBytes } from 'node:crypto'
import type { ClusterName } from '@binocle/api/identity'
import { LRUCache } from 'lru-cache'
import type { AskAs } from '../clusters/askAs.ts'
import { credentialKeys } from '../clusters/credentialKey.ts'
import type { ConsoleNamespaces } from '../mesh/consoleNamespaces.ts'
import { createDecision, type Decision, type DecisionRules, type Renewal, roundOfTtl } from './decision.ts'
import type { ClusterCredential, Login } from './login.ts'

export interface Decisions {
  /** Of one credential; `login` is who uses it, and says how long. */
  of(login: Login, credential: ClusterCredential): Held
  forget(credential: ClusterCredential): void
  /** The cluster is gone. */
  drop(cluster: ClusterName): void
  close(): void
}

export interface Held {
  readonly decision: Decision
  /** Asks what is due; undefined when it was in vain just now. */
  renew(): Renewal | undefined
}

export interface DecisionsOptions {
  readonly ask: AskAs
  readonly namespaces: (cluster: ClusterName) => ConsoleNamespaces | undefined
  readonly rules: DecisionRules
  readonly clock: () => number
  readonly later: (callback: () => void, delayMs: number) => () => void
  /** Whether the cluster is worth asking at all. */
  readonly answers: (cluster: ClusterName) => boolean
}

const keptAtMost = 10_000
/** Answers of all of them together; each takes some 50 bytes. */
const answersAtMost = 500_000
/**
 * Old refusals of everybody that are asked again in a second, and how many may have been saved up. They are as many as
 * the mesh has namespaces that somebody does not see: without a bound, people of small rights would cost the most.
 */
const refusalsPerS = 300
const refusalsAtMost = 3_000
/** A cluster that did not answer is asked again after this... */
const restMs = 2_000
/** ...for who has come within this. */
const activeMs = 60_000

interface Entry extends Held {
  readonly cluster: ClusterName
  usedAtMs: number
  expiresAtMs: number
  /** Of the answers, as they are counted. */
  counted: number
  /** Undefined while no round is planned. */
  cancel: (() => void) | undefined
}

export function createDecisions(options: DecisionsOptions): Decisions {
  const { ask, namespaces, rules, clock, later, answers } = options
  const keyOf = credentialKeys(randomBytes(32))
  let counted = 0
  const kept = new LRUCache<string, Entry>({
    max: keptAtMost,
    dispose: (entry) => {
      entry.cancel?.()
      entry.cancel = ended
      counted -= entry.counted
      entry.counted = 0
    },
  })

  const allowance = createAllowance(clock)

  function create(credential: ClusterCredential): Entry {
    const { cluster } = credential
    const decision = createDecision({ ask: (question) => ask(credential, question), rules, clock, allowance })
    const entry: Entry = {
      cluster,
      decision,
      usedAtMs: 0,
      expiresAtMs: 0,
      counted: 0,
      cancel: undefined,
      renew: () => {
        const { failure } = decision
        const isVain = failure?.failed === 'unknown' && clock() - failure.atMs < restMs
        return isVain ? undefined : round(entry)
      },
    }
    return entry
  }

  function round(entry: Entry): Renewal {
    const renewal = entry.decision.renew(namespaces(entry.cluster))
    void renewal.all.then(() => {
      count(entry)
      schedule(entry)
    })
    return renewal
  }

  function count(entry: Entry): void {
    if (entry.cancel === ended) return
    counted += entry.decision.size - entry.counted
    entry.counted = entry.decision.size
    while (counted > answersAtMost && kept.size > 1) kept.pop()
  }

  /** One round follows each use, before the answers grow old: who is active never waits, and who left costs nothing. */
  function schedule(entry: Entry): void {
    if (entry.cancel !== undefined || rules.ttlMs === 0 || dueInMs(entry) === undefined) return
    entry.cancel = later(() => {
      entry.cancel = undefined
      const inMs = dueInMs(entry) ?? 0
      if (inMs > 0) schedule(entry)
      else if (isWanted(entry)) round(entry)
    }, dueInMs(entry) ?? 0)
  }

  /** Undefined before the first round. */
  function dueInMs({ decision }: Entry): number | undefined {
    if (!Number.isFinite(decision.begunAtMs)) return undefined
    const { failure } = decision
    const dueAtMs =
      failure?.failed === 'unknown' ? failure.atMs + restMs : decision.begunAtMs + rules.ttlMs * roundOfTtl
    return Math.max(0, dueAtMs - clock())
  }

  function isWanted({ cluster, decision, expiresAtMs, usedAtMs }: Entry): boolean {
    if (clock() >= expiresAtMs || !answers(cluster)) return false
    return usedAtMs >= decision.begunAtMs || (decision.failure?.failed === 'unknown' && clock() - usedAtMs < activeMs)
  }

  return {
    of: (login, credential) => {
      const key = keyOf(credential)
      let entry = kept.get(key)
      if (entry === undefined) {
        entry = create(credential)
        kept.set(key, entry)
      }
      entry.usedAtMs = clock()
      schedule(entry)
      entry.expiresAtMs = Math.max(entry.expiresAtMs, login.expiresAt ?? Number.POSITIVE_INFINITY)
      return entry
    },
    forget: (credential) => kept.delete(keyOf(credential)),
    drop: (cluster) => {
      for (const [key, entry] of kept.entries()) if (entry.cluster === cluster) kept.delete(key)
    },
    close: () => kept.clear(),
  }
}

const ended = (): void => {}

function createAllowance(clock: () => number): (wanted: number) => number {
  let saved = refusalsAtMost
  let atMs = clock()
  return (wanted) => {
    const nowMs = clock()
    saved = Math.min(refusalsAtMost, saved + ((nowMs - atMs) / 1000) * refusalsPerS)
    atMs = nowMs
    const given = Math.min(wanted, Math.floor(saved))
    saved -= given
    return given
  }
}
