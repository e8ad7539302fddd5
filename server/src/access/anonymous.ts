/** The anonymous strategy: everybody sees what the console's own service accounts see. */
import { anonymousLogin } from './login.ts'
import type { Scope, Viewer } from './scope.ts'

const everything: Scope = { key: 'anonymous', seesCluster: () => 'yes', sees: () => 'yes' }

export const anonymousViewer: Viewer = { name: 'anonymous', scope: everything, login: anonymousLogin }
