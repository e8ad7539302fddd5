/** Istio's routing objects as checks read them, parsed once per object. */
import type { ConfigObject, Labels } from '../inventory/objects.ts'
import { type Fields, fieldsOf, labelsOf, numberOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'

export type Protocol = 'http' | 'tcp' | 'tls'

export interface Destination {
  readonly protocol: Protocol
  /** Indexes of the route and of the destination in it. */
  readonly route: number
  readonly index: number
  readonly host: string
  readonly subset: string
}

export interface Route {
  readonly protocol: Protocol
  readonly index: number
  readonly destinations: readonly Destination[]
  readonly weights: readonly number[]
  /** Gateways of each match block. */
  readonly matchGateways: readonly (readonly string[])[]
}

export interface VirtualService {
  readonly hosts: readonly string[]
  readonly gateways: readonly string[]
  readonly routes: readonly Route[]
  readonly destinations: readonly Destination[]
}

export interface DestinationRule {
  readonly host: string
  readonly subsets: readonly Subset[]
  readonly policy: Fields
  readonly hasPolicy: boolean
  /** '' when the top-level policy has no TLS settings; a missing mode is DISABLE. */
  readonly tlsMode: string
}

export interface Subset {
  readonly name: string
  readonly labels: Labels
  readonly policy: Fields
}

export interface ServiceEntry {
  readonly hosts: readonly string[]
  readonly ports: readonly { readonly number: number; readonly protocol: string }[]
  readonly endpointLabels: readonly Labels[]
}

export const specOf = (object: ConfigObject): Fields => fieldsOf(object.resource.spec)

export const exportTo = (object: ConfigObject): readonly string[] => textsOf(specOf(object).exportTo)

export const virtualService = once((object): VirtualService => {
  const spec = specOf(object)
  const routes = (['http', 'tcp', 'tls'] as const).flatMap((protocol) =>
    recordsOf(spec[protocol]).map((route, index): Route => {
      const targets = recordsOf(route.route)
      return {
        protocol,
        index,
        destinations: targets.map((target, at) => {
          const destination = fieldsOf(target.destination)
          return {
            protocol,
            route: index,
            index: at,
            host: textOf(destination.host),
            subset: textOf(destination.subset),
          }
        }),
        weights: targets.map(({ weight }) => numberOf(weight) ?? 0),
        matchGateways: recordsOf(route.match).map(({ gateways }) => textsOf(gateways)),
      }
    }),
  )
  return {
    hosts: textsOf(spec.hosts),
    gateways: textsOf(spec.gateways),
    routes,
    destinations: routes.flatMap(({ destinations }) => destinations),
  }
})

export const destinationRule = once((object): DestinationRule => {
  const spec = specOf(object)
  const policy = fieldsOf(spec.trafficPolicy)
  return {
    host: textOf(spec.host),
    subsets: recordsOf(spec.subsets).map((subset) => ({
      name: textOf(subset.name),
      labels: labelsOf(subset.labels),
      policy: fieldsOf(subset.trafficPolicy),
    })),
    policy,
    hasPolicy: isThere(spec.trafficPolicy),
    tlsMode: isThere(policy.tls) ? textOf(fieldsOf(policy.tls).mode) || 'DISABLE' : '',
  }
})

export const serviceEntry = once((object): ServiceEntry => {
  const spec = specOf(object)
  return {
    hosts: textsOf(spec.hosts),
    ports: recordsOf(spec.ports).map((port) => ({
      number: numberOf(port.number) ?? 0,
      protocol: textOf(port.protocol),
    })),
    endpointLabels: recordsOf(spec.endpoints).map(({ labels }) => labelsOf(labels)),
  }
})

export const isThere = (value: unknown): boolean => value !== undefined && value !== null

/** Mode of a PeerAuthentication without selector: '' with one, or without `mtls`; `UNSET` without a mode. */
export const wideMode = (policy: ConfigObject): string => (isThere(specOf(policy).selector) ? '' : mtlsMode(policy))

export function mtlsMode(policy: ConfigObject): string {
  const { mtls } = specOf(policy)
  return isThere(mtls) ? textOf(fieldsOf(mtls).mode) || 'UNSET' : ''
}

function once<T>(parse: (object: ConfigObject) => T): (object: ConfigObject) => T {
  const parsed = new WeakMap<ConfigObject, T>()
  return (object) => {
    let known = parsed.get(object)
    if (known === undefined) {
      known = parse(object)
      parsed.set(object, known)
    }
    return known
  }
}
