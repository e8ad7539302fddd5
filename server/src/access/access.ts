/** From a login to a viewer: what the clusters say that this person may see. */
import { anonymousViewer } from './anonymous.ts'
import type { Login } from './login.ts'
import type { Viewer } from './scope.ts'

export interface Access {
  /**
   * Asks each cluster what the login may see, unless it is known and young. Never throws because of a cluster: one that
   * cannot answer yields 'unknown'.
   */
  viewerOf(login: Login): Promise<Viewer>
}

export function createAccess(): Access {
  return { viewerOf: (login) => Promise.resolve({ ...anonymousViewer, login }) }
}
