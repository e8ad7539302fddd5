/** Apps: the workloads and services of one namespace that share the app label (reference: api.md 10). */
import type { AppDetails, AppList, AppOverview, AppWorkload, ObjectKey } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import { namespaceHealths } from '../health/namespaceHealth.ts'
import { noAppHealth } from '../health/objects.ts'
import type { ConfigObject, Labels, Service } from '../inventory/objects.ts'
import { gatewaysOf } from '../istioconfig/routing.ts'
import { identityDomain, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { type NamespaceFacts, namespaceFacts } from './namespaceFacts.ts'
import { namespaceDocument } from './namespaces.ts'
import type { DetailsQuery, ListQuery } from './query.ts'
import { keyOf, named, serviceConfig, workloadReferences } from './references.ts'
import { snapshotFor } from './snapshots.ts'
import { listedNamespaces, namespaceAt } from './visible.ts'
import { waypointsOf } from './waypoints.ts'
import type { Workload } from './workload.ts'

/** GET /api/clusters/apps. An unknown cluster has no apps. */
export function listApps(mesh: Mesh, scope: Scope, query: ListQuery): AppList {
  const namespaces = listedNamespaces(mesh, scope, query.cluster, query.namespaces)
  return { applications: namespaces.flatMap((at) => appsIn(mesh, at, query)), cluster: query.cluster }
}

function appsIn(mesh: Mesh, at: NamespaceRef, query: ListQuery): AppOverview[] {
  const facts = namespaceFacts(mesh, at)
  const healths = query.health ? namespaceHealths(mesh, at, 'listed') : undefined
  const gateways = query.istioResources ? namespaceGateways(mesh, at) : []
  return [...facts.apps].map(([name, workloads]) => {
    const services = appServices(facts, workloads)
    return {
      name,
      namespace: at.namespace,
      cluster: at.cluster,
      istioSidecar: workloads.some(({ sidecar }) => sidecar),
      isAmbient: workloads.some(({ isAmbient }) => isAmbient),
      isGateway: workloads.some(({ isGateway }) => isGateway),
      labels: union([...services, ...workloads].map(({ labels }) => labels)),
      istioReferences: query.istioResources ? appReferences(mesh, at, services, workloads, gateways) : [],
      health: healths?.app(name) ?? noAppHealth(),
    }
  })
}

/** GET /api/namespaces/{namespace}/apps/{app}. Throws when no workload that may be seen carries the label. */
export async function appDetails(
  mesh: Mesh,
  scope: Scope,
  at: NamespaceRef,
  name: string,
  query: DetailsQuery,
): Promise<AppDetails> {
  const namespace = namespaceAt(mesh, scope, at)
  const facts = namespaceFacts(mesh, at)
  const workloads = facts.apps.get(name)
  if (workloads === undefined) {
    throw new BinocleError('BIN-NOT-FOUND', `App.Kiali "${name}" not found`, { cluster: at.cluster })
  }
  const snapshot = await snapshotFor(mesh, query.window)
  return {
    namespace: namespaceDocument(meshFactsOf(mesh.inventory), namespace),
    name,
    cluster: at.cluster,
    isAmbient: workloads.every(({ isAmbient }) => isAmbient),
    workloads: workloads.map((workload) => appWorkload(mesh, scope, workload)),
    serviceNames: appServices(facts, workloads).map((service) => service.name),
    runtimes: (await mesh.runtimes?.(at, workloads)) ?? [],
    health: query.health ? namespaceHealths(mesh, at, 'detailed', snapshot).app(name) : noAppHealth(),
  }
}

const appWorkload = (mesh: Mesh, scope: Scope, workload: Workload): AppWorkload => ({
  workloadName: workload.name,
  gvk: workload.gvk,
  istioSidecar: workload.sidecar,
  isAmbient: workload.isAmbient,
  labels: workload.labels,
  namespace: workload.namespace,
  serviceAccountNames: [...workload.serviceAccounts],
  waypointWorkloads: waypointsOf(mesh, scope, workload),
})

/** Services that select one of the workloads, each once, in order of name. */
export function appServices(facts: NamespaceFacts, workloads: readonly Workload[]): readonly Service[] {
  const services = new Set(workloads.flatMap((workload) => facts.servicesOf(workload)))
  return [...services].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** All values of each label, sorted and joined. */
export function union(all: readonly Labels[]): Record<string, string> {
  const values = new Map<string, Set<string>>()
  for (const labels of all) {
    for (const [name, value] of Object.entries(labels)) values.set(name, (values.get(name) ?? new Set()).add(value))
  }
  return Object.fromEntries([...values].map(([name, several]) => [name, [...several].sort().join(',')]))
}

/** All Gateways that any VirtualService of the namespace names: Kiali gives them to every app of it. */
function namespaceGateways({ inventory }: Mesh, at: NamespaceRef): readonly ConfigObject[] {
  const names = inventory.in('virtualservices.networking.istio.io', at).flatMap(gatewaysOf)
  return named(inventory, 'gateways.networking.istio.io', at.cluster, names)
}

/** Kiali looks for an app's objects in its namespace only, and knows nothing of the Gateway API here. */
function appReferences(
  mesh: Mesh,
  at: NamespaceRef,
  services: readonly Service[],
  workloads: readonly Workload[],
  gateways: readonly ConfigObject[],
): ObjectKey[] {
  const { inventory } = mesh
  const domain = identityDomain(meshFactsOf(inventory), at.cluster, mesh.config.istio)
  const routing = services
    .map((service) => serviceConfig(inventory, service, domain))
    .flatMap(({ virtualServices, destinationRules }) => [...virtualServices, ...destinationRules])
  const local = [...routing, ...gateways].filter(({ namespace }) => namespace === at.namespace)
  const references = [...local.map(keyOf), ...workloads.flatMap((workload) => workloadReferences(inventory, workload))]
  const unique = new Map(references.map((reference) => [`${reference.objectGVK.Kind}/${reference.name}`, reference]))
  return [...unique.values()]
}
