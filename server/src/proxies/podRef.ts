/** Which pod is asked. */
import type { NamespaceRef } from '@binocle/api/identity'

export interface PodRef extends NamespaceRef {
  readonly name: string
}
