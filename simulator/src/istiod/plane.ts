/** One simulated control plane: an istiod of a cluster, what it reads, and whose proxies it serves. */
import type { SimCluster, SimIstiod, SimWorkload } from '../scenario.ts'
import { idOfIstiod, istiodsOf, nameOfIstiod, namespaceOfIstiod, servingIstiod } from '../system.ts'
import type { Topology } from '../topology.ts'

export interface Plane {
  readonly topology: Topology
  /** Where it runs. */
  readonly cluster: SimCluster
  readonly istiod: SimIstiod
  readonly workload: SimWorkload
  readonly namespace: string
  /** Under which it knows itself: the cluster whose configuration it reads. */
  readonly id: string
  /** The clusters of which there is a remote secret beside it. */
  readonly remotes: readonly SimCluster[]
  /** The clusters whose proxies connect to it. */
  readonly served: readonly SimCluster[]
}

/** The control planes that run in a cluster. */
export function planesOf(topology: Topology, cluster: SimCluster): readonly Plane[] {
  const { scenario } = topology
  return istiodsOf(cluster).flatMap((istiod) => {
    const namespace = namespaceOfIstiod(cluster, istiod)
    const workload = topology.workload({ cluster: cluster.name, namespace, workload: nameOfIstiod(istiod) })
    if (!workload) return []
    const id = idOfIstiod(cluster, istiod)
    const remotes = scenario.clusters.filter((other) => isRemote(cluster, namespace, id, other))
    const served = scenario.clusters.filter((other) => servingIstiod(scenario, other)?.istiod === istiod)
    return [{ topology, cluster, istiod, workload, namespace, id, remotes, served }]
  })
}

/** As the secrets beside it say (`objects/controlPlane.ts`). */
function isRemote(cluster: SimCluster, namespace: string, id: string, { name, outside }: SimCluster): boolean {
  if (outside) return false
  if (id !== cluster.name && name === cluster.name) return false
  return !istiodsOf(cluster).some(
    (one) => namespaceOfIstiod(cluster, one) === namespace && idOfIstiod(cluster, one) === name,
  )
}

/** The names of all clusters whose services it knows, its own first. */
export const knownTo = ({ id, remotes }: Plane): readonly string[] => [id, ...remotes.map(({ name }) => name)]
