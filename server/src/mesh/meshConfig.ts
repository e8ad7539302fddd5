/** The part of Istio's MeshConfig that decides what a console shows, merged from its sources (multicluster.md 9.3). */
import { parse } from 'yaml'
import type { ConfigMap } from '../inventory/objects.ts'
import { type Fields, fieldsOf, flagOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'

export interface MeshConfig {
  /** '' when nothing says it. */
  readonly trustDomain: string
  readonly trustDomainAliases: readonly string[]
  readonly meshId: string
  readonly rootNamespace: string
  /** Where proxies find istiod, e.g. `istiod.istio-system.svc:15012`; '' when nothing says it. */
  readonly discoveryAddress: string
  readonly enableAutoMtls: boolean
  /** `TLSV1_3` only when stated. */
  readonly minTls: 'TLSV1_2' | 'TLSV1_3'
  readonly serviceSettings: readonly ServiceSetting[]
  /** Which services of ambient are global; undefined = nothing is stated. */
  readonly serviceScopes: readonly ServiceScope[] | undefined
  /** Which namespaces the control plane looks at; empty = all. */
  readonly discoverySelectors: readonly Fields[]
  /** Networks by name, from key `meshNetworks`. */
  readonly networks: Fields
  /** The merged document, for whoever shows it. */
  readonly document: Fields
}

/** One entry of `serviceSettings`. Hosts are exact, or start with `*.`. */
export interface ServiceSetting {
  readonly clusterLocal: boolean
  readonly hosts: readonly string[]
}

/** One entry of `serviceScopeConfigs`: selectors are Kubernetes label selectors, absent ones match everything. */
export interface ServiceScope {
  readonly scope: string
  readonly namespaceSelector: unknown
  readonly servicesSelector: unknown
}

/** Each top-level field of `standard` replaces the shared one; maps are filled up from the shared one. */
export function meshConfigOf(standard: ConfigMap | undefined, shared: ConfigMap | undefined): MeshConfig {
  const [own, common] = [documentOf(standard), documentOf(shared)]
  const networks = { ...networksOf(shared), ...networksOf(standard) }
  const config = readMeshConfig(filled(own, common), networks)
  // Istio unites these two lists; Kiali's document shows the standard one only.
  const aliases = new Set([...textsOf(common.trustDomainAliases), ...textsOf(own.trustDomainAliases)])
  return { ...config, trustDomainAliases: [...aliases] }
}

/** Reads what is understood; whatever does not fit reads as not stated. */
export function readMeshConfig(document: Fields, networks: Fields = {}): MeshConfig {
  const proxy = fieldsOf(document.defaultConfig)
  const trustDomain = textOf(document.trustDomain)
  return {
    trustDomain,
    trustDomainAliases: textsOf(document.trustDomainAliases),
    meshId: textOf(proxy.meshId) || trustDomain,
    rootNamespace: textOf(document.rootNamespace),
    discoveryAddress: textOf(proxy.discoveryAddress),
    enableAutoMtls: flagOf(document.enableAutoMtls) ?? true,
    minTls: textOf(fieldsOf(document.meshMTLS).minProtocolVersion) === 'TLSV1_3' ? 'TLSV1_3' : 'TLSV1_2',
    serviceSettings: recordsOf(document.serviceSettings).map((entry) => ({
      clusterLocal: flagOf(fieldsOf(entry.settings).clusterLocal) ?? false,
      hosts: textsOf(entry.hosts),
    })),
    serviceScopes: Array.isArray(document.serviceScopeConfigs)
      ? recordsOf(document.serviceScopeConfigs).map(({ scope, namespaceSelector, servicesSelector }) => ({
          scope: textOf(scope),
          namespaceSelector,
          servicesSelector,
        }))
      : undefined,
    discoverySelectors: recordsOf(document.discoverySelectors),
    networks,
    document,
  }
}

const documents = new WeakMap<ConfigMap, { readonly mesh: Fields; readonly networks: Fields }>()

/** The parsed keys; a ConfigMap's texts are parsed once. */
function parsedOf(configMap: ConfigMap | undefined): { readonly mesh: Fields; readonly networks: Fields } {
  if (configMap === undefined) return nothing
  let document = documents.get(configMap)
  if (document === undefined) {
    document = {
      mesh: parsed(configMap.data.mesh ?? ''),
      networks: fieldsOf(parsed(configMap.data.meshNetworks ?? '').networks),
    }
    documents.set(configMap, document)
  }
  return document
}

const nothing = { mesh: {}, networks: {} }

/** Key `mesh` of a source of mesh configuration. */
export const documentOf = (configMap: ConfigMap | undefined): Fields => parsedOf(configMap).mesh

/** Key `meshNetworks`: networks by name. */
export const networksOf = (configMap: ConfigMap | undefined): Fields => parsedOf(configMap).networks

/** Aliases are refused: a small text could stand for a huge document. */
function parsed(text: string): Fields {
  try {
    return fieldsOf(parse(text, { maxAliasCount: 0 }))
  } catch {
    return {}
  }
}

function filled(over: Fields, under: Fields): Fields {
  const result: Record<string, unknown> = { ...under, ...over }
  for (const [name, value] of Object.entries(over)) {
    const below = under[name]
    if (isMap(value) && isMap(below)) result[name] = filled(value, below)
  }
  return result
}

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
