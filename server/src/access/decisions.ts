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
import { createDecision, type Decision, type DecisionRules, roundOfTtl } from './decision.ts'
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
  /** Asks what is due, unless it was in vain just now. */
  renew(): Promise<void>
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
/** Who has asked for nothing so long is not asked about any more. */
const activeMs = 60_000
/** A cluster that did not answer is asked again after this. */
const restMs = 2_000

interface Entry extends Held {
  readonly cluster: ClusterName
  usedAtMs: number
  expiresAtMs: number
  /** Of the answers, as they are counted. */
  counted: number
  cancel: () => void
}

export function createDecisions(options: DecisionsOptions): Decisions {
  const { ask, namespaces, rules, clock, later, answers } = options
  const keyOf = credentialKeys(randomBytes(32))
  let counted = 0
  const kept = new LRUCache<string, Entry>({
    max: keptAtMost,
    dispose: (entry) => {
      entry.cancel()
      entry.cancel = ended
      counted -= entry.counted
      entry.counted = 0
    },
  })

  function create(credential: ClusterCredential): Entry {
    const { cluster } = credential
    const decision = createDecision((question) => ask(credential, question), rules, clock)
    const entry: Entry = {
      cluster,
      decision,
      usedAtMs: 0,
      expiresAtMs: 0,
      counted: 0,
      cancel: () => {},
      renew: async () => {
        const { failure } = decision
        const isVain = failure?.failed === 'unknown' && clock() - failure.atMs < restMs
        if (!isVain) await round(entry)
      },
    }
    return entry
  }

  async function round(entry: Entry): Promise<void> {
    await entry.decision.renew(namespaces(entry.cluster))
    if (entry.cancel === ended) return
    count(entry)
    schedule(entry)
  }

  function count(entry: Entry): void {
    counted += entry.decision.size - entry.counted
    entry.counted = entry.decision.size
    while (counted > answersAtMost && kept.size > 1) kept.pop()
  }

  function schedule(entry: Entry): void {
    entry.cancel()
    if (rules.ttlMs === 0) return
    const { decision, cluster } = entry
    const inMs = decision.begunAtMs + rules.ttlMs * roundOfTtl - clock()
    const delayMs = decision.failure?.failed === 'unknown' ? restMs : Math.max(0, inMs)
    entry.cancel = later(() => {
      const isActive = clock() - entry.usedAtMs < activeMs && clock() < entry.expiresAtMs
      if (isActive && answers(cluster)) void round(entry)
    }, delayMs)
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
