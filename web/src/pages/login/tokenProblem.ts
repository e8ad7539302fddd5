/** Why a token was not taken, for who pasted it. Known codes have words of their own; others the server's. */
import { sentence } from '../../components/format.ts'
import { problemOf } from '../../components/States.tsx'

/** `cluster`: of which it was to be; undefined: home. */
export function tokenProblem(error: Error, cluster: string | undefined): string {
  const { code, message, remedy } = problemOf(error)
  if (code === 'BIN-AUTH-TOKEN' || code === 'BIN-AUTH-LOGIN')
    return cluster === undefined
      ? 'This token is not valid here: it may have expired, be of another cluster, or its account may see no namespace.'
      : 'There is no such cluster, or this token is not valid there: it may have expired, or its account may see no namespace.'
  return [message, remedy ?? ''].filter(Boolean).map(sentence).join(' ')
}
