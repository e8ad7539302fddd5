/** Which services and gateways routing objects name: VirtualServices, DestinationRules, Gateway API routes. */
import type { ConfigObject } from '../inventory/objects.ts'
import type { ServiceName } from './hosts.ts'
import { fieldsOf, recordsOf, textOf, textsOf } from './read.ts'

/** Hosts of every http, tcp and tls destination of a VirtualService, as written. */
export function destinationHosts(virtualService: ConfigObject): readonly string[] {
  const spec = fieldsOf(virtualService.resource.spec)
  return [...recordsOf(spec.http), ...recordsOf(spec.tcp), ...recordsOf(spec.tls)]
    .flatMap((route) => recordsOf(route.route))
    .map((route) => textOf(fieldsOf(route.destination).host))
    .filter((host) => host !== '')
}

/** Gateways a VirtualService is bound to, as `namespace/name`. The dotted old notation is not understood (as Kiali). */
export function gatewaysOf(virtualService: ConfigObject): readonly string[] {
  return textsOf(fieldsOf(virtualService.resource.spec).gateways)
    .filter((gateway) => gateway !== 'mesh')
    .map((gateway) => (gateway.includes('/') ? gateway : `${virtualService.namespace}/${gateway}`))
}

/** The host of a DestinationRule, as written. */
export const ruleHost = (rule: ConfigObject): string => textOf(fieldsOf(rule.resource.spec).host)

/** Hosts of a ServiceEntry. */
export const entryHosts = (entry: ConfigObject): readonly string[] => textsOf(fieldsOf(entry.resource.spec).hosts)

export interface BackendRef extends ServiceName {
  /** `Service` or `InferencePool`. */
  readonly kind: string
}

/** Backends of a Gateway API route. */
export function backendRefs(route: ConfigObject): readonly BackendRef[] {
  return recordsOf(fieldsOf(route.resource.spec).rules)
    .flatMap((rule) => recordsOf(rule.backendRefs))
    .map((ref) => ({
      kind: textOf(ref.kind) || 'Service',
      namespace: textOf(ref.namespace) || route.namespace,
      name: textOf(ref.name),
    }))
}

/** Gateway API Gateways a route is attached to, as `namespace/name`. */
export function parentGateways(route: ConfigObject): readonly string[] {
  return recordsOf(fieldsOf(route.resource.spec).parentRefs)
    .filter((ref) => (textOf(ref.kind) || 'Gateway') === 'Gateway')
    .map((ref) => `${textOf(ref.namespace) || route.namespace}/${textOf(ref.name)}`)
}

/** Whether a ReferenceGrant lets routes of this kind and namespace refer to a Service of the grant's namespace. */
export function grants(grant: ConfigObject, route: ConfigObject, service: string): boolean {
  const spec = fieldsOf(grant.resource.spec)
  const from = recordsOf(spec.from).some(
    (each) => textOf(each.kind) === route.kind && textOf(each.namespace) === route.namespace,
  )
  const to = recordsOf(spec.to).some(
    (each) => textOf(each.kind) === 'Service' && ['', service].includes(textOf(each.name)),
  )
  return from && to
}
