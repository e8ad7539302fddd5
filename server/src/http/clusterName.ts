/** The parameter `clusterName` of Kiali's routes: one cluster; absent = the home cluster. */
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import type { Mesh } from '../model.ts'
import type { Parameters } from './parameters.ts'

/** Unchecked; '' when no cluster is configured at all. */
export function clusterOf(mesh: Mesh, query: Parameters): ClusterName {
  return query.text('clusterName') || homeOf(mesh)
}

/** Throws BIN-QUERY-CLUSTER for a cluster that is not part of the mesh or that the viewer may not know. */
export function knownCluster(mesh: Mesh, scope: Scope, query: Parameters): ClusterName {
  const cluster = clusterOf(mesh, query)
  checkCluster(mesh, scope, cluster)
  return cluster
}

export function checkCluster(mesh: Mesh, scope: Scope, cluster: ClusterName): void {
  if (mesh.clusters.get(cluster) !== undefined && scope.seesCluster(cluster) !== 'no') return
  const known = mesh.clusters
    .list()
    .map(({ name }) => name)
    .filter((name) => scope.seesCluster(name) !== 'no')
  throw new BinocleError('BIN-QUERY-CLUSTER', `cluster [${cluster}] is not found or is not accessible for Kiali`, {
    remedy: known.length > 0 ? `Use one of: ${known.join(', ')}.` : 'No cluster is configured.',
  })
}

/** Home is only a word of Kiali's clients: the cluster meant where they name none. */
export const homeOf = (mesh: Mesh): ClusterName => mesh.clusters.list().find(({ home }) => home)?.name ?? ''
