/**
 * What istiods say: the types that the rest of the server reads. Who asks them, and when, is `watch.ts`'s business: a
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
  /** `/debug/registryz`. Asked seldom: its size is that of the mesh. */
  readonly registry: Known<RegistryCounts>
  /** `/debug/configz`. Asked seldom: its size is that of the mesh's configuration. */
  readonly config: Known<ConfigCounts>
}

export interface RemoteCluster {
  readonly id: ClusterName
  /** `namespace/name` of Istio's remote secret; '' for the cluster whose configuration it reads. */
  readonly secretName: string
  readonly syncStatus: 'closed' | 'synced' | 'syncing' | 'timeout'
}

/** The services that an istiod knows. */
export interface RegistryCounts {
  readonly services: number
  /** Services with an address in a cluster; a cluster that it does not read is missing. */
  readonly byCluster: Readonly<Record<ClusterName, number>>
}

/** The Istio objects that an istiod acts on. */
export interface ConfigCounts {
  readonly objects: number
  readonly byKind: Readonly<Record<string, number>>
}

export interface IstiodFactsSource {
  /** Grows whenever any fact changes; that a fact was said again is no change. */
  readonly version: number
  /** undefined = there is no such istiod pod, or nobody asks it. */
  facts(at: NamespaceRef, pod: string): IstiodFacts | undefined
  /** The pods of one control plane, by its revision label ('' without one), with what each said. */
  ofRevision(at: NamespaceRef, revision: string): readonly { readonly pod: string; readonly facts: IstiodFacts }[]
}
