/** A cluster as Kiali's documents name it, with the consoles that run in it. */
import type { KialiInstance, KubeCluster } from '@binocle/api/config'
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { Cluster } from '../clusters/clusters.ts'
import type { KialiUrl } from '../config/config.ts'
import type { Inventory } from '../inventory/inventory.ts'

/** `urls`: `clustering.kiali_urls`, for consoles that say no address, or live where we have no access. */
export function kubeCluster(
  inventory: Inventory,
  scope: Scope,
  cluster: Cluster,
  urls: readonly KialiUrl[] = [],
): KubeCluster {
  const known = scope.seesCluster(cluster.name) === 'yes'
  return {
    accessible: cluster.accessible,
    // How it is reached is not for those whom the cluster itself does not confirm.
    apiEndpoint: known ? cluster.apiEndpoint : '',
    isKialiHome: cluster.home,
    kialiInstances: withUrls(kialiInstances(inventory, scope, cluster.name), urls, cluster.name),
    name: cluster.name,
    secretName: known ? cluster.secretName : '',
  }
}

/** A stated address beats that of the Service it names; one that names none found is a console of its own. */
function withUrls(found: KialiInstance[] | null, urls: readonly KialiUrl[], of: ClusterName): KialiInstance[] | null {
  const stated = urls.filter(({ cluster }) => cluster === of)
  if (stated.length === 0) return found
  const isOf = (url: KialiUrl, { serviceName, namespace }: KialiInstance): boolean =>
    url.instanceName === serviceName && url.namespace === namespace
  const instances = (found ?? []).map((instance) => {
    const url = stated.find((each) => isOf(each, instance))
    return url === undefined ? instance : { ...instance, url: url.url }
  })
  const others = stated
    .filter((url) => !instances.some((instance) => isOf(url, instance)))
    .map(({ instanceName, namespace, url }) => ({
      namespace,
      operatorResource: '',
      serviceName: instanceName,
      url,
      version: '',
    }))
  return [...instances, ...others]
}

/** Services of Kiali installations, found anew only when the cluster's services changed. */
function kialiInstances(inventory: Inventory, scope: Scope, cluster: ClusterName): KialiInstance[] | null {
  const version = inventory.kindVersion('services', cluster)
  const ofInventory = instances.get(inventory) ?? new Map<ClusterName, FoundInstances>()
  instances.set(inventory, ofInventory)
  let known = ofInventory.get(cluster)
  if (known?.version !== version) {
    known = { version, found: findInstances(inventory, cluster) }
    ofInventory.set(cluster, known)
  }
  const visible = known.found.filter(({ namespace }) => scope.sees({ cluster, namespace }) === 'yes')
  return visible.length > 0 ? visible : null
}

interface FoundInstances {
  readonly version: number
  readonly found: readonly KialiInstance[]
}

const instances = new WeakMap<Inventory, Map<ClusterName, FoundInstances>>()

function findInstances(inventory: Inventory, cluster: ClusterName): KialiInstance[] {
  const found: KialiInstance[] = []
  for (const { annotations, labels, name, namespace } of inventory.all('services', cluster)) {
    if (labels['app.kubernetes.io/part-of'] !== 'kiali') continue
    found.push({
      namespace,
      operatorResource: annotations['operator-sdk/primary-resource'] ?? '',
      serviceName: name,
      url: annotations['kiali.io/external-url'] ?? '',
      version: labels['app.kubernetes.io/version'] ?? '',
    })
  }
  return found
}
