/** What the kubeconfigs of Secrets may ask for: `clustering.allow_*`, by the name of the cluster. */
import type { ClusterName } from '@binocle/api/identity'
import type { Config } from '../config/config.ts'
import { barred } from '../kube/barredHosts.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import type { RightsOf } from './source.ts'

/**
 * `auto`: a Secret may name this machine where the operator's own kubeconfigs do. Then the clusters are on it, as with kind
 * on a laptop; a console in a pod has no such kubeconfig.
 */
export function secretRightsOf(
  config: Config['kubernetes']['secretRights'],
  ownKubeconfigs: () => readonly ClusterSpec[],
): RightsOf {
  const { insecureTls = [], proxy = [], loopback = 'auto' } = config ?? {}
  const covers = (names: readonly ClusterName[], cluster: ClusterName): boolean =>
    names.includes(cluster) || names.includes('*')
  return (cluster) => ({
    insecureTls: covers(insecureTls, cluster),
    proxy: covers(proxy, cluster),
    loopback: loopback === 'auto' ? ownKubeconfigs().some(isHere) : loopback === 'true',
  })
}

const isHere = (spec: ClusterSpec): boolean =>
  'access' in spec && barred(new URL(spec.access.server).hostname, { loopback: false }) === 'this machine'
