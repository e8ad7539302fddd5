/** Where an object comes from, as far as it does not say so itself. */
import type { ClusterName } from '@binocle/api/identity'
import type { Sharing } from './sharing.ts'

/** What a parser is told beside the object. */
export interface Origin {
  readonly cluster: ClusterName
  /** `networking.istio.io`; '' for core. */
  readonly group: string
  /** The version asked for: list items of built-in kinds do not say it themselves. */
  readonly version: string
  /** e.g. `VirtualService`. */
  readonly kubernetesKind: string
  readonly sharing: Sharing
}
