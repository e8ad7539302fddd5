/** The list of workloads of one cluster in Kiali's form (reference: api.md 12.1). */
import type { WorkloadList, WorkloadOverview } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { namespaceHealths } from '../health/namespaceHealth.ts'
import { healthAnnotations, noWorkloadHealth } from '../health/objects.ts'
import type { Mesh } from '../model.ts'
import { namespaceFacts } from './namespaceFacts.ts'
import type { ListQuery } from './query.ts'
import { workloadGatewayReferences, workloadReferences } from './references.ts'
import { listedNamespaces } from './visible.ts'
import type { Workload } from './workload.ts'

/** GET /api/clusters/workloads. An unknown cluster has no workloads. */
export function listWorkloads(mesh: Mesh, scope: Scope, query: ListQuery): WorkloadList {
  const namespaces = listedNamespaces(mesh, scope, query.cluster, query.namespaces)
  return {
    cluster: query.cluster,
    workloads: namespaces.flatMap((at) => workloadsIn(mesh, at, query)),
    validations: query.istioResources ? (mesh.validations?.list(scope, 'workload', namespaces) ?? {}) : {},
  }
}

function workloadsIn(mesh: Mesh, at: NamespaceRef, query: ListQuery): WorkloadOverview[] {
  const healths = query.health ? namespaceHealths(mesh, at, 'listed') : undefined
  return namespaceFacts(mesh, at).workloads.map((workload) => ({
    ...workloadOverview(workload),
    istioReferences: query.istioResources
      ? [...workloadReferences(mesh.inventory, workload), ...workloadGatewayReferences(mesh.inventory, workload)]
      : [],
    health: healths?.workload(workload) ?? noWorkloadHealth(),
  }))
}

/** What lists, services' details and the workload's own details have in common. */
export function workloadOverview(workload: Workload): WorkloadOverview {
  return {
    name: workload.name,
    namespace: workload.namespace,
    cluster: workload.cluster,
    gvk: workload.gvk,
    createdAt: workload.createdAt,
    resourceVersion: workload.resourceVersion,
    istioSidecar: workload.sidecar,
    isAmbient: workload.isAmbient,
    isGateway: workload.isGateway,
    isWaypoint: workload.isWaypoint,
    isZtunnel: workload.isZtunnel,
    additionalDetailSample: null,
    labels: workload.labels,
    appLabel: workload.app !== undefined,
    versionLabel: workload.version !== undefined,
    podCount: workload.pods.length,
    annotations: workload.annotations,
    healthAnnotations: healthAnnotations(workload.annotations),
    istioReferences: [],
    dashboardAnnotations: null,
    serviceAccountNames: [...workload.serviceAccounts],
    health: noWorkloadHealth(),
    waypointWorkloads: null,
    ValidationKey: '',
    ValidationVersion: '',
  }
}
