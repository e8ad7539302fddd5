/** Whose token is this? The API server knows; what a token says of itself is only a claim. */
import { isRecord } from '../inventory/json.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'

export interface Identified {
  /** As Kubernetes names it, e.g. `system:serviceaccount:shop:web`. */
  readonly user: string
  readonly groups: readonly string[]
  /** Of OpenShift: the token may do less than its owner. */
  readonly restricted?: true
}

/** The scope of an OpenShift token that is no limit. */
const fullScope = 'user:full'

/** The identity behind `api` in its own words. Throws `KubeFailure`; API servers before 1.28 do not know the question. */
export async function whoAmI(api: KubeApi, timeoutMs: number): Promise<Identified | undefined> {
  const answer = await api.request(
    'POST',
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    { timeoutMs },
  )
  const status = isRecord(answer) && isRecord(answer.status) ? answer.status : {}
  return identified(status.userInfo)
}

/**
 * Asked by `reviewer`, the console's own account. undefined: the API server does not know the token. Throws `KubeFailure`
 * when it cannot be asked.
 */
export async function reviewToken(
  reviewer: KubeApi,
  token: string,
  timeoutMs: number,
): Promise<Identified | undefined> {
  const answer = await reviewer.request(
    'POST',
    '/apis/authentication.k8s.io/v1/tokenreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
    { timeoutMs },
  )
  const status = isRecord(answer) && isRecord(answer.status) ? answer.status : {}
  if (status.authenticated !== true || (status.error !== undefined && status.error !== '')) return undefined
  return identified(status.user)
}

/**
 * By `api` itself, else by the console's account. undefined: it is nobody's, or nobody can tell whose. Throws
 * `KubeFailure` for what is wrong with the cluster or with the token.
 */
export async function ownerOf(
  api: KubeApi,
  reviewer: KubeApi | undefined,
  token: string,
  timeoutMs: number,
): Promise<Identified | undefined> {
  try {
    return await whoAmI(api, timeoutMs)
  } catch (error) {
    const unasked = error instanceof KubeFailure && (error.status === 404 || error.status === 403)
    if (!unasked || reviewer === undefined) throw error
    return await reviewToken(reviewer, token, timeoutMs)
  }
}

function identified(userInfo: unknown): Identified | undefined {
  if (!isRecord(userInfo) || typeof userInfo.username !== 'string' || userInfo.username === '') return undefined
  const groups = Array.isArray(userInfo.groups) ? userInfo.groups.filter((group) => typeof group === 'string') : []
  return { user: userInfo.username, groups, ...(isRestricted(userInfo.extra) ? { restricted: true } : {}) }
}

function isRestricted(extra: unknown): boolean {
  const scopes = isRecord(extra) ? extra['scopes.authorization.openshift.io'] : undefined
  return scopes !== undefined && !(Array.isArray(scopes) && scopes.includes(fullScope))
}

/** As Kiali shows it. */
export const shownName = (user: string): string => user.replace(/^system:serviceaccount:/, '')
