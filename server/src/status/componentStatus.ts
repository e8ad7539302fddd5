/** GET /api/istio/status: Istio's components and what the console uses, as the masthead of Kiali's clients shows them (api.md 17.1). */

import type { ClusterName, NamespaceRef } from '@binocle/api/identity'
import type { ComponentStatus } from '@binocle/api/status'
import type { Scope } from '../access/scope.ts'
import { namespaceFacts } from '../catalog/namespaceFacts.ts'
import { findNamespace, visibleClusters } from '../catalog/visible.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { proxyNamespaces } from '../mesh/proxyNamespaces.ts'
import type { Mesh } from '../model.ts'

/** Whether an istiod answers; undefined = it was not asked yet. */
export type IstiodAnswers = (at: NamespaceRef, revision: string) => boolean | undefined

export function componentStatus(mesh: Mesh, scope: Scope, answers: IstiodAnswers): ComponentStatus[] {
  if (mesh.config.istio.componentStatusEnabled === false) return []
  const clusters = visibleClusters(mesh, scope)
  return [
    ...clusters.flatMap((cluster) => [
      ...controlPlanes(mesh, scope, cluster, answers),
      ...gateways(mesh, scope, cluster),
    ]),
    ...addOns(mesh, scope),
  ]
}

function controlPlanes(mesh: Mesh, scope: Scope, cluster: ClusterName, answers: IstiodAnswers): ComponentStatus[] {
  const facts = meshFactsOf(mesh.inventory)
  const here = facts.controlPlanesIn(cluster)
  if (here.length === 0)
    return facts.managersOf(cluster).length > 0 ? [] : [{ cluster, name: 'istiod', status: 'NotFound', isCore: true }]
  return here
    .filter((plane) => scope.sees(plane) === 'yes')
    .map((plane) => ({
      cluster,
      name: plane.name,
      status: istiodStatus(plane, answers),
      isCore: true,
      ...meshId(plane),
    }))
}

/** Without a pod it is not ready; while nobody asked, it is taken to answer. */
export function istiodStatus(plane: ControlPlane, answers: IstiodAnswers): ComponentStatus['status'] {
  if (plane.deployment.availableReplicas === 0) return 'NotReady'
  return answers(plane, plane.revision) === false ? 'Unreachable' : 'Healthy'
}

const meshId = ({ config }: ControlPlane): { meshId?: string } => {
  const id = config.meshId || config.trustDomain
  return id === '' ? {} : { meshId: id }
}

function gateways(mesh: Mesh, scope: Scope, cluster: ClusterName): ComponentStatus[] {
  const facts = meshFactsOf(mesh.inventory)
  return proxyNamespaces(mesh.inventory, cluster).flatMap((namespace) => {
    const at = { cluster, namespace }
    if (findNamespace(mesh, scope, at) === undefined) return []
    const [plane] = facts.controlPlanesAt(at)
    return namespaceFacts(mesh, at)
      .workloads.filter(({ isGateway }) => isGateway)
      .map(({ availableReplicas, currentReplicas, desiredReplicas, name }) => ({
        cluster,
        name,
        status: replicas(desiredReplicas, currentReplicas, availableReplicas),
        isCore: false,
        ...(plane === undefined ? {} : meshId(plane)),
      }))
  })
}

function replicas(desired: number, current: number, available: number): ComponentStatus['status'] {
  if (desired === 0) return 'NotReady'
  return desired === available && desired === current ? 'Healthy' : 'Unhealthy'
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
