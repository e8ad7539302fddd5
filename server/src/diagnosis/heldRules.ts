/**
 * The rules that our identity holds in all namespaces, in one question instead of one per verb and kind. Only what they
 * grant counts: what they do not is asked for singly, and where the cluster calls its list incomplete (a webhook decides
 * too) everything is.
 */
import { isRecord, type Json, record, records, texts } from '../inventory/json.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'

export type Granted = (verb: string, group: string, resource: string) => boolean

/** Rules are told per namespace: in one that nobody has, none but those for all namespaces hold. */
const nowhere = 'binocle-asks-what-holds-everywhere'

/** Throws `KubeFailure` when the cluster does not answer at all. */
export async function heldRules(api: KubeApi, signal: AbortSignal): Promise<Granted> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace: nowhere },
  }
  try {
    const answer = await api.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', body, { signal })
    const status = isRecord(answer) ? record(answer, 'status') : {}
    return status.incomplete === false ? grantedBy(records(status, 'resourceRules')) : () => false
  } catch (error) {
    if (!(error instanceof KubeFailure) || error.reason === 'aborted' || error.reason === 'unreachable') throw error
    return () => false
  }
}

function grantedBy(rules: readonly Json[]): Granted {
  const whole = rules
    .filter((rule) => texts(rule, 'resourceNames').length === 0)
    .map((rule) => ({
      verbs: texts(rule, 'verbs'),
      groups: texts(rule, 'apiGroups'),
      resources: texts(rule, 'resources'),
    }))
  return (verb, group, resource) =>
    whole.some(({ verbs, groups, resources }) => has(verbs, verb) && has(groups, group) && has(resources, resource))
}

const has = (list: readonly string[], one: string): boolean => list.includes(one) || list.includes('*')
