/** How one cluster's API server is reached, and as whom. Made by a source of clusters, e.g. a kubeconfig. */
import type { ClusterName } from '@binocle/api/identity'

export interface ClusterAccess {
  readonly cluster: ClusterName
  /** URL of the API server, without a trailing slash; it may have a path. */
  readonly server: string
  readonly tls: Tls
  readonly credential: Credential
  readonly impersonate?: Impersonation
  /** URL of an HTTP(S) proxy to tunnel through; it may hold the proxy's own credential. */
  readonly proxy?: string
  /** It came from a Secret: where its names may not lead. */
  readonly guard?: Guard
}

/** Where names of a Secret may lead. `loopback`: to this machine too, as on a laptop where all clusters are on it. */
export interface Guard {
  readonly loopback: boolean
}

export interface Tls {
  /** PEM. Undefined: the system's authorities. */
  readonly ca?: string
  readonly insecureSkipVerify: boolean
  readonly serverName?: string
  /** PEM of a client certificate and its key. */
  readonly client?: { readonly cert: string; readonly key: string }
}

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** Read anew when it changes. */
  | { readonly kind: 'tokenFile'; readonly file: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | ExecCredential

/** A program that prints a token. */
export interface ExecCredential {
  readonly kind: 'exec'
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly apiVersion: string
  /** It is told which cluster it is for (`provideClusterInfo`). */
  readonly tellsCluster?: boolean
}

export interface Impersonation {
  readonly user: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}
