/** The clusters of the mesh and how each is, for the strip at the top of every page (reference: ui.md 17.5). */
import type { ClusterName } from '@binocle/api/identity'
import { lastValue } from '@binocle/api/known'
import type { ClusterStatus } from '@binocle/api/multicluster'
import type { Scope } from '../access/scope.ts'
import type { Cluster } from '../clusters/clusters.ts'
import { matrixOf } from '../health/matrix.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import { type MeshFacts, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { namespaceFacts } from './namespaceFacts.ts'
import { visibleNamespaces } from './visible.ts'

/** Home first, then by name; without clusters the viewer may not know of. */
export function clusterStatuses(mesh: Mesh, scope: Scope): ClusterStatus[] {
  return mesh.clusters
    .list()
    .filter(({ name }) => scope.seesCluster(name) !== 'no')
    .map((cluster) => clusterStatus(mesh, scope, cluster))
}

export function clusterStatus(mesh: Mesh, scope: Scope, cluster: Cluster): ClusterStatus {
  const { name, state, cause, since, lastProbe, lastSync, kubernetesVersion, apiEndpoint } = cluster
  const facts = meshFactsOf(mesh.inventory)
  const snapshot = lastValue(mesh.traffic.current())
  const role = roleOf(facts, cluster)
  const network = networkOf(mesh, facts, name)
  const namespaces = visibleNamespaces(mesh, scope, name)
  let workloads = 0
  for (const namespace of namespaces) {
    workloads += namespaceFacts(mesh, { cluster: name, namespace: namespace.name }).workloads.length
  }
  return {
    name,
    home: cluster.home,
    state,
    ...(cause === undefined ? {} : { cause }),
    since,
    ...(lastProbe === undefined ? {} : { lastProbe }),
    ...(lastSync === undefined ? {} : { lastSync }),
    ...(snapshot !== undefined && matrixOf(snapshot).clusters.has(name)
      ? { lastMetrics: snapshot.window.end * 1000 }
      : {}),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(apiEndpoint === '' ? {} : { apiEndpoint }),
    ...(network === '' ? {} : { network }),
    ...(role === undefined ? {} : { role }),
    controlPlanes: facts
      .controlPlanesIn(name)
      .filter((plane) => scope.sees(plane) === 'yes')
      .map(controlPlane),
    namespaces: namespaces.length,
    workloads,
  }
}

function roleOf(facts: MeshFacts, { name, home }: Cluster): ClusterStatus['role'] {
  const planes = facts.controlPlanesIn(name)
  if (planes.some(({ id }) => id === name)) return 'primary'
  if (planes.length > 0) return 'external'
  if (facts.managersOf(name).length > 0) return 'remote'
  return home && facts.controlPlanes.length > 0 ? 'management' : undefined
}

/** Of its control plane, else of the system namespace: a remote's has the name of its primary's. */
function networkOf({ inventory }: Mesh, facts: MeshFacts, cluster: ClusterName): string {
  const [own] = facts.controlPlanesIn(cluster)
  if (own !== undefined && own.network !== '') return own.network
  const system = facts.managersOf(cluster)[0]?.namespace ?? 'istio-system'
  return inventory.get('namespaces', { cluster, namespace: '' }, system)?.labels['topology.istio.io/network'] ?? ''
}

function controlPlane({ name, namespace, revision, deployment }: ControlPlane): ClusterStatus['controlPlanes'][number] {
  const { desiredReplicas, availableReplicas } = deployment
  const version = imageVersion(deployment.template.containers[0]?.image ?? '')
  return {
    name,
    namespace,
    revision: revision || 'default',
    ...(version === '' ? {} : { version }),
    status: availableReplicas === 0 ? 'NotReady' : availableReplicas < desiredReplicas ? 'Unhealthy' : 'Healthy',
  }
}

/** The tag of an image without its variant: `1.30.1` of `pilot:1.30.1-distroless`. */
const imageVersion = (image: string): string => image.match(/:v?(\d+\.\d+[^-@/]*)[^/]*$/)?.[1] ?? ''
