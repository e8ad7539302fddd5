/** From a login to a viewer: what the clusters say that this person may see. */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import { anonymousViewer } from './anonymous.ts'
import type { Login } from './login.ts'
import type { Viewer } from './scope.ts'

export interface Access {
  /**
   * Asks each cluster what the login may see, unless it is known and young. Never throws because of a cluster: one that
   * cannot answer yields 'unknown'.
   */
  viewerOf(login: Login): Promise<Viewer>
  /** The same for one cluster, in a form that a login can be judged by: is the credential good, is there anything to see? */
  visible(login: Login, cluster: ClusterName): Promise<Visible>
}

export type Visible =
  /** Decided; there may be nothing to see. In order of name. */
  | { readonly state: 'known'; readonly namespaces: readonly string[] }
  /** The cluster does not know the credential (401). */
  | { readonly state: 'rejected' }
  /** The credential may not even ask what it may do (403), e.g. because the console may not act as this person. */
  | { readonly state: 'forbidden'; readonly cause: Problem }
  /** The cluster cannot answer now. */
  | { readonly state: 'unknown'; readonly cause: Problem }
  /** There is no such cluster, or no credential for it. */
  | { readonly state: 'absent' }

export function createAccess(): Access {
  return {
    viewerOf: (login) => Promise.resolve({ ...anonymousViewer, login }),
    visible: () => Promise.resolve({ state: 'absent' }),
  }
}
