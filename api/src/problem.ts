/** A problem as people read it: what went wrong, where, why, and what to do. Codes are listed in the server's catalogue. */
import type { ClusterName } from './identity.ts'

export interface Problem {
  /** From the catalogue, e.g. `BIN-CLUSTER-AUTH`. */
  readonly code: string
  /** One sentence: what and why. Holds no credential, and no name the reader may not see. */
  readonly message: string
  readonly cluster?: ClusterName
  /** One sentence: what to do. */
  readonly remedy?: string
}
