/** How a kubeconfig is to be read, and what it may reach for: that depends on who could write it. */
import type { ClusterName } from '@binocle/api/identity'

export interface KubeconfigOptions {
  /** Relative paths inside are relative to its folder. */
  readonly folder: string
  /** What the file is called in messages. */
  readonly file: string
  /** Empty: the current one. `*`: all. */
  readonly contexts: readonly string[]
  /** The cluster's name in the mesh; absent: the name of the kubeconfig's cluster. */
  readonly nameOf?: (context: string, cluster: string) => ClusterName
  readonly execProvider: { readonly enabled: boolean; readonly allow: readonly string[] }
  /** Throws when it cannot be read. */
  readonly readFile: (path: string) => string
  /**
   * Which files it may name; absent = any. `none`: it came over the network from whoever may write a Secret. `folder`:
   * it is mounted, and may name what is mounted with it.
   */
  readonly files?: 'folder' | 'none'
}
