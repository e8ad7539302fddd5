/** One service of one cluster, or one host of a ServiceEntry (reference: api.md 11.2). */
import type { Endpoint, ServiceDetails, ServiceDocument, ServiceOverview } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import { namespaceHealths } from '../health/namespaceHealth.ts'
import { healthAnnotations } from '../health/objects.ts'
import type { Service } from '../inventory/objects.ts'
import { mayWrite } from '../istioconfig/permissions.ts'
import { fieldsOf, numberOf, recordsOf, textOf } from '../istioconfig/read.ts'
import { identityDomain, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { configDocument } from './configDocument.ts'
import { namespaceMtls } from './mtls.ts'
import { type NamespaceFacts, namespaceFacts } from './namespaceFacts.ts'
import type { DetailsQuery } from './query.ts'
import { configIn, externalConfig, type ServiceConfig, serviceConfig, visibleConfig } from './references.ts'
import { type ExternalService, externalServices } from './services.ts'
import { snapshotFor } from './snapshots.ts'
import { namespaceAt } from './visible.ts'
import { serviceWaypoints } from './waypoints.ts'
import { workloadOverview } from './workloads.ts'

/** GET /api/namespaces/{namespace}/services/{service}. Throws when there is none that may be seen. */
export async function serviceDetails(
  mesh: Mesh,
  scope: Scope,
  at: NamespaceRef,
  name: string,
  query: DetailsQuery,
): Promise<ServiceDetails> {
  namespaceAt(mesh, scope, at)
  const service = mesh.inventory.get('services', at, name)
  const external = service === undefined ? externalServices(mesh, at).find(({ host }) => host === name) : undefined
  if (service === undefined && external === undefined) {
    throw new BinocleError('BIN-NOT-FOUND', `Service.Kiali "${name}" not found`, { cluster: at.cluster })
  }
  const snapshot = await snapshotFor(mesh, query.window)
  const common = {
    // Of an external host Kiali's details ask for no rates.
    health: namespaceHealths(mesh, at, 'detailed', service === undefined ? null : snapshot).service(name),
    namespaceMTLS: namespaceMtls(mesh, scope, at),
    // As Kiali: those on VirtualServices stand for all of its routing.
    istioPermissions: await mayWrite(mesh, query.login, at, 'networking.istio.io', '*'),
    validations: query.validate ? (mesh.validations?.details(scope, at.cluster, 'service', name) ?? {}) : {},
  }
  return service === undefined
    ? { ...externalParts(mesh, scope, at, name, external), ...common }
    : { ...kubernetesParts(mesh, scope, at, service), ...common }
}

type Common = 'health' | 'istioPermissions' | 'namespaceMTLS' | 'validations'

function kubernetesParts(mesh: Mesh, scope: Scope, at: NamespaceRef, service: Service): Omit<ServiceDetails, Common> {
  const facts = namespaceFacts(mesh, at)
  const workloads = facts.workloadsOf(service.selector)
  const isAmbient = workloads.length > 0 && workloads.every((each) => each.isAmbient && !each.isWaypoint)
  const waypoints = isAmbient ? serviceWaypoints(mesh, scope, service) : []
  const domain = identityDomain(meshFactsOf(mesh.inventory), at.cluster, mesh.config.istio)
  const config = configIn(at, visibleConfig(serviceConfig(mesh.inventory, service, domain), scope))
  return {
    service: serviceDocument(service),
    istioSidecar: workloads.some(({ sidecar }) => sidecar),
    isAmbient,
    endpoints: endpointsOf(facts, service),
    // Kiali adds every WorkloadGroup of the namespace, whatever the service selects.
    workloads: [
      ...workloads,
      ...facts.workloads.filter((each) => each.group !== undefined && !workloads.includes(each)),
    ].map((workload) => ({
      ...workloadOverview(workload),
      cluster: '',
      health: { requests: { healthAnnotations: null, inbound: null, outbound: null }, workloadStatus: null },
    })),
    ...configParts(config),
    serviceEntries: null,
    subServices: subServices(facts, service),
    waypointWorkloads: waypoints.length > 0 ? waypoints : null,
  }
}

function externalParts(
  mesh: Mesh,
  scope: Scope,
  at: NamespaceRef,
  host: string,
  external: ExternalService | undefined,
): Omit<ServiceDetails, Common> {
  const domain = identityDomain(meshFactsOf(mesh.inventory), at.cluster, mesh.config.istio)
  const config = configIn(at, visibleConfig(externalConfig(mesh.inventory, at, host, domain), scope))
  const spec = fieldsOf(external?.entry.resource.spec)
  const ports = recordsOf(spec.ports).map((port) => ({
    name: textOf(port.name),
    protocol: textOf(port.protocol),
    port: numberOf(port.number) ?? 0,
  }))
  const labels = external?.entry.hasLabels ? external.entry.labels : null
  return {
    service: {
      name: host,
      namespace: at.namespace,
      cluster: at.cluster,
      type: 'External',
      createdAt: '',
      resourceVersion: '',
      externalName: '',
      ip: '',
      ports,
      labels,
      selectors: null,
      annotations: null,
      healthAnnotations: {},
      additionalDetails: null,
    },
    istioSidecar: true,
    isAmbient: false,
    endpoints: [],
    workloads: [],
    ...configParts(config),
    serviceEntries: config.serviceEntries.map(configDocument),
    subServices: [subService(host, ports)],
    waypointWorkloads: null,
  }
}

const configParts = (config: ServiceConfig) => ({
  virtualServices: config.virtualServices.map(configDocument),
  destinationRules: config.destinationRules.map(configDocument),
  k8sHTTPRoutes: config.httpRoutes.map(configDocument),
  k8sGRPCRoutes: config.grpcRoutes.map(configDocument),
  k8sInferencePools: config.inferencePools.map(configDocument),
  k8sReferenceGrants: null,
})

function serviceDocument(service: Service): ServiceDocument {
  return {
    name: service.name,
    namespace: service.namespace,
    cluster: service.cluster,
    type: service.type,
    createdAt: service.createdAt,
    resourceVersion: service.resourceVersion,
    externalName: service.externalName,
    ip: service.clusterIP,
    ...(service.clusterIPs.length === 0 ? {} : { ips: [...service.clusterIPs] }),
    ...(service.ipFamilies.length === 0 ? {} : { ipFamilies: [...service.ipFamilies] }),
    ports: service.ports.map(({ name, protocol, port }) => ({ name, protocol, port })),
    labels: service.hasLabels ? service.labels : null,
    selectors: service.hasSelector ? service.selector : null,
    annotations: service.annotations,
    healthAnnotations: healthAnnotations(service.annotations),
    additionalDetails: [],
  }
}

/** One for each selected pod that has an address. */
function endpointsOf(facts: NamespaceFacts, service: Service): Endpoint[] {
  if (!service.hasSelector) return []
  return facts
    .podsOf(service.selector)
    .filter(({ podIP }) => podIP !== '')
    .map(({ name, podIP }) => ({ addresses: [{ kind: 'Pod', name, ip: podIP }], ports: [] }))
}

/**
 * Services of the namespace that select versions of the same app; without such ones the service itself. Only name and
 * ports mean something.
 */
function subServices(facts: NamespaceFacts, service: Service): ServiceOverview[] {
  const app = facts.labelNames.appOf(service.selector)
  const versions = facts.services.filter(
    ({ selector }) =>
      app !== undefined &&
      facts.labelNames.appOf(selector) === app &&
      facts.labelNames.versionOf(selector) !== undefined,
  )
  return (versions.length > 0 ? versions : [service]).map(({ name, ports }) => subService(name, ports))
}

const subService = (
  name: string,
  ports: readonly { readonly name: string; readonly port: number }[],
): ServiceOverview => ({
  name,
  namespace: '',
  cluster: '',
  istioSidecar: false,
  isAmbient: false,
  appLabel: false,
  additionalDetailSample: null,
  annotations: null,
  healthAnnotations: null,
  ports: Object.fromEntries(ports.map((port) => [port.name, port.port])),
  labels: null,
  selector: null,
  istioReferences: null,
  kialiWizard: '',
  serviceRegistry: '',
  health: { requests: { healthAnnotations: null, inbound: null, outbound: null } },
})
