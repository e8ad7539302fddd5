/** ztunnels, waypoints and gateways, each below the istiods that serve it (reference: graph.md 6.3). */
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { configDocument } from '../catalog/configDocument.ts'
import { namespaceFacts } from '../catalog/namespaceFacts.ts'
import { findNamespace } from '../catalog/visible.ts'
import type { Workload } from '../catalog/workload.ts'
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { fieldsOf, textOf } from '../istioconfig/read.ts'
import type { ControlPlane } from '../mesh/controlPlanes.ts'
import { revisionNames } from '../mesh/managedNamespaces.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { proxyNamespaces } from '../mesh/proxyNamespaces.ts'
import type { Mesh } from '../model.ts'
import type { Elements } from './nodes.ts'
import type { MeshGraphOptions } from './options.ts'

/** The ids of the istiods' nodes, by control plane. */
export type Istiods = ReadonlyMap<ControlPlane, string>

/** Of the clusters in which control planes run. */
export function addDataPlaneProxies(
  mesh: Mesh,
  scope: Scope,
  istiods: Istiods,
  options: MeshGraphOptions,
  elements: Elements,
): void {
  for (const cluster of new Set([...istiods.keys()].map((plane) => plane.cluster))) {
    if (meshFactsOf(mesh.inventory).isAmbient(cluster)) addZtunnels(mesh, scope, cluster, istiods, elements)
  }
  // Gateways and waypoints also of clusters that have no istiod of their own: they stand there unattached.
  for (const { name: cluster } of mesh.clusters.list()) {
    if (scope.seesCluster(cluster) === 'no') continue
    if (options.includeWaypoints) addWaypoints(mesh, scope, cluster, istiods, elements)
    if (options.includeGateways) addGateways(mesh, scope, cluster, istiods, elements)
  }
}

function addZtunnels(mesh: Mesh, scope: Scope, cluster: string, istiods: Istiods, elements: Elements): void {
  for (const workload of workloadsOf(mesh, scope, cluster, ({ isZtunnel }) => isZtunnel)) {
    const version = revisionOf(workload.labels)
    const id = elements.node(keyOf(workload, version), 'ztunnel', { infraData: labelsAndAnnotations(workload) })
    const [istiod] = servedBy(istiods, cluster, version)
    if (istiod !== undefined) elements.edge(istiod, id)
  }
}

function addWaypoints(mesh: Mesh, scope: Scope, cluster: string, istiods: Istiods, elements: Elements): void {
  for (const workload of workloadsOf(mesh, scope, cluster, ({ isWaypoint }) => isWaypoint)) {
    const version = revisionOf(workload.labels)
    const id = elements.node(keyOf(workload, version), 'waypoint', { infraData: labelsAndAnnotations(workload) })
    const [istiod] = servedBy(istiods, cluster, version)
    if (istiod !== undefined) elements.edge(istiod, id)
  }
}

function addGateways(mesh: Mesh, scope: Scope, cluster: string, istiods: Istiods, elements: Elements): void {
  for (const gateway of gatewaysOf(mesh, cluster)) {
    if (scope.sees(gateway) !== 'yes') continue
    const version = revisionOf(gateway.labels)
    const id = elements.node(keyOf(gateway, version), 'gateway', { infraData: configDocument(gateway) })
    for (const istiod of servedBy(istiods, cluster, version)) elements.edge(istiod, id)
  }
}

function* gatewaysOf({ inventory }: Mesh, cluster: string): Iterable<ConfigObject> {
  yield* inventory.all('gateways.networking.istio.io', cluster)
  for (const gateway of inventory.all('gateways.gateway.networking.k8s.io', cluster)) {
    const className = textOf(fieldsOf(gateway.resource.spec).gatewayClassName)
    if (!className.toLowerCase().includes('waypoint')) yield gateway
  }
}

const workloadsOf = (
  mesh: Mesh,
  scope: Scope,
  cluster: string,
  wanted: (workload: Workload) => boolean,
): readonly Workload[] =>
  proxyNamespaces(mesh.inventory, cluster)
    .map((namespace) => ({ cluster, namespace }))
    .filter((at) => findNamespace(mesh, scope, at) !== undefined)
    .flatMap((at) => namespaceFacts(mesh, at).workloads.filter(wanted))

const revisionOf = (labels: Labels): string => labels['istio.io/rev'] ?? 'default'

const keyOf = ({ cluster, name, namespace }: NamespaceRef & { readonly name: string }, version: string) => ({
  cluster,
  namespace,
  infraName: name,
  version,
})

/** Istiods of the cluster with that revision or tag. Where none has it: those without a tag, which Kiali calls `default`. */
function servedBy(istiods: Istiods, cluster: string, revision: string): readonly string[] {
  const here = [...istiods].filter(([plane]) => plane.cluster === cluster)
  const named = here.filter(([plane]) => revisionNames(plane, cluster).has(revision))
  const serving = named.length > 0 ? named : here.filter(([plane]) => plane.tag === undefined && revision === 'default')
  return serving.map(([, id]) => id)
}

/** Under the names that Kiali's clients print. */
const labelsAndAnnotations = ({ annotations, labels, templateAnnotations }: Workload) => ({
  Annotations: annotations,
  Labels: labels,
  TemplateAnnotations: templateAnnotations,
  TemplateLabels: labels,
})
