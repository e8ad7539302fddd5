/** Which clusters and namespaces a viewer sees, and the answer to whoever asks for another one. */
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import { hasClusterAccess, type MeshAccessFacts, seesSystem } from '../access/meshAccess.ts'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import type { Namespace } from '../inventory/objects.ts'
import { isSelected } from '../mesh/consoleNamespaces.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'

/** In order: home first, then by name. */
export function visibleClusters({ clusters }: Mesh, scope: Scope): readonly ClusterName[] {
  return clusters
    .list()
    .filter(({ name }) => scope.seesCluster(name) !== 'no')
    .map(({ name }) => name)
}

/** In order of name, which is the inventory's. */
export function visibleNamespaces(mesh: Mesh, scope: Scope, cluster: ClusterName): readonly Namespace[] {
  return mesh.inventory
    .in('namespaces', { cluster, namespace: '' })
    .filter((namespace) => isSelected(mesh, namespace) && scope.sees({ cluster, namespace: namespace.name }) === 'yes')
}

/** No namespace that the console shows is kept from the viewer: what counts all of the cluster may be told. */
export function seesAll(mesh: Mesh, scope: Scope, cluster: ClusterName): boolean {
  for (const namespace of mesh.inventory.all('namespaces', cluster))
    if (isSelected(mesh, namespace) && scope.sees({ cluster, namespace: namespace.name }) !== 'yes') return false
  return true
}

/** The namespaces of a list: those of the filter that exist and may be seen; no filter = all. */
export function listedNamespaces(
  mesh: Mesh,
  scope: Scope,
  cluster: ClusterName,
  filter: readonly string[] | undefined,
): readonly NamespaceRef[] {
  if (filter === undefined || filter.length === 0) {
    return visibleNamespaces(mesh, scope, cluster).map(({ name }) => ({ cluster, namespace: name }))
  }
  return [...new Set(filter)].flatMap((namespace) => {
    const at = { cluster, namespace }
    return findNamespace(mesh, scope, at) === undefined ? [] : [at]
  })
}

export function findNamespace(mesh: Mesh, scope: Scope, at: NamespaceRef): Namespace | undefined {
  if (scope.sees(at) !== 'yes') return undefined
  const found = mesh.inventory.get('namespaces', { cluster: at.cluster, namespace: '' }, at.namespace)
  return found !== undefined && isSelected(mesh, found) ? found : undefined
}

/** The namespace, or an error that does not tell what does not exist from what may not be seen. */
export function namespaceAt(mesh: Mesh, scope: Scope, at: NamespaceRef): Namespace {
  if (mesh.clusters.get(at.cluster) === undefined || scope.seesCluster(at.cluster) === 'no') {
    throw new BinocleError('BIN-QUERY-CLUSTER', `cluster [${at.cluster}] is not found or is not accessible for Kiali`, {
      remedy: 'Name a cluster of GET /api/multicluster/clusters.',
    })
  }
  const namespace = findNamespace(mesh, scope, at)
  if (namespace === undefined) {
    throw new BinocleError('BIN-NOT-FOUND', `namespaces "${at.namespace}" not found`, { cluster: at.cluster })
  }
  return namespace
}

/** The viewer may read what is of no namespace of this cluster: how it is followed, why it fails, its nodes. */
export const seesWhole = (mesh: Mesh, scope: Scope, cluster: ClusterName): boolean =>
  hasClusterAccess(scope, accessFacts(mesh), cluster)

/** The viewer may read what the cluster's control planes are told and tell: its place in the mesh. */
export const seesPlace = (mesh: Mesh, scope: Scope, cluster: ClusterName): boolean =>
  seesSystem(scope, accessFacts(mesh), cluster) === true

/** Namespaces that the console does not show are nobody's to see: they decide nothing. */
function accessFacts(mesh: Mesh): MeshAccessFacts {
  const { clusters, config, inventory } = mesh
  const facts = meshFactsOf(inventory)
  const exists = (cluster: ClusterName) => (namespace: string) => {
    const found = inventory.get('namespaces', { cluster, namespace: '' }, namespace)
    return found !== undefined && isSelected(mesh, found)
  }
  return {
    // Asked of the few clusters of which nothing is known.
    get home() {
      return clusters.list().find(({ home }) => home)?.name
    },
    rootNamespace: config.istio.rootNamespace,
    systemNamespaces(cluster) {
      const own = facts.controlPlanesIn(cluster).map(({ namespace }) => namespace)
      if (own.length > 0) return own
      const managers = facts.managersOf(cluster).map(({ namespace }) => namespace)
      return [...managers, config.istio.rootNamespace].filter(exists(cluster))
    },
    *namespaces(cluster) {
      for (const namespace of inventory.all('namespaces', cluster))
        if (isSelected(mesh, namespace)) yield namespace.name
    },
  }
}

/**
 * Why facts of a cluster are old or missing for this viewer, in the words that he may hear: the cause is for who looks
 * after the cluster.
 */
export function toldTrouble(mesh: Mesh, scope: Scope, cluster: ClusterName): Problem | undefined {
  const trouble = clusterTrouble(mesh, cluster)
  if (trouble !== undefined) return seesWhole(mesh, scope, cluster) ? trouble : silence(mesh, cluster)
  return scope.seesCluster(cluster) === 'unknown' ? undecided(cluster) : undefined
}

export const undecided = (cluster: ClusterName): Problem => ({
  code: 'BIN-AUTH-UNAVAILABLE',
  message: `${cluster} does not say now what you may see there.`,
  remedy: 'Try again in some seconds.',
  cluster,
})

const silence = (mesh: Mesh, cluster: ClusterName): Problem => ({
  code: 'BIN-CLUSTER-UNREACHABLE',
  message:
    mesh.clusters.get(cluster)?.state === 'syncing'
      ? `${cluster} is being read for the first time.`
      : `${cluster} does not answer.`,
  cluster,
})

/** Why facts of a cluster are old or missing; undefined while it answers. Whom it is told: `toldTrouble`. */
export function clusterTrouble(mesh: Mesh, cluster: ClusterName): Problem | undefined {
  const found = mesh.clusters.get(cluster)
  if (
    found === undefined ||
    found.state === 'reachable' ||
    found.state === 'degraded' ||
    found.state === 'telemetry-only'
  ) {
    return undefined
  }
  return found.cause ?? silence(mesh, cluster)
}
