/**
 * The few objects of a cluster that its place in the mesh follows from, found anew only when their kind changed there.
 * As long as the same objects are found, the same list is returned: a rollout of some application costs a look at its
 * cluster's Deployments, and no discovery.
 */
import type { ClusterName } from '@binocle/api/identity'
import type { Inventory, Kind, Kinds } from '../inventory/inventory.ts'
import type { Controller, Namespace, Webhook } from '../inventory/objects.ts'

export interface Evidence {
  /** Deployments labelled `app=istiod`, in order of namespace and name. */
  readonly istiods: readonly Controller[]
  /** DaemonSets labelled `app=ztunnel`. */
  readonly ztunnels: readonly Controller[]
  /** Webhook configurations that are revision tags. */
  readonly tags: readonly Webhook[]
  /** In order of name. */
  readonly namespaces: readonly Namespace[]
}

export function evidenceOf(inventory: Inventory, cluster: ClusterName): Evidence {
  return {
    istiods: istiods(inventory, cluster),
    ztunnels: ztunnels(inventory, cluster),
    tags: tags(inventory, cluster),
    namespaces: namespaces(inventory, cluster),
  }
}

const istiods = finder('deployments.apps', ({ labels }) => labels.app === 'istiod')
const ztunnels = finder('daemonsets.apps', ({ labels }) => labels.app === 'ztunnel')
const tags = finder(
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ({ labels }) => labels['istio.io/tag'] !== undefined,
)
const namespaces = finder('namespaces', () => true)

interface Found<T> {
  version: number
  readonly objects: readonly T[]
}

/** Finds a cluster's objects of a kind that are wanted, and keeps the list while it stays the same. */
export function finder<K extends Kind>(kind: K, wanted: (object: Kinds[K]) => boolean) {
  const kept = new WeakMap<Inventory, Map<ClusterName, Found<Kinds[K]>>>()
  return (inventory: Inventory, cluster: ClusterName): readonly Kinds[K][] => {
    const ofInventory = kept.get(inventory) ?? new Map<ClusterName, Found<Kinds[K]>>()
    kept.set(inventory, ofInventory)
    const version = inventory.kindVersion(kind, cluster)
    const last = ofInventory.get(cluster)
    if (last?.version === version) return last.objects
    const objects: Kinds[K][] = []
    for (const object of inventory.all(kind, cluster)) if (wanted(object)) objects.push(object)
    objects.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
    if (last !== undefined && same(last.objects, objects)) {
      last.version = version
      return last.objects
    }
    ofInventory.set(cluster, { version, objects })
    forget(ofInventory, inventory.clusters())
    return objects
  }
}

/** Clusters come and go. */
function forget(byCluster: Map<ClusterName, unknown>, clusters: readonly ClusterName[]): void {
  if (byCluster.size <= clusters.length) return
  for (const cluster of byCluster.keys()) if (!clusters.includes(cluster)) byCluster.delete(cluster)
}

const same = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
