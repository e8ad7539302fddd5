/** The 22 types of Istio's and the Gateway API's that are listed, read and written, by the key that answers use. */
import type { Gvk } from '@binocle/api/catalog'
import { BinocleError } from '../errors.ts'
import type { Kind } from '../inventory/inventory.ts'
import { resources } from '../inventory/kinds.ts'

/** Versions are fixed, whatever version an object is stored in. */
export interface ManagedType {
  /** e.g. `networking.istio.io/v1, Kind=Gateway`. */
  readonly key: string
  readonly gvk: Gvk
  readonly kind: Kind
  readonly plural: string
}

const versions = {
  'networking.istio.io': 'v1',
  'telemetry.istio.io': 'v1',
  'extensions.istio.io': 'v1alpha1',
  'security.istio.io': 'v1',
  'gateway.networking.k8s.io': 'v1',
  'inference.networking.k8s.io': 'v1',
} as const

const kinds = [
  'destinationrules.networking.istio.io',
  'envoyfilters.networking.istio.io',
  'gateways.networking.istio.io',
  'serviceentries.networking.istio.io',
  'sidecars.networking.istio.io',
  'virtualservices.networking.istio.io',
  'workloadentries.networking.istio.io',
  'workloadgroups.networking.istio.io',
  'telemetries.telemetry.istio.io',
  'trafficextensions.extensions.istio.io',
  'wasmplugins.extensions.istio.io',
  'authorizationpolicies.security.istio.io',
  'peerauthentications.security.istio.io',
  'requestauthentications.security.istio.io',
  'gateways.gateway.networking.k8s.io',
  'grpcroutes.gateway.networking.k8s.io',
  'httproutes.gateway.networking.k8s.io',
  'referencegrants.gateway.networking.k8s.io',
  'tcproutes.gateway.networking.k8s.io',
  'tlsroutes.gateway.networking.k8s.io',
  'udproutes.gateway.networking.k8s.io',
  'inferencepools.inference.networking.k8s.io',
] as const satisfies readonly Kind[]

/** A kind among those whose objects are kept as served. */
export type ManagedKind = (typeof kinds)[number]

const exceptions: Readonly<Record<string, string>> = { EnvoyFilter: 'v1alpha3', ReferenceGrant: 'v1beta1' }

export const managedTypes: readonly (ManagedType & { readonly kind: ManagedKind })[] = kinds.map((kind) => {
  const { group, kubernetesKind, plural } = resources[kind]
  const byGroup = new Map<string, string>(Object.entries(versions))
  const gvk = {
    Group: group,
    Version: exceptions[kubernetesKind] ?? byGroup.get(group) ?? 'v1',
    Kind: kubernetesKind,
  }
  return { key: `${gvk.Group}/${gvk.Version}, Kind=${gvk.Kind}`, gvk, kind, plural }
})

/** Throws BIN-QUERY-TYPE. */
export function requiredType(key: string): ManagedType & { readonly kind: ManagedKind } {
  const type = managedTypes.find((each) => each.key === key)
  if (type !== undefined) return type
  throw new BinocleError('BIN-QUERY-TYPE', `Object type not managed: ${key}`, {
    remedy: 'Use a group, version and kind of GET /api/istio/config.',
  })
}
