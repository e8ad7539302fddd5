/** Does the cluster accept our credential, and whom does it take us for? */
import { isRecord, record, text } from '../inventory/json.ts'
import type { Credential } from '../kube/access.ts'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { fromProblem, type Outcome, ok, trouble } from './step.ts'

export interface Authentication {
  readonly outcome: Outcome
  /** Undefined when the cluster cannot say. */
  readonly identity?: string
}

/** Throws `KubeFailure` where the cluster does not answer at all. */
export async function authentication(
  api: KubeApi,
  credential: Credential,
  signal: AbortSignal,
): Promise<Authentication> {
  try {
    const identity = await whoAmI(api, signal)
    if (identity === 'system:anonymous') return { outcome: nobody(api.cluster, credential), identity }
    if (identity !== undefined) return { outcome: ok(`The cluster takes us for ${identity}.`), identity }
    // Before 1.28 nobody can ask who he is; whoever may read the list of groups is at least known.
    await api.get('/apis', { signal })
    return { outcome: ok('The cluster accepts our credential.') }
  } catch (error) {
    if (error instanceof KubeFailure && error.reason === 'unauthorized') {
      const outcome = fromProblem(error.problem, 'The cluster rejects our credential.', 'failed')
      return { outcome: { ...outcome, remedy: remedyOf(credential, api.cluster) } }
    }
    throw error
  }
}

/** Undefined where the API does not exist. */
async function whoAmI(api: KubeApi, signal: AbortSignal): Promise<string | undefined> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  try {
    const answer = await api.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', body, { signal })
    if (!isRecord(answer)) return undefined
    return text(record(record(answer, 'status'), 'userInfo'), 'username') || undefined
  } catch (error) {
    const absent = error instanceof KubeFailure && (error.reason === 'absent' || error.reason === 'forbidden')
    if (absent) return undefined
    throw error
  }
}

function nobody(cluster: string, credential: Credential): Outcome {
  return trouble(
    'failed',
    'The cluster lets us in as nobody (system:anonymous).',
    credential.kind === 'none' ? 'The kubeconfig holds no credential for it.' : 'The credential was not recognised.',
    remedyOf(credential, cluster),
    { code: 'BIN-CLUSTER-AUTH' },
  )
}

function remedyOf(credential: Credential, cluster: string): string {
  const renew = `binocle remote-secret create --name ${cluster} --context <context of ${cluster}>`
  switch (credential.kind) {
    case 'tokenFile':
      return `Renew the token in ${credential.file}; it is read again by itself.`
    case 'exec':
      return `Log in again for the program ${credential.command} that gives the credential.`
    case 'basic':
      return 'Use a service account token: API servers know no passwords any more.'
    default:
      return `Renew the credential: ${renew}`
  }
}
