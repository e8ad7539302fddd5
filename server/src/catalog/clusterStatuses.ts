/**
 * The clusters of the mesh and how each is, for the strip at the top of every page and for the Clusters page (reference:
 * ui.md 17.5, multicluster.md 19).
 */
import type { ClusterName } from '@binocle/api/identity'
import { lastValue } from '@binocle/api/known'
import type { ClusterStatus } from '@binocle/api/multicluster'
import type { Problem } from '@binocle/api/problem'
import type { Scope } from '../access/scope.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { matrixOf } from '../health/matrix.ts'
import { allKinds } from '../inventory/kinds.ts'
import { findingsOf, type Place } from '../mesh/findings.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { clusterControlPlane } from './clusterControlPlanes.ts'
import { localityOf } from './clusterLocality.ts'
import { placesOf } from './clusterPlaces.ts'
import { seesAll, seesWhole, toldTrouble, visibleNamespaces } from './visible.ts'
import { workloadCount } from './workloadCount.ts'

/** Home first, then by name; without clusters the viewer may not know of. */
export function clusterStatuses(mesh: Mesh, scope: Scope): ClusterStatus[] {
  const places = placesOf(mesh, scope)
  return mesh.clusters
    .list()
    .filter(({ name }) => scope.seesCluster(name) !== 'no')
    .map((cluster) => statusOf(mesh, scope, cluster, places))
}

export function clusterStatus(mesh: Mesh, scope: Scope, cluster: Cluster): ClusterStatus {
  return statusOf(mesh, scope, cluster, placesOf(mesh, scope))
}

function statusOf(mesh: Mesh, scope: Scope, cluster: Cluster, places: ReadonlyMap<ClusterName, Place>): ClusterStatus {
  const { name, state, cause, since, lastProbe, lastSync, kubernetesVersion, apiEndpoint } = cluster
  const snapshot = lastValue(mesh.traffic.current())
  const namespaces = visibleNamespaces(mesh, scope, name)
  const whole = seesWhole(mesh, scope, name)
  let workloads = 0
  for (const namespace of namespaces) {
    workloads += workloadCount(mesh, { cluster: name, namespace: namespace.name })
  }
  return {
    name,
    home: cluster.home,
    state,
    ...(scope.seesCluster(name) === 'unknown' ? { access: 'unknown' as const } : {}),
    ...(cause === undefined ? {} : { cause: whole ? cause : (toldTrouble(mesh, scope, name) ?? untold(name)) }),
    since,
    ...(lastProbe === undefined ? {} : { lastProbe }),
    ...(lastSync === undefined ? {} : { lastSync }),
    ...(snapshot !== undefined && matrixOf(snapshot).clusters.has(name)
      ? { lastMetrics: snapshot.window.end * 1000 }
      : {}),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(apiEndpoint === '' || !(whole || scope.seesCluster(name) === 'yes') ? {} : { apiEndpoint }),
    controlPlanes: meshFactsOf(mesh.inventory)
      .controlPlanesIn(name)
      .filter((plane) => scope.sees(plane) === 'yes')
      .map((plane) => clusterControlPlane(mesh, scope, plane)),
    namespaces: namespaces.length,
    workloads,
    ...(whole ? wholeOf(mesh, scope, cluster, places) : {}),
  }
}

/** Something about it is not as it should be. */
const untold = (cluster: ClusterName): Problem => ({
  code: 'BIN-CLUSTER-FORBIDDEN',
  message: `Not everything in ${cluster} can be read.`,
  cluster,
})

/** What is of no namespace, for those who look after the cluster. */
function wholeOf(
  mesh: Mesh,
  scope: Scope,
  cluster: Cluster,
  places: ReadonlyMap<ClusterName, Place>,
): Partial<ClusterStatus> {
  const place = places.get(cluster.name)
  return {
    ...localityOf(mesh.inventory, cluster.name),
    ...(place === undefined ? {} : inMesh(mesh, place)),
    ...findings(cluster, place === undefined ? [] : findingsOf(place, [...places.values()], mesh.clock())),
    ...watched(mesh, scope, cluster.name),
  }
}

/** What is odd about how it is declared, then about its place in the mesh. */
function findings({ notes = [] }: Cluster, inMesh: readonly Problem[]): Pick<ClusterStatus, 'findings'> {
  const all = [...notes, ...inMesh]
  return all.length === 0 ? {} : { findings: all }
}

/** What follows from the control planes, its own and those that manage it. */
function inMesh(mesh: Mesh, place: Place): Partial<ClusterStatus> {
  const { cluster, gateways, managers, network, planes, role, roots } = place
  const plane = managers[0] ?? planes[0]
  const config = plane?.config
  const isRead = plane?.sources.standard !== undefined || plane?.sources.shared !== undefined
  const readable = roots.filter(({ error }) => error === '')
  return {
    ...(network === '' ? {} : { network }),
    ...(role === undefined ? {} : { role }),
    managedBy: managers
      .filter((plane) => plane.cluster !== cluster)
      .map(({ cluster: at, name, namespace, revision }) => ({
        cluster: at,
        name,
        namespace,
        revision: revision || 'default',
      })),
    ...(config === undefined
      ? {}
      : {
          ...(config.meshId === '' ? {} : { meshId: config.meshId }),
          // Unread configuration is not that of Istio's defaults: an external istiod has it in a file, for one.
          ...(isRead ? { trustDomain: config.trustDomain || 'cluster.local' } : {}),
          trustDomainAliases: [...config.trustDomainAliases],
        }),
    ...(readable.length === 0
      ? {}
      : {
          rootCertificates: readable.map(({ fingerprint, issuer, notAfter, notBefore }) => ({
            fingerprint,
            issuer,
            notBefore,
            notAfter,
          })),
        }),
    dataPlanes: dataPlanes(mesh, cluster),
    networkGateways: gateways.filter((gateway) => gateway.network === network || network === ''),
  }
}

/** By what namespaces ask for: a pod of its own may say otherwise. */
function dataPlanes({ inventory }: Mesh, cluster: ClusterName): ('ambient' | 'sidecar')[] {
  const facts = meshFactsOf(inventory)
  const sidecar = facts
    .managersOf(cluster)
    .some((plane) =>
      facts
        .namespacesOf(plane)
        .some(({ cluster: at, labels }) => at === cluster && labels['istio.io/dataplane-mode'] !== 'ambient'),
    )
  return [...(sidecar ? (['sidecar'] as const) : []), ...(facts.isAmbient(cluster) ? (['ambient'] as const) : [])]
}

/** How much of it is known. */
function watched(mesh: Mesh, scope: Scope, cluster: ClusterName): Partial<ClusterStatus> {
  const { inventory } = mesh
  let objects = 0
  const gaps: NonNullable<ClusterStatus['gaps']> = []
  for (const kind of allKinds) {
    objects += inventory.count(kind, cluster)
    const state = inventory.state(kind, cluster)
    if (state.state === 'failed' || state.state === 'forbidden' || state.state === 'stale')
      gaps.push({ kind, state: state.state, cause: state.cause })
  }
  return { ...(seesAll(mesh, scope, cluster) ? { objects } : {}), ...(gaps.length > 0 ? { gaps } : {}) }
}
