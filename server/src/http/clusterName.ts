/** The parameter `clusterName` of Kiali's routes: one cluster; absent = the home cluster. */
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { seesWhole } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import type { Mesh } from '../model.ts'
import type { Parameters } from './parameters.ts'

/** Unchecked; '' when no cluster is configured at all. */
function clusterOf(mesh: Mesh, query: Parameters): ClusterName {
  return query.text('clusterName') || homeOf(mesh)
}

/** Throws BIN-QUERY-CLUSTER for a cluster that is not part of the mesh or that the viewer may not know. */
export function knownCluster(mesh: Mesh, scope: Scope, query: Parameters): ClusterName {
  const cluster = clusterOf(mesh, query)
  checkCluster(mesh, scope, cluster, query.text('clusterName'))
  return cluster
}

/** `named`: as the client wrote it. The home cluster's name is not told to who did not say it. */
export function checkCluster(mesh: Mesh, scope: Scope, cluster: ClusterName, named: string = cluster): void {
  if (mesh.clusters.get(cluster) !== undefined && scope.seesCluster(cluster) !== 'no') return
  const known = mesh.clusters
    .list()
    .map(({ name }) => name)
    .filter((name) => scope.seesCluster(name) !== 'no')
  throw new BinocleError('BIN-QUERY-CLUSTER', `cluster [${named}] is not found or is not accessible for Kiali`, {
    remedy: known.length > 0 ? `Use one of: ${known.join(', ')}.` : 'No cluster is configured, or you may see none.',
  })
}

/** The same for what only they are told, or may start, who look after the cluster. */
export function checkWholeCluster(mesh: Mesh, scope: Scope, cluster: ClusterName): void {
  checkCluster(mesh, scope, cluster)
  if (seesWhole(mesh, scope, cluster)) return
  throw new BinocleError('BIN-QUERY-CLUSTER', `You do not look after cluster [${cluster}].`, {
    status: 403,
    remedy: 'Ask for the right to see the namespace of its control plane.',
  })
}

/** Home is only a word of Kiali's clients: the cluster meant where they name none. */
export const homeOf = (mesh: Mesh): ClusterName => mesh.clusters.list().find(({ home }) => home)?.name ?? ''
