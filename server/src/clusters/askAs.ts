/** Asks a cluster, as a person, which namespaces that person may see. What goes wrong is part of the answer. */
import type { Problem } from '@binocle/api/problem'
import { mayDo } from '../kube/accessReview.ts'
import type { KubeApi } from '../kube/api.ts'
import { type KubeFailure, thrown } from '../kube/failure.ts'
import type { ClusterCredential } from './credential.ts'

/** Of one namespace, or of all (''). */
export interface NamespaceQuestion {
  readonly verb: 'get' | 'list'
  readonly namespace: string
}

export type Answer =
  | { readonly allowed: boolean }
  | {
      /**
       * `absent`: no such cluster. `rejected`: it does not know the credential (401). `forbidden`: the credential may not
       * even ask (403). `unknown`: no usable answer.
       */
      readonly failed: 'absent' | 'forbidden' | 'rejected' | 'unknown'
      readonly cause: Problem
    }

/** Never rejects. */
export type AskAs = (credential: ClusterCredential, question: NamespaceQuestion) => Promise<Answer>

/** Longer than a healthy API server ever takes for it, and as long as somebody may wait for a sick one. */
export const askTimeoutMs = 2_500

export function askAs(clusters: { apiAs(credential: ClusterCredential): KubeApi | undefined }): AskAs {
  return async (credential, { verb, namespace }) => {
    const { cluster } = credential
    const api = clusters.apiAs(credential)
    if (api === undefined) {
      const message = `${cluster} is not part of the mesh, or cannot be used.`
      return { failed: 'absent', cause: { code: 'BIN-QUERY-CLUSTER', message, cluster } }
    }
    try {
      // RBAC decides `get` of a namespace inside that namespace: it is both where and what.
      const about = namespace === '' ? { namespace } : { namespace, name: namespace }
      return { allowed: await mayDo(api, { ...about, verb, group: '', resource: 'namespaces' }, askTimeoutMs) }
    } catch (error) {
      const failure = thrown(cluster, 'an access review', error)
      return { failed: kindOf(failure, credential), cause: failure.problem }
    }
  }
}

/** Under impersonation it is the console's account that a cluster does not know, and nothing is said of the person. */
function kindOf({ reason }: KubeFailure, { kind }: ClusterCredential): 'forbidden' | 'rejected' | 'unknown' {
  if (reason === 'unauthorized' && kind === 'bearer') return 'rejected'
  return reason === 'forbidden' ? 'forbidden' : 'unknown'
}
