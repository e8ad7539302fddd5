/**
 * What a person may write, by asking the clusters as that person (reference: validations.md 8.2). Answers are kept for a
 * few seconds, so that a page costs three questions per type; a cluster that does not answer allows nothing, and keeps
 * nobody waiting.
 */
import type { ResourcePermissions } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import { LRUCache } from 'lru-cache'
import type { ClusterCredential, Login } from '../access/login.ts'

export interface Question extends NamespaceRef {
  readonly group: string
  /** A plural, or `*`. */
  readonly resource: string
}

export interface RightsOptions {
  /** Rejects when the cluster does not answer. */
  readonly mayDo: (credential: ClusterCredential, question: Question, verb: string) => Promise<boolean>
  /** Whose answers are whose. */
  readonly keyOf: (credential: ClusterCredential) => string
  /** Whether the cluster can be asked at all. */
  readonly answers: (cluster: string) => boolean
  readonly nowMs: () => number
}

/** Of who has no credential for the cluster: nothing. */
export type Rights = (login: Login | undefined, question: Question) => Promise<ResourcePermissions>

export const noRights: ResourcePermissions = { create: false, update: false, delete: false }

/** How long a right may be out of date. */
const keptMs = 10_000
const keptAtMost = 20_000

export function createRights({ mayDo, keyOf, answers, nowMs }: RightsOptions): Rights {
  const kept = new LRUCache<string, { readonly until: number; readonly answer: Promise<ResourcePermissions> }>({
    max: keptAtMost,
  })
  return (login, question) => {
    const credential = login?.on(question.cluster)
    if (credential === undefined || !answers(question.cluster)) return Promise.resolve(noRights)
    const key = `${keyOf(credential)}/${question.namespace}/${question.group}/${question.resource}`
    const known = kept.get(key)
    if (known !== undefined && known.until > nowMs()) return known.answer
    const answer = ask((verb) => mayDo(credential, question, verb))
    kept.set(key, { until: nowMs() + keptMs, answer })
    return answer
  }
}

/** All or nothing: one question without an answer allows nothing. */
async function ask(mayDo: (verb: string) => Promise<boolean>): Promise<ResourcePermissions> {
  try {
    const [create = false, update = false, remove = false] = await Promise.all(
      ['create', 'patch', 'delete'].map((verb) => mayDo(verb)),
    )
    return { create, update, delete: remove }
  } catch {
    return noRights
  }
}
