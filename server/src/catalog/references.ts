/**
 * Which Istio and Gateway API objects speak of a service or a workload. References of services come from an index over
 * the cluster's routing objects that is made again only when one of them changes.
 */
import type { ObjectKey } from '@binocle/api/catalog'
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import type { Inventory, Kind, Kinds } from '../inventory/inventory.ts'
import type { ConfigObject, Service } from '../inventory/objects.ts'
import { namedBy } from '../istioconfig/hosts.ts'
import { fieldsOf, textOf } from '../istioconfig/read.ts'
import {
  backendRefs,
  destinationHosts,
  entryHosts,
  gatewaysOf,
  grants,
  parentGateways,
  ruleHost,
} from '../istioconfig/routing.ts'
import { isEmpty, selects, workloadSelector } from '../istioconfig/selectors.ts'
import { gatewayName } from '../mesh/labels.ts'
import type { Workload } from './workload.ts'

/** The objects that speak of one service or external host. */
export interface ServiceConfig {
  readonly virtualServices: readonly ConfigObject[]
  readonly destinationRules: readonly ConfigObject[]
  /** Istio Gateways that the VirtualServices name. */
  readonly gateways: readonly ConfigObject[]
  readonly serviceEntries: readonly ConfigObject[]
  readonly httpRoutes: readonly ConfigObject[]
  readonly grpcRoutes: readonly ConfigObject[]
  /** Gateway API Gateways of the routes, or that the service belongs to. */
  readonly k8sGateways: readonly ConfigObject[]
  readonly inferencePools: readonly ConfigObject[]
}

/** As `serviceConfig`, without what the viewer may not see. */
export const visibleConfig = (config: ServiceConfig, scope: Scope): ServiceConfig =>
  filtered(config, (object) => scope.sees(object) === 'yes')

/** Only what lies in the namespace: Kiali's details look no further. */
export const configIn = ({ namespace }: { readonly namespace: string }, config: ServiceConfig): ServiceConfig =>
  filtered(config, (object) => object.namespace === namespace)

function filtered(config: ServiceConfig, keep: (object: ConfigObject) => boolean): ServiceConfig {
  const seen = (objects: readonly ConfigObject[]) => objects.filter(keep)
  return {
    virtualServices: seen(config.virtualServices),
    destinationRules: seen(config.destinationRules),
    gateways: seen(config.gateways),
    serviceEntries: seen(config.serviceEntries),
    httpRoutes: seen(config.httpRoutes),
    grpcRoutes: seen(config.grpcRoutes),
    k8sGateways: seen(config.k8sGateways),
    inferencePools: seen(config.inferencePools),
  }
}

/** Everything of the cluster that speaks of a Kubernetes service. `domain` is the identity domain. */
export function serviceConfig(inventory: Inventory, service: Service, domain: string): ServiceConfig {
  const { cluster, namespace, name, labels } = service
  const index = indexOf(inventory, cluster, domain)
  const at = `${namespace}/${name}`
  const virtualServices = index.virtualServices.get(at) ?? []
  const granted = (route: ConfigObject) => isGranted(inventory, route, service)
  const httpRoutes = (index.httpRoutes.get(at) ?? []).filter(granted)
  const grpcRoutes = (index.grpcRoutes.get(at) ?? []).filter(granted)
  const own = labels[gatewayName]
  return {
    virtualServices,
    destinationRules: index.destinationRules.get(at) ?? [],
    gateways: named(inventory, 'gateways.networking.istio.io', cluster, virtualServices.flatMap(gatewaysOf)),
    serviceEntries: [],
    httpRoutes,
    grpcRoutes,
    k8sGateways: named(inventory, 'gateways.gateway.networking.k8s.io', cluster, [
      ...[...httpRoutes, ...grpcRoutes].flatMap(parentGateways),
      ...(own === undefined ? [] : [`${namespace}/${own}`]),
    ]),
    inferencePools: inventory
      .in('inferencepools.inference.networking.k8s.io', service)
      .filter((pool) => pickerOf(pool) === name),
  }
}

/** The same for the host of a ServiceEntry, wherever in the cluster it is declared. */
export function externalConfig(
  inventory: Inventory,
  at: { readonly cluster: ClusterName; readonly namespace: string },
  host: string,
  domain: string,
): ServiceConfig {
  const index = indexOf(inventory, at.cluster, domain)
  const key = `${at.namespace}/${host}`
  const virtualServices = index.virtualServices.get(key) ?? []
  return {
    virtualServices,
    destinationRules: index.destinationRules.get(key) ?? [],
    gateways: named(inventory, 'gateways.networking.istio.io', at.cluster, virtualServices.flatMap(gatewaysOf)),
    serviceEntries: index.serviceEntries.get(host) ?? [],
    httpRoutes: [],
    grpcRoutes: [],
    k8sGateways: [],
    inferencePools: [],
  }
}

/** In one list, each once. */
export function serviceReferences(config: ServiceConfig): ObjectKey[] {
  return [
    ...config.serviceEntries,
    ...config.virtualServices,
    ...config.destinationRules,
    ...config.gateways,
    ...config.k8sGateways,
    ...config.httpRoutes,
    ...config.grpcRoutes,
    ...config.inferencePools,
  ].map(keyOf)
}

/** Label `kiali_wizard` of the first VirtualService that has it, else of the first DestinationRule; '' without. */
export function wizardOf({ virtualServices, destinationRules }: ServiceConfig): string {
  const made = [...virtualServices, ...destinationRules].find(({ labels }) => labels.kiali_wizard !== undefined)
  return made?.labels.kiali_wizard ?? ''
}

const selecting: readonly ConfigKind[] = [
  'gateways.networking.istio.io',
  'authorizationpolicies.security.istio.io',
  'peerauthentications.security.istio.io',
  'requestauthentications.security.istio.io',
  'sidecars.networking.istio.io',
  'envoyfilters.networking.istio.io',
]

type ConfigKind = { [K in Kind]: Kinds[K] extends ConfigObject ? K : never }[Kind]

export const workloadReferences = (inventory: Inventory, workload: Workload): ObjectKey[] =>
  workloadConfig(inventory, workload).map(keyOf)

/** Objects of the workload's namespace whose selector matches its labels; an empty selector matches all. */
export function workloadConfig(inventory: Inventory, workload: Workload): ConfigObject[] {
  const { labels } = workload
  const objects = selecting.flatMap((kind) =>
    inventory.in(kind, workload).filter((object) => selects(workloadSelector(object), labels)),
  )
  const groups = inventory
    .in('workloadgroups.networking.istio.io', workload)
    .filter((group) => !isEmpty(workloadSelector(group)) && selects(workloadSelector(group), labels))
  return [...objects, ...groups]
}

/** Gateway API objects that a workload serves: the Gateway it was made for, the pools it is part of. */
export function workloadGatewayReferences(inventory: Inventory, workload: Workload): ObjectKey[] {
  const name = workload.labels[gatewayName]
  const gateway = name === undefined ? undefined : inventory.get('gateways.gateway.networking.k8s.io', workload, name)
  const pools = inventory
    .in('inferencepools.inference.networking.k8s.io', workload)
    .filter((pool) => !isEmpty(workloadSelector(pool)) && selects(workloadSelector(pool), workload.labels))
  return [...(gateway === undefined ? [] : [gateway]), ...pools].map(keyOf)
}

/** How lists name an object: without its cluster. */
export const keyOf = ({ group, version, kind, name, namespace }: ConfigObject): ObjectKey => ({
  objectGVK: { Group: group, Version: version, Kind: kind },
  name,
  namespace,
  cluster: '',
})

/** Routing objects of a cluster by what they speak of: `namespace/name`, service entries by host. */
interface RoutingIndex {
  /** Of the inventory when the index was last found to hold. */
  generation: number
  readonly domain: string
  readonly versions: string
  readonly virtualServices: ReadonlyMap<string, readonly ConfigObject[]>
  readonly destinationRules: ReadonlyMap<string, readonly ConfigObject[]>
  readonly serviceEntries: ReadonlyMap<string, readonly ConfigObject[]>
  readonly httpRoutes: ReadonlyMap<string, readonly ConfigObject[]>
  readonly grpcRoutes: ReadonlyMap<string, readonly ConfigObject[]>
}

const indexed: readonly ConfigKind[] = [
  'virtualservices.networking.istio.io',
  'destinationrules.networking.istio.io',
  'serviceentries.networking.istio.io',
  'httproutes.gateway.networking.k8s.io',
  'grpcroutes.gateway.networking.k8s.io',
]

/** Changes whenever an object may speak of other services than before. */
export const routingVersion = (inventory: Inventory, cluster: ClusterName): string =>
  indexed.map((kind) => inventory.kindVersion(kind, cluster)).join()

const indexes = new WeakMap<Inventory, Map<ClusterName, RoutingIndex>>()

function indexOf(inventory: Inventory, cluster: ClusterName, domain: string): RoutingIndex {
  let byCluster = indexes.get(inventory)
  if (byCluster === undefined) {
    byCluster = new Map()
    indexes.set(inventory, byCluster)
  }
  let index = byCluster.get(cluster)
  if (index?.generation === inventory.generation && index.domain === domain) return index
  const versions = `${routingVersion(inventory, cluster)} ${domain}`
  if (index?.versions !== versions) {
    index = makeIndex(inventory, cluster, domain, versions)
    byCluster.set(cluster, index)
  }
  index.generation = inventory.generation
  return index
}

function makeIndex(inventory: Inventory, cluster: ClusterName, domain: string, versions: string): RoutingIndex {
  const hosts = (object: ConfigObject, written: readonly string[]) =>
    written
      .flatMap((host) => namedBy(host, object.namespace, domain))
      .map(({ namespace, name }) => `${namespace}/${name}`)
  const backends = (route: ConfigObject) =>
    backendRefs(route)
      .filter(({ kind }) => kind === 'Service')
      .map(({ namespace, name }) => `${namespace}/${name}`)
  return {
    generation: inventory.generation,
    domain,
    versions,
    virtualServices: grouped(inventory.all('virtualservices.networking.istio.io', cluster), (object) =>
      isGenerated(object) ? [] : hosts(object, destinationHosts(object)),
    ),
    destinationRules: grouped(inventory.all('destinationrules.networking.istio.io', cluster), (object) =>
      hosts(object, [ruleHost(object)]),
    ),
    serviceEntries: grouped(inventory.all('serviceentries.networking.istio.io', cluster), entryHosts),
    httpRoutes: grouped(inventory.all('httproutes.gateway.networking.k8s.io', cluster), backends),
    grpcRoutes: grouped(inventory.all('grpcroutes.gateway.networking.k8s.io', cluster), backends),
  }
}

/** Each object once under each of its keys; in order of namespace and name. */
function grouped(
  objects: Iterable<ConfigObject>,
  keysOf: (object: ConfigObject) => readonly string[],
): ReadonlyMap<string, readonly ConfigObject[]> {
  const groups = new Map<string, ConfigObject[]>()
  const ordered = [...objects].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
  for (const object of ordered) {
    for (const key of new Set(keysOf(object))) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [object])
      else group.push(object)
    }
  }
  return groups
}

/** Istio keeps what it makes of Gateway API routes out of sight. */
const isGenerated = ({ name }: ConfigObject): boolean => name.endsWith('-istio-autogenerated-k8s-gateway')

/** A route may name a service of another namespace only with a ReferenceGrant there. */
function isGranted(inventory: Inventory, route: ConfigObject, service: Service): boolean {
  if (route.namespace === service.namespace) return true
  return inventory
    .in('referencegrants.gateway.networking.k8s.io', service)
    .some((grant) => grants(grant, route, service.name))
}

/** Those of the named objects that exist, each once. */
export function named(
  inventory: Inventory,
  kind: 'gateways.gateway.networking.k8s.io' | 'gateways.networking.istio.io',
  cluster: ClusterName,
  names: readonly string[],
): readonly ConfigObject[] {
  return [...new Set(names)].flatMap((each) => {
    const slash = each.indexOf('/')
    const found = inventory.get(kind, { cluster, namespace: each.slice(0, slash) }, each.slice(slash + 1))
    return found === undefined ? [] : [found]
  })
}

/** The service that picks endpoints for an InferencePool. */
function pickerOf(pool: ConfigObject): string {
  const spec = fieldsOf(pool.resource.spec)
  return textOf(fieldsOf(spec.endpointPickerRef).name) || textOf(fieldsOf(spec.extensionRef).name)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
