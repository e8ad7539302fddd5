/** What a person may see in each cluster: the page `My access`. What they may change is asked of `/api/istio/permissions`. */
import type { ClusterName } from './identity.ts'
import type { Problem } from './problem.ts'

/** GET /api/multicluster/access. Names no cluster and no namespace that the viewer may not see. */
export interface AccessAnswer {
  /** Home first, then by name. */
  clusters: ClusterAccess[]
  /** Every namespace that is seen in some cluster, in order of name. */
  namespaces: NamespaceAccess[]
  /** Why nothing may be changed, whatever the clusters would allow; absent: they decide. */
  readOnly?: 'anonymous' | 'view-only'
}

export interface ClusterAccess {
  name: ClusterName
  home: boolean
  /**
   * `yes`: it is decided; a namespace without this cluster is not there, or not for this person, and nobody tells which.
   * `unknown`: of namespaces without this cluster nobody can say now.
   */
  access: 'unknown' | 'yes'
  /** Why it is unknown, or why what is known may be old. */
  cause?: Problem
}

export interface NamespaceAccess {
  name: string
  /** Where it is seen, in the order of the clusters. */
  clusters: ClusterName[]
}
