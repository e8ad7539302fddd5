/** Why a proxy could not be asked, in the words of the catalogue. */
import type { Problem } from '@binocle/api/problem'
import type { ClusterCredential } from '../clusters/credential.ts'
import { BinocleError, catalogue, type ErrorCode } from '../errors.ts'
import { KubeFailure } from '../kube/failure.ts'
import { PodStatus } from '../kube/podRequest.ts'
import type { PodRef } from './podRef.ts'

export const forbidden = ({ cluster, namespace }: PodRef): BinocleError =>
  new BinocleError('BIN-PROXY-FORBIDDEN', `You may not open a port-forward to pods of ${namespace} in ${cluster}.`, {
    cluster,
    remedy: `Ask for the verbs get and create on pods/portforward in namespace ${namespace}.`,
  })

/** The cluster is known not to answer: it is not tried. */
export const awayFailure = ({ cluster }: PodRef, { code, message, remedy }: Problem): BinocleError =>
  new BinocleError(isKnown(code) ? code : 'BIN-CLUSTER-UNREACHABLE', message, {
    cluster,
    ...(remedy === undefined ? {} : { remedy }),
  })

/** `as`: with whose credential; absent = the console's. */
export function proxyFailure(pod: PodRef, error: unknown, as: ClusterCredential['kind'] = 'console'): BinocleError {
  if (error instanceof BinocleError) return error
  const { cluster, namespace, name } = pod
  const more = { cluster, cause: error }
  if (error instanceof KubeFailure) {
    const { reason } = error
    if (reason === 'absent') return new BinocleError('BIN-NOT-FOUND', `pods "${name}" not found`, more)
    if (as !== 'console' && reason === 'forbidden') return forbidden(pod)
    if (as === 'bearer' && reason === 'unauthorized') {
      const remedy = `Log in to ${cluster} again: it does not know your credential any more.`
      return new BinocleError('BIN-PROXY-FORBIDDEN', `${cluster} rejects your credential.`, { ...more, remedy })
    }
    return awayFailure(pod, error.problem)
  }
  const said = error instanceof Error ? error.message : String(error)
  const message = `The proxy of ${namespace}/${name} in ${cluster}: ${said}`
  if (error instanceof PodStatus || error instanceof SyntaxError)
    return new BinocleError('BIN-PROXY-ANSWER', message, {
      ...more,
      remedy: 'Check what listens on port 15000 of the pod.',
    })
  return new BinocleError('BIN-PROXY-UNREACHABLE', message, {
    ...more,
    remedy: 'Check that the proxy runs, and that the API server reaches the pod.',
  })
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(catalogue, code)
