/** Asks an API server what the identity behind an API may do. */
import { isRecord } from '../inventory/json.ts'
import type { KubeApi } from './api.ts'
import { KubeFailure } from './failure.ts'

export interface AccessQuestion {
  /** '' = in all of them. */
  readonly namespace: string
  readonly verb: string
  readonly group: string
  /** A plural, or `*`. */
  readonly resource: string
  /** e.g. `portforward` of pods. */
  readonly subresource?: string
  /** Of one object; absent = of all of them. */
  readonly name?: string
}

/** Throws `KubeFailure`. */
export async function mayDo(api: KubeApi, question: AccessQuestion, timeoutMs: number): Promise<boolean> {
  const answer = await api.request(
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: question } },
    { timeoutMs },
  )
  // An answer that says neither is none: 'no' is remembered, and a broken server must not look like one that refuses.
  if (isRecord(answer) && isRecord(answer.status) && typeof answer.status.allowed === 'boolean')
    return answer.status.allowed
  throw new KubeFailure('answer', api.cluster, `${api.cluster} answers an access review with no decision`)
}
