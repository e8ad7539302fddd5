/**
 * Who may see what. Domain code that returns mesh data takes a `Scope`; there is no default one. A cluster that cannot
 * answer yields 'unknown', never 'yes'.
 */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Login } from './login.ts'

export type Permission = 'yes' | 'no' | 'unknown'

export interface Scope {
  /** Changes whenever any answer of this scope may change: caches of projections are keyed by it. */
  readonly key: string
  /** May the viewer know that this cluster exists and read its cluster-wide facts? */
  seesCluster(cluster: ClusterName): Permission
  /** May the viewer read this namespace of this cluster? */
  sees(at: NamespaceRef): Permission
}

export interface Viewer {
  /** For the log and the page; the anonymous viewer's is `anonymous`. */
  readonly name: string
  readonly scope: Scope
  /** As whom clusters are asked and written for this viewer; absent for who has not logged in. */
  readonly login?: Login
}
