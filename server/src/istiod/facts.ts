/**
 * What istiods say: the types that the rest of the server reads. Who asks them, and when, is `proxies.ts`'s business: a
 * reader never waits, and sees for each fact its value, its age, or why there is none.
 */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Known } from '@binocle/api/known'

/** What one istiod pod said. */
export interface IstiodFacts {
  /** `/ready` answered 200. */
  readonly ready: Known<boolean>
  /** The line of `/version`, e.g. `1.30.1-d754c8b-Clean`. */
  readonly version: Known<string>
  /** `/debug/clusterz`: the clusters whose API it reads. */
  readonly remotes: Known<readonly RemoteCluster[]>
  /** How many proxies `/debug/syncz` lists: those connected to this very pod. */
  readonly proxies: Known<number>
}

export interface RemoteCluster {
  readonly id: ClusterName
  /** `namespace/name` of Istio's remote secret; '' for the cluster whose configuration it reads. */
  readonly secretName: string
  readonly syncStatus: 'closed' | 'synced' | 'syncing' | 'timeout'
}

export interface IstiodFactsSource {
  /** Grows whenever any fact changes. */
  readonly version: number
  /** undefined = the pod was never asked. */
  facts(at: NamespaceRef, pod: string): IstiodFacts | undefined
}

/** For where nobody asks istiods. */
export const silentIstiods: IstiodFactsSource = { version: 0, facts: () => undefined }
