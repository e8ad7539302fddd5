/** A source of clusters: says which there are, and tells when that changes. Sources know nothing of connections. */
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import type { SecretRights } from '../kube/secretPolicy.ts'
import type { ClusterSpec } from '../kube/spec.ts'

/** The part of the configuration that says which clusters there are. */
export interface KubernetesConfig {
  readonly kubernetes: Pick<
    Config['kubernetes'],
    'execProvider' | 'homeCluster' | 'kubeconfigs' | (typeof optional)[number]
  >
  readonly deployment?: Pick<Config['deployment'], 'discoverySelectors'>
}

const optional = [
  'declared',
  'inCluster',
  'nameOverrides',
  'secretRights',
  'secretsFolder',
  'usersServer',
  'watchedSecrets',
] as const

/** What the kubeconfig of a Secret may ask for, by the cluster it is for. */
export type RightsOf = (cluster: ClusterName) => SecretRights

export interface ClusterSource {
  /** In the order of declaration. */
  readonly specs: readonly ClusterSpec[]
  /** The cluster that this source takes for home. `undecided`: it will, and does not know its name yet. */
  readonly home?: ClusterName | 'undecided' | undefined
  stop(): void
}
