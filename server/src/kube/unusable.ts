/** Why a declared cluster cannot be used: in words that hold no credential, with what to do. Becomes a `Problem`. */
import type { ClusterName } from '@binocle/api/identity'
import { Malformed } from '../inventory/json.ts'
import type { RefusedSpec } from './spec.ts'

export class Unusable extends Error {
  readonly remedy: string
  readonly code: string

  constructor(message: string, remedy: string, code = 'BIN-CLUSTER-CONFIG') {
    super(message)
    this.remedy = remedy
    this.code = code
  }
}

/** What a parser threw, as a reason; throws on what is a defect. */
export function reasonOf(error: unknown): Unusable {
  if (error instanceof Unusable) return error
  if (error instanceof Malformed) return new Unusable(error.message, 'Mend the kubeconfig.')
  throw error
}

/** A cluster in error state. `server` is '' while it is not known. */
export function refused(name: ClusterName, server: string, { message, remedy, code }: Unusable): RefusedSpec {
  const words = `${name}: the kubeconfig cannot be used: ${message}`
  return { name, server, problem: { code, message: words, cluster: name, remedy } }
}
