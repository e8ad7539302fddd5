/** As whom one cluster's API server is asked for a person. Strategies make it (`auth/`); `userApis.ts` uses it. */
import type { ClusterName } from '@binocle/api/identity'
import type { Impersonation } from '../kube/access.ts'

export type { Impersonation } from '../kube/access.ts'

/** It names its cluster: used against another one it is refused. No part of it is ever sent to a client. */
export type ClusterCredential = { readonly cluster: ClusterName } & (
  | /** The console's own account of that cluster. */ { readonly kind: 'console' }
  /** A person's own token; nothing of the console's credential goes along. */
  | { readonly kind: 'bearer'; readonly token: string; readonly impersonate?: Impersonation }
  /** The console's account of that cluster, acting as the person. */
  | { readonly kind: 'impersonated'; readonly impersonate: Impersonation }
)
