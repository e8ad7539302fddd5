/**
 * What a viewer sees, as a table of namespaces and clusters. It is made of the viewer's own scope: what is not seen is not
 * named, and a cell never tells what does not exist from what may not be seen.
 */
import type { AccessAnswer, ClusterAccess } from '@binocle/api/access'
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { isSelected } from '../mesh/consoleNamespaces.ts'
import type { Mesh } from '../model.ts'
import { toldTrouble, undecided } from './visible.ts'

/** GET /api/multicluster/access */
export function myAccess(mesh: Mesh, scope: Scope): AccessAnswer {
  const byName = new Map<string, ClusterName[]>()
  const clusters = mesh.clusters
    .list()
    .filter(({ name, state }) => state !== 'telemetry-only' && scope.seesCluster(name) !== 'no')
    .map((cluster) => clusterAccess(mesh, scope, cluster, byName))
  const readOnly = readOnlyOf(mesh)
  return {
    clusters,
    namespaces: [...byName]
      .map(([name, seenIn]) => ({ name, clusters: seenIn }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(readOnly === undefined ? {} : { readOnly }),
  }
}

/** Adds what is seen to `byName`. One namespace in doubt makes the cluster unknown: a cell alone would tell that it exists. */
function clusterAccess(
  mesh: Mesh,
  scope: Scope,
  { name: cluster, home }: Cluster,
  byName: Map<string, ClusterName[]>,
): ClusterAccess {
  let isOpen = scope.seesCluster(cluster) === 'unknown' || !isRead(mesh, cluster)
  for (const namespace of mesh.inventory.all('namespaces', cluster)) {
    const { name } = namespace
    const seen = scope.sees({ cluster, namespace: name })
    if (seen === 'no' || !isSelected(mesh, namespace)) continue
    if (seen === 'unknown') isOpen = true
    else if (byName.get(name)?.push(cluster) === undefined) byName.set(name, [cluster])
  }
  const cause = toldTrouble(mesh, scope, cluster) ?? (isOpen ? undecided(cluster) : undefined)
  return { name: cluster, home, access: isOpen ? 'unknown' : 'yes', ...(cause === undefined ? {} : { cause }) }
}

/** It was told once which namespaces there are; old facts are facts. */
function isRead({ inventory }: Mesh, cluster: ClusterName): boolean {
  const { state } = inventory.state('namespaces', cluster)
  return state === 'live' || state === 'stale' || inventory.count('namespaces', cluster) > 0
}

function readOnlyOf({ config: { auth, deployment } }: Mesh): AccessAnswer['readOnly'] {
  if (deployment.viewOnlyMode) return 'view-only'
  return auth.strategy === 'anonymous' && !auth.anonymous.allowWrites ? 'anonymous' : undefined
}
