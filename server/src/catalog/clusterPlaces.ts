/** Each cluster's place in the mesh, of the clusters where the viewer sees it. */
import type { ClusterName } from '@binocle/api/identity'
import { lastValue } from '@binocle/api/known'
import type { Scope } from '../access/scope.ts'
import type { Kind } from '../inventory/inventory.ts'
import { allKinds, resources } from '../inventory/kinds.ts'
import type { Namespace } from '../inventory/objects.ts'
import { type Root, rootsOf } from '../mesh/certificates.ts'
import { type ControlPlane, controlPlaneClusters } from '../mesh/controlPlanes.ts'
import type { Place } from '../mesh/findings.ts'
import { membership } from '../mesh/managedNamespaces.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { gatewaysIn, networkOf, statedGateways } from '../mesh/networks.ts'
import { roleOf } from '../mesh/roles.ts'
import type { Mesh } from '../model.ts'
import { seesAll, seesPlace, visibleNamespaces } from './visible.ts'

export function placesOf(mesh: Mesh, scope: Scope): ReadonlyMap<ClusterName, Place> {
  const { inventory } = mesh
  const facts = meshFactsOf(inventory)
  const unread = unreadClusters(mesh, scope)
  const places = new Map<ClusterName, Place>()
  for (const { home, name: cluster } of mesh.clusters.list()) {
    if (!seesPlace(mesh, scope, cluster)) continue
    const planes = facts.controlPlanesIn(cluster).filter((plane) => scope.sees(plane) === 'yes')
    const managers = facts.managersOf(cluster).filter((plane) => scope.sees(plane) === 'yes')
    const network = networkOf(inventory, facts, cluster)
    const role = roleOf(inventory, facts, cluster, home)
    places.set(cluster, {
      cluster,
      role,
      asksForMesh: role === 'unmanaged' && asksForMesh(inventory.all('namespaces', cluster)),
      network,
      gateways: [...gatewaysIn(inventory, cluster), ...statedGateways(managers, network)].filter(
        ({ kind, namespace }) => kind === 'meshNetworks' || scope.sees({ cluster, namespace }) === 'yes',
      ),
      planes,
      managers,
      roots: rootsIn(mesh, cluster, [...planes, ...managers]),
      istioObjects: istioObjects(mesh, scope, cluster),
      unread: unread.get(cluster) ?? [],
    })
  }
  return places
}

function asksForMesh(namespaces: Iterable<Namespace>): boolean {
  for (const { annotations, labels } of namespaces)
    if (membership(labels) !== '' || annotations[controlPlaneClusters] !== undefined) return true
  return false
}

/** What istiod gives to the workloads of the cluster: its copy in the system namespace of that very cluster. */
function rootsIn({ inventory }: Mesh, cluster: ClusterName, planes: readonly ControlPlane[]): readonly Root[] {
  for (const { namespace } of planes) {
    const roots = inventory.get('configmaps', { cluster, namespace }, 'istio-ca-root-cert')
    if (roots !== undefined) return rootsOf(roots).filter(({ error }) => error === '')
  }
  return []
}

/** Kinds that only istiod acts on. WorkloadEntries are made by istiod itself, wherever a virtual machine joins. */
const istioKinds: readonly Kind[] = allKinds.filter(
  (kind) => resources[kind].group.endsWith('.istio.io') && !kind.startsWith('workloadentries.'),
)

/** Those that the viewer may see. */
function istioObjects(mesh: Mesh, scope: Scope, cluster: ClusterName): number {
  const { inventory } = mesh
  const sum = (count: (kind: Kind) => number) => istioKinds.reduce((total, kind) => total + count(kind), 0)
  if (seesAll(mesh, scope, cluster)) return sum((kind) => inventory.count(kind, cluster))
  const namespaces = visibleNamespaces(mesh, scope, cluster)
  return sum((kind) =>
    namespaces.reduce((total, { name }) => total + inventory.in(kind, { cluster, namespace: name }).length, 0),
  )
}

type Unread = { readonly by: string; readonly syncStatus: string }

/** By cluster, the istiods that say they are not in step with it. */
function unreadClusters(mesh: Mesh, scope: Scope): ReadonlyMap<ClusterName, readonly Unread[]> {
  const found = new Map<ClusterName, Unread[]>()
  for (const plane of meshFactsOf(mesh.inventory).controlPlanes) {
    if (scope.sees(plane) !== 'yes') continue
    for (const { facts, pod } of mesh.istiodFacts?.ofRevision(plane, plane.revision) ?? []) {
      for (const { id, syncStatus } of lastValue(facts.remotes) ?? []) {
        if (syncStatus === 'synced') continue
        const unread = found.get(id) ?? []
        found.set(id, [...unread, { by: `${pod} of ${plane.cluster}`, syncStatus }])
      }
    }
  }
  return found
}
