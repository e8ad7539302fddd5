/** Changes something in a cluster as a person: with that person's credential, and never with more. */
import type { ClusterName } from '@binocle/api/identity'
import { BinocleError, catalogue, type ErrorCode } from '../errors.ts'
import type { KubeApi } from '../kube/api.ts'
import { type FailureReason, type KubeFailure, thrown } from '../kube/failure.ts'
import type { ClusterCredential } from './credential.ts'

/** As long as admission webhooks may take. */
const timeoutMs = 15_000

/** There is no default cluster: a change names its own. */
export interface ChangeRequest {
  readonly cluster: ClusterName
  readonly method: 'DELETE' | 'PATCH' | 'POST'
  /** Of the Kubernetes API, e.g. `/api/v1/namespaces/shop`. */
  readonly path: string
  /** JSON. */
  readonly body?: unknown
  /** Of the body; `application/json` unless told. */
  readonly contentType?: string
}

/** Without a credential for the cluster it is refused. Throws `BinocleError`. */
export type ChangeAs = (credential: ClusterCredential | undefined, change: ChangeRequest) => Promise<unknown>

export function changeAs(clusters: { apiAs(credential: ClusterCredential): KubeApi | undefined }): ChangeAs {
  return async (credential, { cluster, method, path, body, contentType }) => {
    const api = credential && clusters.apiAs(credential)
    if (credential === undefined || api === undefined) {
      throw new BinocleError('BIN-CHANGE-FORBIDDEN', `You have no login for cluster [${cluster}].`, {
        cluster,
        remedy: 'Log in to that cluster.',
      })
    }
    try {
      return await api.request(method, path, body, { timeoutMs, ...(contentType === undefined ? {} : { contentType }) })
    } catch (error) {
      throw inOurWords(thrown(cluster, `${method} ${path}`, error), credential)
    }
  }
}

function inOurWords(failure: KubeFailure, { kind }: ClusterCredential): BinocleError {
  const { cluster, reason, said, status } = failure
  const refused = (code: ErrorCode, remedy: string, at?: number): BinocleError =>
    new BinocleError(code, said === '' ? failure.message : said, {
      cluster,
      remedy,
      cause: failure,
      ...(at === undefined ? {} : { status: at }),
    })
  if (reason === 'forbidden') return refused('BIN-CHANGE-FORBIDDEN', `Ask for this right in ${cluster}.`)
  if (reason === 'unauthorized' && kind === 'bearer')
    return refused('BIN-CHANGE-FORBIDDEN', `Log in to ${cluster} again: it does not know your credential any more.`)
  if (reason === 'absent') return refused('BIN-NOT-FOUND', 'It may have been deleted: look at the list again.')
  if (status === 409) return refused('BIN-CHANGE-CONFLICT', 'Read the object again and repeat the change.')
  if (reason === 'refused') return refused('BIN-CHANGE-REFUSED', 'Correct what the message names.', status)
  // Kubernetes calls it its own failure, and the object cannot be written until somebody mends it.
  if (reason === 'server' && /\bcalling webhook\b/.test(said))
    return refused('BIN-CHANGE-REFUSED', `Mend the webhook that the message names: is its istiod up in ${cluster}?`)
  const { code, message, remedy } = failure.problem
  const mayBeMade = uncertain.has(reason)
    ? 'The change may have been made: read the object before you repeat it.'
    : remedy
  return new BinocleError(isKnown(code) ? code : 'BIN-CLUSTER-UNREACHABLE', message, {
    cluster,
    cause: failure,
    ...(mayBeMade === undefined ? {} : { remedy: mayBeMade }),
  })
}

/** The request may have arrived. Nothing repeats it by itself. */
const uncertain: ReadonlySet<FailureReason> = new Set(['aborted', 'answer', 'server', 'unreachable'])

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(catalogue, code)
