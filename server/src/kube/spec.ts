/** One cluster that somebody wants to be part of the mesh: how to reach it, or why it cannot be reached. */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import type { ClusterAccess } from './access.ts'

export type ClusterSpec = RefusedSpec | UsableSpec

export interface UsableSpec extends Origin {
  readonly name: ClusterName
  readonly access: ClusterAccess
}

export interface RefusedSpec extends Origin {
  readonly name: ClusterName
  /** As far as it is known; else ''. */
  readonly server: string
  readonly problem: Problem
  /** Nobody gave us a credential for it: it is only named, by configuration or by telemetry. */
  readonly only?: 'declared' | 'telemetry'
}

export interface Origin {
  /** Who declares it, in words for messages: `kubeconfig /etc/kube/config`, `Secret istio-system/west`. */
  readonly origin?: string
  /** The remote-cluster Secret it came from. */
  readonly secretName?: string
  /** What is odd about its declaration, and does not keep it from working. */
  readonly notes?: readonly Problem[]
}
