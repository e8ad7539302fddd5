/** GET /api/istio/status: Istio's components and what the console uses, as the masthead of Kiali's clients shows them (api.md 17.1). */
import type { ClusterName } from '@binocle/api/identity'
import type { ComponentStatus } from '@binocle/api/status'
import type { Scope } from '../access/scope.ts'
import { namespaceFacts } from '../catalog/namespaceFacts.ts'
import { findNamespace, seesWhole, visibleClusters } from '../catalog/visible.ts'
import type { Workload } from '../catalog/workload.ts'
import type { Config } from '../config/config.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { proxyNamespaces } from '../mesh/proxyNamespaces.ts'
import type { Mesh } from '../model.ts'
import { type IstiodAnswers, istiodStatus } from './istiodStatus.ts'

/** Components named by hand replace what is found. Without Istio's API only control planes are told. */
export function componentStatus(mesh: Mesh, scope: Scope, answers: IstiodAnswers): ComponentStatus[] {
  const { apiEnabled, componentStatusEnabled, components = [] } = mesh.config.istio
  if (componentStatusEnabled === false) return []
  const clusters = visibleClusters(mesh, scope)
  if (apiEnabled === false) return clusters.flatMap((cluster) => planeOrManager(mesh, scope, cluster, answers))
  return [
    ...clusters.flatMap((cluster) =>
      components.length > 0
        ? components.flatMap((component) => named(mesh, scope, cluster, component))
        : [...controlPlanes(mesh, scope, cluster, answers), ...gateways(mesh, scope, cluster)],
    ),
    ...addOns(mesh, scope),
  ]
}

function controlPlanes(mesh: Mesh, scope: Scope, cluster: ClusterName, answers: IstiodAnswers): ComponentStatus[] {
  const facts = meshFactsOf(mesh.inventory)
  const here = facts.controlPlanesIn(cluster)
  if (here.length === 0)
    return facts.managersOf(cluster).length > 0 || !seesWhole(mesh, scope, cluster) ? [] : missing(mesh, cluster)
  return here
    .filter((plane) => scope.sees(plane) === 'yes')
    .map((plane) => ({
      cluster,
      name: plane.name,
      status: istiodStatus(mesh, plane, answers),
      isCore: true,
      ...meshId(plane),
    }))
}

/** That there is no istiod can be said only of a cluster whose Deployments are known. */
function missing({ clusters, config, inventory }: Mesh, name: ClusterName): ComponentStatus[] {
  const cluster = clusters.get(name)
  if (cluster?.home && config.kubernetes.ignoreHomeCluster) return []
  const { state } = inventory.state('deployments.apps', name)
  if (state === 'live' || state === 'stale')
    return [{ cluster: name, name: 'istiod', status: 'NotFound', isCore: true }]
  const gone = cluster?.state === 'unreachable' || cluster?.state === 'unauthorized'
  return gone ? [{ cluster: name, name: 'istiod', status: 'Unreachable', isCore: true }] : []
}

/** The first control plane of the cluster; of a managed one its manager, under the name `istiod`. */
function planeOrManager(mesh: Mesh, scope: Scope, cluster: ClusterName, answers: IstiodAnswers): ComponentStatus[] {
  const facts = meshFactsOf(mesh.inventory)
  const sees = (plane: ControlPlane) => scope.sees(plane) === 'yes'
  const own = facts.controlPlanesIn(cluster).find(sees)
  const plane = own ?? facts.managersOf(cluster).find(sees)
  if (plane === undefined) return []
  return [
    {
      cluster,
      name: own === undefined ? 'istiod' : plane.name,
      status: istiodStatus(mesh, plane, answers),
      isCore: true,
      ...meshId(plane),
    },
  ]
}

const meshId = ({ config }: ControlPlane): { meshId?: string } => {
  const id = config.meshId || config.trustDomain
  return id === '' ? {} : { meshId: id }
}

function gateways(mesh: Mesh, scope: Scope, cluster: ClusterName): ComponentStatus[] {
  const facts = meshFactsOf(mesh.inventory)
  return proxyNamespaces(mesh.inventory, cluster).flatMap((namespace) => {
    const [plane] = facts.controlPlanesAt({ cluster, namespace })
    return workloadsIn(mesh, scope, cluster, namespace)
      .filter(({ isGateway }) => isGateway)
      .map((workload) => ({
        cluster,
        name: workload.name,
        status: replicas(workload),
        isCore: false,
        ...(plane === undefined ? {} : meshId(plane)),
      }))
  })
}

/** Workloads of a component named by hand; what is not there is told under its label. */
function named(
  mesh: Mesh,
  scope: Scope,
  cluster: ClusterName,
  { appLabel, isCore, namespace }: NonNullable<Config['istio']['components']>[number],
): ComponentStatus[] {
  const found = workloadsIn(mesh, scope, cluster, namespace).filter(({ app }) => app === appLabel)
  if (found.length === 0) return [{ cluster, name: appLabel, status: 'NotFound', isCore }]
  return found.map((workload) => ({ cluster, name: workload.name, status: replicas(workload), isCore }))
}

function workloadsIn(mesh: Mesh, scope: Scope, cluster: ClusterName, namespace: string): readonly Workload[] {
  const at = { cluster, namespace }
  return findNamespace(mesh, scope, at) === undefined ? [] : namespaceFacts(mesh, at).workloads
}

function replicas({ availableReplicas, currentReplicas, desiredReplicas }: Workload): ComponentStatus['status'] {
  if (desiredReplicas === 0) return 'NotReady'
  return desiredReplicas === availableReplicas && desiredReplicas === currentReplicas ? 'Healthy' : 'Unhealthy'
}

/** Only what is configured, under the home cluster. */
function addOns(mesh: Mesh, scope: Scope): ComponentStatus[] {
  const home = mesh.clusters.list().find((cluster) => cluster.home)?.name ?? ''
  const state = mesh.traffic.health?.().state ?? 'reachable'
  if (state === 'disabled' || scope.seesCluster(home) === 'no') return []
  return [
    { cluster: home, name: 'prometheus', status: state === 'unreachable' ? 'Unreachable' : 'Healthy', isCore: false },
  ]
}
