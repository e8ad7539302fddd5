/** A cluster as Kiali's documents name it, with the consoles that run in it. */
import type { KialiInstance, KubeCluster } from '@binocle/api/config'
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { Cluster } from '../clusters/clusters.ts'
import type { Inventory } from '../inventory/inventory.ts'

export function kubeCluster(inventory: Inventory, scope: Scope, cluster: Cluster): KubeCluster {
  return {
    accessible: cluster.accessible,
    apiEndpoint: cluster.apiEndpoint,
    isKialiHome: cluster.home,
    kialiInstances: kialiInstances(inventory, scope, cluster.name),
    name: cluster.name,
    secretName: cluster.secretName,
  }
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
