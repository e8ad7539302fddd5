/**
 * In which namespaces we may read which kinds, where we may not read the whole cluster: one SelfSubjectRulesReview a
 * namespace, asked again every few minutes, instead of a refused list per kind and namespace.
 */
import type { Kind } from '../inventory/inventory.ts'
import { isRecord, type Json, record, records, texts } from '../inventory/json.ts'
import { resources } from '../inventory/kinds.ts'
import type { KubeApi } from '../kube/api.ts'
import type { Surroundings } from '../kube/surroundings.ts'

export interface PartialAccess {
  /** Of those looked at: where we may list `kind`. */
  of(kind: Kind): readonly string[]
  /** Asks for what is not known, or known for long; calls `onChange` when an answer came. */
  look(namespaces: readonly string[]): void
}

const askAgainMs = 120_000
const askedAtOnce = 4

export function createPartialAccess(
  api: KubeApi,
  signal: AbortSignal,
  { clock, log }: Pick<Surroundings, 'clock' | 'log'>,
  onChange: () => void,
): PartialAccess {
  const known = new Map<string, { askedAt: number; rules: readonly Json[] }>()
  let looked: readonly string[] = []
  let asking = false

  async function ask(namespace: string): Promise<void> {
    const before = known.get(namespace)?.rules ?? []
    known.set(namespace, { askedAt: clock(), rules: before })
    try {
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } }
      const answer = await api.request('POST', reviews, review, { signal })
      const rules = isRecord(answer) ? records(record(answer, 'status'), 'resourceRules') : []
      known.set(namespace, { askedAt: clock(), rules })
    } catch (error) {
      log('debug', 'rights in a namespace cannot be read', { cluster: api.cluster, namespace, error })
    }
  }

  async function askAll(due: string[]): Promise<void> {
    asking = true
    const next = async (): Promise<void> => {
      for (let namespace = due.shift(); namespace !== undefined; namespace = due.shift()) await ask(namespace)
    }
    await Promise.all(Array.from({ length: askedAtOnce }, next))
    asking = false
    if (!signal.aborted) onChange()
  }

  return {
    of: (kind) => looked.filter((namespace) => known.get(namespace)?.rules.some((rule) => allows(rule, kind))),
    look: (namespaces) => {
      looked = namespaces
      for (const name of known.keys()) if (!namespaces.includes(name)) known.delete(name)
      const due = namespaces.filter((name) => clock() - (known.get(name)?.askedAt ?? -askAgainMs) >= askAgainMs)
      if (due.length > 0 && !asking) void askAll(due)
    },
  }
}

const reviews = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'

/** Namespaces themselves are got by name. */
function allows(rule: Json, kind: Kind): boolean {
  const { group, plural } = resources[kind]
  const has = (field: string, value: string): boolean =>
    texts(rule, field).some((each) => each === value || each === '*')
  const verb = kind === 'namespaces' ? 'get' : 'list'
  return (
    has('verbs', verb) &&
    has('apiGroups', group) &&
    has('resources', plural) &&
    texts(rule, 'resourceNames').length === 0
  )
}
