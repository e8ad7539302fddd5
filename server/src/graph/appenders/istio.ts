/** Marks what Istio's configuration does to nodes: circuit breakers, routing, gateways (reference: graph.md 4.9). */
import type { ConfigObject, Labels } from '../../inventory/objects.ts'
import { fieldsOf, labelsOf, recordsOf, textOf, textsOf } from '../../istioconfig/read.ts'
import { destinationHosts, ruleHost } from '../../istioconfig/routing.ts'
import { selects } from '../../istioconfig/selectors.ts'
import { gatewayName, type LabelNames, labelNames } from '../../mesh/labels.ts'
import { identityDomain } from '../../mesh/mesh.ts'
import type { GraphContext } from '../context.ts'
import { isVersionOk } from '../nodeIdentity.ts'
import type { Node, TrafficMap } from '../trafficMap.ts'

export function markIstioConfig(map: TrafficMap, context: GraphContext): void {
  const names = labelNames(context.mesh.config.istio)
  const rules = serviceRules(context)
  const gateways = gatewaysByCluster(context)
  for (const node of map.values()) {
    markGateway(node, context, gateways)
    if (node.marks.outside === true) continue
    markCircuitBreaker(node, rules.destinationRules, names)
    if (node.type !== 'service') continue
    for (const cluster of rules.virtualServices) {
      const routed = cluster.get(serviceKey(node.namespace, node.service))
      if (routed !== undefined) markVirtualService(node, routed)
    }
    nameApp(node, context, names)
  }
}

const serviceKey = (namespace: string, service: string): string => `${namespace}/${service}`

/** Rules of all clusters by the service they speak of. A rule of one cluster marks the service of another too. */
interface ServiceRules {
  readonly destinationRules: ReadonlyMap<string, readonly ConfigObject[]>
  /** For each cluster the first that routes to the service. */
  readonly virtualServices: readonly ReadonlyMap<string, ConfigObject>[]
}

function serviceRules(context: GraphContext): ServiceRules {
  const destinationRules = new Map<string, ConfigObject[]>()
  const virtualServices: Map<string, ConfigObject>[] = []
  for (const cluster of context.inventory.clusters()) {
    const domain = identityDomain(context.meshFacts, cluster, context.mesh.config.istio)
    for (const rule of context.inventory.all('destinationrules.networking.istio.io', cluster)) {
      if (!context.accessible(rule) || !breaksCircuits(rule)) continue
      for (const key of servicesNamed(ruleHost(rule), rule.namespace, domain)) {
        const same = destinationRules.get(key)
        if (same === undefined) destinationRules.set(key, [rule])
        else same.push(rule)
      }
    }
    const first = new Map<string, ConfigObject>()
    virtualServices.push(first)
    for (const virtualService of context.inventory.all('virtualservices.networking.istio.io', cluster)) {
      if (!context.accessible(virtualService)) continue
      for (const host of destinationHosts(virtualService)) {
        for (const key of servicesNamed(host, virtualService.namespace, domain)) {
          if (!first.has(key)) first.set(key, virtualService)
        }
      }
    }
  }
  return { destinationRules, virtualServices }
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

const breaksAll = (rule: ConfigObject): boolean => isStated(fieldsOf(rule.resource.spec).trafficPolicy)

const breaksCircuits = (rule: ConfigObject): boolean =>
  breaksAll(rule) || subsetsOf(rule).some(({ trafficPolicy }) => isStated(trafficPolicy))

function markCircuitBreaker(node: Node, rules: ServiceRules['destinationRules'], names: LabelNames): void {
  const speakOf = (namespace: string, service: string) => rules.get(serviceKey(namespace, service)) ?? []
  const reached = () => node.destServices.flatMap(({ namespace, name }) => speakOf(namespace, name))
  if (node.type === 'service') {
    if (speakOf(node.namespace, node.service).length > 0) node.marks.circuitBreaker = true
    return
  }
  const versioned = isVersionOk(node.version)
  if (node.type === 'app' && !versioned) {
    if (reached().length > 0) node.marks.circuitBreaker = true
    return
  }
  if (versioned && reached().some((rule) => breaksAll(rule) || breaksVersion(rule, node.version, names))) {
    node.marks.circuitBreaker = true
  }
}

const breaksVersion = (rule: ConfigObject, version: string, names: LabelNames): boolean =>
  subsetsOf(rule).some(
    ({ trafficPolicy, labels }) => isStated(trafficPolicy) && names.versionOf(labelsOf(labels)) === version,
  )

function markVirtualService({ marks }: Node, virtualService: ConfigObject): void {
  const spec = fieldsOf(virtualService.resource.spec)
  const http = recordsOf(spec.http)
  const tcp = recordsOf(spec.tcp)
  const tls = recordsOf(spec.tls)
  const destinations = (route: Readonly<Record<string, unknown>>) => recordsOf(route.route).length
  marks.virtualServices ??= new Map()
  marks.virtualServices.set(virtualService.name, textsOf(spec.hosts))
  if ([...tcp, ...http, ...tls].some((route) => destinations(route) > 0)) marks.requestRouting = true
  if (http.some(({ timeout }) => timeout !== undefined)) marks.requestTimeout = true
  if (http.some(({ fault }) => fault !== undefined)) marks.faultInjection = true
  if (http.some(({ mirror }) => mirror !== undefined)) marks.mirroring = true
  if (http.some((route) => destinations(route) > 1)) marks.trafficShifting = true
  if (tcp.some((route) => destinations(route) > 1)) marks.tcpTrafficShifting = true
  if (virtualService.name.includes('autogenerated-k8s')) marks.k8sGatewayApi = true
}

/** The app of a service node: from its definition, of a ServiceEntry from the service that one of its hosts names. */
function nameApp(node: Node, { inventory }: GraphContext, names: LabelNames): void {
  if (node.app !== '' || node.egressCluster) return
  const services = node.marks.serviceEntry?.hosts.map(localName) ?? [node.service]
  for (const name of services) {
    const app = names.appOf(inventory.get('services', node, name)?.labels ?? {})
    if (app === undefined) continue
    node.app = app
    return
  }
}

function localName(host: string): string {
  const labels = host.split('.')
  return labels.length === 3 && labels[2] === 'global' ? host : (labels[0] ?? '')
}

interface ClusterGateways {
  readonly istio: readonly { readonly selector: Labels; readonly hostnames: readonly string[] }[]
  readonly gatewayApi: ReadonlyMap<string, readonly string[]>
}

function gatewaysByCluster(context: GraphContext): Map<string, ClusterGateways> {
  return new Map(
    context.inventory.clusters().map((cluster) => {
      const visible = (object: ConfigObject) => context.accessible(object)
      const istio = [...context.inventory.all('gateways.networking.istio.io', cluster)].filter(visible)
      const gatewayApi = [...context.inventory.all('gateways.gateway.networking.k8s.io', cluster)].filter(visible)
      return [
        cluster,
        {
          istio: istio.map(({ resource }) => ({
            selector: labelsOf(fieldsOf(resource.spec).selector),
            hostnames: recordsOf(fieldsOf(resource.spec).servers).flatMap(({ hosts }) => textsOf(hosts)),
          })),
          gatewayApi: new Map(gatewayApi.map((gateway) => [gateway.name, listenerHosts(gateway)])),
        },
      ]
    }),
  )
}

function listenerHosts({ resource }: ConfigObject): string[] {
  const hosts = recordsOf(fieldsOf(resource.spec).listeners).flatMap(({ hostname }) =>
    textOf(hostname) === '' ? [] : [textOf(hostname)],
  )
  return hosts.length === 0 ? ['*'] : hosts
}

/** Gateways are found by workload: app nodes without one are not marked. */
function markGateway(node: Node, context: GraphContext, gateways: ReadonlyMap<string, ClusterGateways>): void {
  if (node.workload === '' || (node.type !== 'workload' && node.type !== 'app') || !context.accessible(node)) return
  const labels = context.factsOf(node).workload(node.workload)?.labels
  const known = gateways.get(node.cluster)
  if (labels === undefined || known === undefined) return
  const component = labels['operator.istio.io/component']
  const kind = component === 'IngressGateways' ? 'ingress' : component === 'EgressGateways' ? 'egress' : undefined
  // A later Gateway that selects the workload overwrites an earlier one.
  const selecting = kind && known.istio.findLast(({ selector }) => selects(selector, labels))
  if (kind !== undefined && selecting) {
    node.marks.gateway = { kind, hostnames: selecting.hostnames }
    return
  }
  const hostnames = known.gatewayApi.get(labels[gatewayName] ?? '')
  if (hostnames === undefined) return
  node.marks.gateway = { kind: 'gatewayApi', hostnames }
  node.marks.k8sGatewayApi = true
}
