/**
 * Which DestinationRules and VirtualServices speak of which service, per cluster. Kept until one of them changes: a graph
 * of one namespace does not read the configuration of all. Unfiltered: whoever looks something up asks for the viewer.
 */
import type { ConfigObject } from '../../inventory/objects.ts'
import { fieldsOf, labelsOf, recordsOf } from '../../istioconfig/read.ts'
import { destinationHosts, ruleHost } from '../../istioconfig/routing.ts'
import type { LabelNames } from '../../mesh/labels.ts'
import { identityDomain } from '../../mesh/mesh.ts'
import type { GraphContext } from '../context.ts'

/** By `serviceKey`, in order of the cluster's list. */
export interface ServiceRules {
  readonly circuitBreakers: ReadonlyMap<string, readonly ConfigObject[]>
  readonly virtualServices: ReadonlyMap<string, readonly ConfigObject[]>
}

export const serviceKey = (namespace: string, service: string): string => `${namespace}/${service}`

const kept = new WeakMap<GraphContext['inventory'], Map<string, { state: string; rules: ServiceRules }>>()

export function rulesOf(context: GraphContext, cluster: string): ServiceRules {
  const { inventory } = context
  const byCluster = kept.get(inventory) ?? new Map()
  kept.set(inventory, byCluster)
  const domain = identityDomain(context.meshFacts, cluster, context.mesh.config.istio)
  const versions = [
    inventory.kindVersion('destinationrules.networking.istio.io', cluster),
    inventory.kindVersion('virtualservices.networking.istio.io', cluster),
  ]
  const state = `${versions} ${domain}`
  const last = byCluster.get(cluster)
  if (last?.state === state) return last.rules
  const rules = gather(inventory, cluster, domain)
  byCluster.set(cluster, { state, rules })
  return rules
}

function gather(inventory: GraphContext['inventory'], cluster: string, domain: string): ServiceRules {
  const circuitBreakers = new Map<string, ConfigObject[]>()
  const virtualServices = new Map<string, ConfigObject[]>()
  for (const rule of inventory.all('destinationrules.networking.istio.io', cluster)) {
    if (breaksCircuits(rule)) put(circuitBreakers, rule, [ruleHost(rule)], domain)
  }
  for (const virtualService of inventory.all('virtualservices.networking.istio.io', cluster)) {
    put(virtualServices, virtualService, destinationHosts(virtualService), domain)
  }
  return { circuitBreakers, virtualServices }
}

function put(index: Map<string, ConfigObject[]>, object: ConfigObject, hosts: readonly string[], domain: string): void {
  for (const key of new Set(hosts.flatMap((host) => servicesNamed(host, object.namespace, domain)))) {
    const same = index.get(key)
    if (same === undefined) index.set(key, [object])
    else same.push(object)
  }
}

/** The services that a host in a rule names: a short name in its own namespace, or a full one. No wildcards. */
function servicesNamed(host: string, namespace: string, domain: string): string[] {
  const [service = '', second, ...rest] = host.split('.')
  if (service === '') return []
  if (second === undefined) return [serviceKey(namespace, service)]
  const tail = rest.join('.')
  return tail === '' || tail === 'svc' || tail === domain ? [serviceKey(second, service)] : []
}

const isStated = (policy: unknown): boolean => {
  const { connectionPool, outlierDetection } = fieldsOf(policy)
  return connectionPool !== undefined || outlierDetection !== undefined
}

const subsetsOf = (rule: ConfigObject) => recordsOf(fieldsOf(rule.resource.spec).subsets)

/** A policy for the whole host. */
export const breaksAll = (rule: ConfigObject): boolean => isStated(fieldsOf(rule.resource.spec).trafficPolicy)

const breaksCircuits = (rule: ConfigObject): boolean =>
  breaksAll(rule) || subsetsOf(rule).some(({ trafficPolicy }) => isStated(trafficPolicy))

/** A policy for the subset of this version. */
export const breaksVersion = (rule: ConfigObject, version: string, names: LabelNames): boolean =>
  subsetsOf(rule).some(
    ({ trafficPolicy, labels }) => isStated(trafficPolicy) && names.versionOf(labelsOf(labels)) === version,
  )
