/** Which part a cluster plays in the mesh, from the signals of multicluster.md 19. */
import type { ClusterName } from '@binocle/api/identity'
import type { ClusterStatus } from '@binocle/api/multicluster'
import type { Inventory } from '../inventory/inventory.ts'
import type { MeshFacts } from './mesh.ts'

export type Role = NonNullable<ClusterStatus['role']>

/**
 * undefined = it cannot be told: its Deployments are not known (yet). `isHome`: the console's own cluster, which without
 * control plane is the place that the mesh is managed from. A control plane under a wrong name serves nobody.
 */
export function roleOf(
  inventory: Inventory,
  facts: MeshFacts,
  cluster: ClusterName,
  isHome: boolean,
): Role | undefined {
  const planes = facts.controlPlanesIn(cluster)
  if (planes.some(({ id }) => id === cluster)) return 'primary'
  if (planes.some(({ managesExternal }) => managesExternal)) return 'external'
  const managers = facts.managersOf(cluster)
  if (managers.some(({ external, id }) => external && id === cluster)) return 'config'
  if (managers.length > 0) return 'remote'
  const { state } = inventory.state('deployments.apps', cluster)
  if (state !== 'live' && state !== 'stale') return undefined
  return isHome && planes.length === 0 && facts.controlPlanes.length > 0 ? 'management' : 'unmanaged'
}
