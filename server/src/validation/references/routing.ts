/** What VirtualServices, DestinationRules, ServiceEntries, Gateways and Sidecars are about (reference: validations.md 6). */
import type { ConfigObject } from '../../inventory/objects.ts'
import { labelsOf, recordsOf, textsOf } from '../../istioconfig/read.ts'
import { isEmpty, selects, workloadSelector } from '../../istioconfig/selectors.ts'
import { partsOf } from '../checks/authorization.ts'
import type { ConfigKind, Facts } from '../facts.ts'
import { gatewayHost, isWildcard, parse, refersTo, resolve, str, twoPart } from '../hosts.ts'
import { destinationRule, exportTo, isThere, serviceEntry, specOf, virtualService } from '../parsed.ts'
import { kubernetesKnows, registryService } from '../registry.ts'
import { sees, viewersOf } from '../viewers.ts'
import type { References } from './builder.ts'

const gatewayGvk = { Group: 'networking.istio.io', Version: 'v1', Kind: 'Gateway' }

export function ofVirtualService(route: ConfigObject, facts: Facts, to: References): void {
  const frame = facts.frame()
  const { hosts, gateways, routes, destinations } = virtualService(route)
  const bound = [...gateways, ...routes.flatMap(({ matchGateways }) => matchGateways.flat())]
  for (const name of bound) {
    const { ns, svc } = gatewayHost(name, route.namespace, frame)
    if (!svc.startsWith('*')) to.named(gatewayGvk, name === 'mesh' ? '' : ns, svc)
  }
  for (const rule of visible(facts, 'destinationrules.networking.istio.io', route.namespace)) {
    if (destinations.some(({ host }) => isAbout(facts, route, host, rule))) to.object(rule)
  }
  const names = new Set(hosts.map((host) => str(parse(host, route.namespace, frame))))
  for (const policy of policiesNaming(facts, route.namespace, names)) to.object(policy)
  for (const { host } of destinations) {
    const resolved = resolve(host, route.namespace, frame)
    if (host !== '' && !isWildcard(resolved)) to.service(resolved.ns, resolved.svc)
  }
}

export function ofDestinationRule(rule: ConfigObject, facts: Facts, to: References): void {
  const frame = facts.frame()
  const { host, subsets } = destinationRule(rule)
  const resolved = resolve(host, rule.namespace, frame)
  const name = str(resolved)
  const entries = visible(facts, 'serviceentries.networking.istio.io', rule.namespace).filter((entry) =>
    serviceEntry(entry).hosts.includes(name),
  )
  for (const entry of entries) to.object(entry)
  const labelled = subsets.filter(({ labels }) => !isEmpty(labels))
  if (labelled.length > 0) {
    for (const route of visible(facts, 'virtualservices.networking.istio.io', rule.namespace)) {
      if (virtualService(route).destinations.some((each) => isAbout(facts, route, each.host, rule))) to.object(route)
    }
  }
  if (isWildcard(resolved)) return
  const { svc, ns } = twoPart(resolved)
  if (entries.length === 0 && kubernetesKnows(facts, name, rule.namespace)) to.service(ns, svc)
  const selector = facts.service(ns, svc)?.selector
  if (selector === undefined || isEmpty(selector)) return
  for (const workload of facts.workloadsIn(ns)) {
    const carries = labelled.some(({ labels }) => selects(labels, workload.labels))
    if (carries && selects(selector, workload.labels)) to.workload(workload)
  }
}

export function ofServiceEntry(entry: ConfigObject, facts: Facts, to: References): void {
  const frame = facts.frame()
  const { namespace } = entry
  const hosts = new Set(serviceEntry(entry).hosts)
  for (const rule of visible(facts, 'destinationrules.networking.istio.io', namespace)) {
    const host = resolve(destinationRule(rule).host, rule.namespace, frame)
    if (!isWildcard(host) && hosts.has(str(host))) to.object(rule)
  }
  for (const sidecar of facts.config['sidecars.networking.istio.io'].all()) {
    const named = egressHosts(sidecar).some(({ ns, dns }) => ns === namespace && hosts.has(str(parse(dns, ns, frame))))
    if (named) to.object(sidecar)
  }
  for (const policy of policiesNaming(facts, namespace, hosts)) to.object(policy)
  for (const host of hosts) {
    const exported = exportTo(entry)
    const own = exported.length === 0 || exported.some((name) => name === '*' || name === '.' || name === namespace)
    const known = registryService(facts, host) === undefined ? own : kubernetesKnows(facts, host, namespace)
    if (known) to.service(namespace, host, true)
  }
}

export function ofGateway(gateway: ConfigObject, facts: Facts, to: References): void {
  const frame = facts.frame()
  const own = str(parse(gateway.name, gateway.namespace, frame))
  for (const route of visible(facts, 'virtualservices.networking.istio.io', gateway.namespace)) {
    const { gateways, routes } = virtualService(route)
    const bound = [
      ...gateways,
      ...routes.filter(({ protocol }) => protocol !== 'tcp').flatMap((each) => each.matchGateways.flat()),
    ]
    if (bound.some((name) => str(gatewayHost(name, route.namespace, frame)) === own)) to.object(route)
  }
  for (const workload of facts.workloadsMatching(labelsOf(specOf(gateway).selector))) to.workload(workload)
}

export function ofSidecar(sidecar: ConfigObject, facts: Facts, to: References): void {
  const frame = facts.frame()
  for (const { ns, dns } of egressHosts(sidecar)) {
    const name = str(parse(dns, ns, frame))
    const entries = facts
      .inNamespace('serviceentries.networking.istio.io', ns)
      .filter((entry) => serviceEntry(entry).hosts.includes(name))
    for (const entry of entries) to.object(entry)
    const host = parse(dns, ns, frame)
    if (entries.length === 0 && kubernetesKnows(facts, name, sidecar.namespace)) to.service(host.ns, host.svc)
  }
  if (!isThere(specOf(sidecar).workloadSelector)) return
  const selector = workloadSelector(sidecar)
  for (const workload of facts.workloadsIn(sidecar.namespace)) {
    if (selects(selector, workload.labels)) to.workload(workload)
  }
}

/** Those that the namespace sees. */
export const visible = (facts: Facts, kind: ConfigKind, viewer: string): readonly ConfigObject[] =>
  facts.config[kind].all().filter((object) => sees(viewersOf(facts.frame(), object), viewer))

/** A destination of the route is what the rule is about. */
function isAbout(facts: Facts, route: ConfigObject, destination: string, rule: ConfigObject): boolean {
  const frame = facts.frame()
  const q = resolve(destination, rule.namespace, frame)
  const z = resolve(destinationRule(rule).host, route.namespace, frame)
  return refersTo(str(z), z.ns, q.svc, q.ns, frame)
}

/** AuthorizationPolicies of the namespace with an operation for one of the hosts. */
function policiesNaming(facts: Facts, namespace: string, hosts: ReadonlySet<string>): readonly ConfigObject[] {
  return facts.inNamespace('authorizationpolicies.security.istio.io', namespace).filter((policy) =>
    partsOf(recordsOf(specOf(policy).rules), 'to', 'operation')
      .flatMap(({ fields }) => textsOf(fields.hosts))
      .some((host) => hosts.has(str(resolve(host, namespace, facts.frame())))),
  )
}

/** Egress hosts that name a namespace and a host. */
function egressHosts(sidecar: ConfigObject): readonly { readonly ns: string; readonly dns: string }[] {
  return recordsOf(specOf(sidecar).egress)
    .flatMap(({ hosts }) => textsOf(hosts))
    .map((host) => {
      const [ns = '', dns = ''] = host.split('/')
      return { ns, dns }
    })
    .filter(({ ns, dns }) => !['', '*', '~', '.'].includes(ns) && dns !== '' && dns !== '*')
}
