/**
 * What may be written, by asking the clusters (reference: validations.md 8.2). Answers are kept for a few seconds, so
 * that a page costs three questions per type; a cluster that does not answer allows nothing, and keeps nobody waiting.
 */
import type { ResourcePermissions } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'

export interface Question extends NamespaceRef {
  readonly group: string
  /** A plural, or `*`. */
  readonly resource: string
}

export interface RightsOptions {
  /** Rejects when the cluster does not answer. */
  readonly mayDo: (question: Question, verb: string) => Promise<boolean>
  /** Whether the cluster can be asked at all. */
  readonly answers: (cluster: string) => boolean
  readonly nowMs: () => number
}

export type Rights = (question: Question) => Promise<ResourcePermissions>

const nothing: ResourcePermissions = { create: false, update: false, delete: false }

/** How long a right may be out of date. */
const keptMs = 10_000
const keptAtMost = 20_000

export function createRights({ mayDo, answers, nowMs }: RightsOptions): Rights {
  const kept = new Map<string, { readonly until: number; readonly answer: Promise<ResourcePermissions> }>()
  return (question) => {
    if (!answers(question.cluster)) return Promise.resolve(nothing)
    const key = `${question.cluster}/${question.namespace}/${question.group}/${question.resource}`
    const known = kept.get(key)
    if (known !== undefined && known.until > nowMs()) return known.answer
    if (kept.size >= keptAtMost) kept.clear()
    const answer = ask(mayDo, question)
    kept.set(key, { until: nowMs() + keptMs, answer })
    return answer
  }
}

/** All or nothing: one question without an answer allows nothing. */
async function ask(mayDo: RightsOptions['mayDo'], question: Question): Promise<ResourcePermissions> {
  try {
    const [create = false, update = false, remove = false] = await Promise.all(
      ['create', 'patch', 'delete'].map((verb) => mayDo(question, verb)),
    )
    return { create, update, delete: remove }
  } catch {
    return nothing
  }
}
