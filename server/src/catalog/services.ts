/** The list of services of one cluster in Kiali's form (reference: api.md 11.1). */
import type { ServiceList, ServiceOverview } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { type NamespaceHealths, namespaceHealths } from '../health/namespaceHealth.ts'
import { healthAnnotations, noServiceHealth } from '../health/objects.ts'
import type { ConfigObject, Service } from '../inventory/objects.ts'
import { entryHosts } from '../istioconfig/routing.ts'
import { identityDomain, meshFactsOf } from '../mesh/mesh.ts'
import type { Mesh } from '../model.ts'
import { type NamespaceFacts, namespaceFacts } from './namespaceFacts.ts'
import type { ServiceListQuery } from './query.ts'
import {
  externalConfig,
  type ServiceConfig,
  serviceConfig,
  serviceReferences,
  visibleConfig,
  wizardOf,
} from './references.ts'
import { listedNamespaces } from './visible.ts'

/** GET /api/clusters/services. An unknown cluster has no services. */
export function listServices(mesh: Mesh, scope: Scope, query: ServiceListQuery): ServiceList {
  const namespaces = listedNamespaces(mesh, scope, query.cluster, query.namespaces)
  const withValidations = !query.onlyDefinitions && query.istioResources
  return {
    cluster: query.cluster,
    services: namespaces.flatMap((at) => servicesIn(mesh, scope, at, query)),
    validations: withValidations ? (mesh.validations?.list(scope, 'service', namespaces) ?? {}) : {},
  }
}

function servicesIn(mesh: Mesh, scope: Scope, at: NamespaceRef, query: ServiceListQuery): ServiceOverview[] {
  const facts = namespaceFacts(mesh, at)
  const healths = query.health ? namespaceHealths(mesh, at, 'listed') : undefined
  const withReferences = !query.onlyDefinitions && query.istioResources
  const domain = identityDomain(meshFactsOf(mesh.inventory), at.cluster, mesh.config.istio)
  const seen = (config: ServiceConfig) => visibleConfig(config, scope)
  return [
    ...facts.services.map((service) => ({
      ...kubernetesOverview(facts, service),
      ...(query.onlyDefinitions ? {} : modes(facts, service)),
      ...(withReferences ? mentions(seen(serviceConfig(mesh.inventory, service, domain))) : {}),
      health: healthOf(healths, service.name),
    })),
    ...externalServices(mesh, at).map((external) => ({
      ...externalOverview(at, external),
      ...(query.istioResources ? mentions(seen(externalConfig(mesh.inventory, at, external.host, domain))) : {}),
      health: healthOf(healths, external.host),
    })),
  ]
}

const healthOf = (healths: NamespaceHealths | undefined, name: string) => healths?.service(name) ?? noServiceHealth()

const mentions = (config: ServiceConfig) => ({
  istioReferences: serviceReferences(config),
  kialiWizard: wizardOf(config),
})

function modes(facts: NamespaceFacts, service: Service): { istioSidecar: boolean; isAmbient: boolean } {
  const { sidecar, ambient } = facts.modeOf(service)
  return { istioSidecar: sidecar, isAmbient: ambient }
}

/** A Service by its definition alone: nobody looked at its pods, so it counts as having a sidecar. */
export function kubernetesOverview(facts: NamespaceFacts, service: Service): ServiceOverview {
  return {
    name: service.name,
    namespace: service.namespace,
    cluster: service.cluster,
    istioSidecar: true,
    isAmbient: false,
    appLabel: facts.labelNames.appOf(service.selector) !== undefined,
    additionalDetailSample: null,
    annotations: null,
    healthAnnotations: healthAnnotations(service.annotations),
    ports: null,
    labels: service.hasLabels ? service.labels : null,
    selector: service.hasSelector ? service.selector : null,
    istioReferences: [],
    kialiWizard: '',
    serviceRegistry: 'Kubernetes',
    health: noServiceHealth(),
  }
}

/** A host of a ServiceEntry that no Kubernetes service of the namespace answers for. */
export interface ExternalService {
  readonly host: string
  readonly entry: ConfigObject
}

/** One for each host of the namespace's ServiceEntries, in order of the entries. */
export function externalServices(mesh: Mesh, at: NamespaceRef): readonly ExternalService[] {
  const domain = identityDomain(meshFactsOf(mesh.inventory), at.cluster, mesh.config.istio)
  const hosts = new Map<string, ExternalService>()
  for (const entry of mesh.inventory.in('serviceentries.networking.istio.io', at)) {
    for (const host of entryHosts(entry)) {
      const name = host.endsWith(`.${at.namespace}.${domain}`) ? host.slice(0, host.indexOf('.')) : host
      if (hosts.has(host) || mesh.inventory.get('services', at, name) !== undefined) continue
      hosts.set(host, { host, entry })
    }
  }
  return [...hosts.values()]
}

function externalOverview(at: NamespaceRef, { host, entry }: ExternalService): ServiceOverview {
  return {
    name: host,
    namespace: at.namespace,
    cluster: at.cluster,
    istioSidecar: true,
    isAmbient: false,
    appLabel: false,
    additionalDetailSample: null,
    annotations: null,
    healthAnnotations: {},
    ports: null,
    labels: entry.hasLabels ? entry.labels : null,
    selector: null,
    istioReferences: [],
    kialiWizard: '',
    serviceRegistry: 'External',
    health: noServiceHealth(),
  }
}
