/** Which clusters there are, and how each of them is. Sources of clusters fill it; pages and projections read it. */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterStateName } from '@binocle/api/multicluster'
import type { Problem } from '@binocle/api/problem'
import type { Kind } from '../inventory/inventory.ts'
import type { KindStats } from './kindWatch.ts'

/** Times are Unix ms. */
export interface Cluster {
  readonly name: ClusterName
  /** Home only for Kiali's clients; see `config.kubernetes.homeCluster`. */
  readonly home: boolean
  /** We hold a credential for it. */
  readonly accessible: boolean
  readonly apiEndpoint: string
  /** The remote-cluster secret it came from; '' for a kubeconfig context. */
  readonly secretName: string
  readonly state: ClusterStateName
  readonly cause?: Problem
  readonly since: number
  readonly lastProbe?: number
  readonly lastSync?: number
  readonly kubernetesVersion?: string
  /** What is odd about how it was declared, and does not keep it from working. */
  readonly notes?: readonly Problem[]
  /** Told once, when it is no longer part of the mesh. */
  readonly gone?: true
}

export interface Clusters {
  /** Home first, then by name. */
  list(): readonly Cluster[]
  get(name: ClusterName): Cluster | undefined
  /** Also tells of clusters that came and, by `gone`, of those that went. */
  onChange(listener: (cluster: Cluster) => void): () => void
  /** Probes at once instead of at the next turn of the backoff. */
  retry(name: ClusterName): void
  /** Live counters; absent in twins that only list. */
  stats?(): readonly ClusterStats[]
  /** Why a source of clusters cannot be read now. */
  sourceProblems?(): readonly Problem[]
}

export interface ClusterStats {
  readonly cluster: ClusterName
  /** Who declares it, in words. */
  readonly origin: string
  readonly kinds: ReadonlyMap<Kind, KindStats>
}
