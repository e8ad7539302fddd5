/** Login, as Kiali's clients know it. */

export type AuthStrategy = 'anonymous' | 'header' | 'openid' | 'openshift' | 'token'

/** GET /api/auth/info. Without a valid session `sessionInfo` is `{}`. */
export interface AuthInfo {
  authorizationEndpoint?: string
  authorizationEndpointPerCluster?: Record<string, string>
  impersonationEnabled?: true
  sessionInfo: {
    /** Clusters with a login. `expiresOn` is ours: as below, where the logins end at different times. */
    clusterInfo?: Record<string, { expiresOn?: string; name?: string }>
    /** RFC 1123 with a numeric zone. */
    expiresOn?: string
    username?: string
  }
  strategy: AuthStrategy
}
