/** Asks an API server what the identity behind an API may do. */
import { isRecord } from '../inventory/json.ts'
import type { KubeApi } from './api.ts'

export interface AccessQuestion {
  /** '' = in all of them. */
  readonly namespace: string
  readonly verb: string
  readonly group: string
  /** A plural, or `*`. */
  readonly resource: string
  /** e.g. `portforward` of pods. */
  readonly subresource?: string
}

/** Throws `KubeFailure`. */
export async function mayDo(api: KubeApi, question: AccessQuestion, timeoutMs: number): Promise<boolean> {
  const answer = await api.request(
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: question } },
    { timeoutMs },
  )
  return isRecord(answer) && isRecord(answer.status) && answer.status.allowed === true
}
