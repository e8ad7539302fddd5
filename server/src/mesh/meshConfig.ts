/** The part of Istio's MeshConfig that decides what a console shows, merged from its sources (multicluster.md 9.3). */
import { parse } from 'yaml'
import type { ConfigMap } from '../inventory/objects.ts'
import { type Fields, fieldsOf, flagOf, recordsOf, textOf, textsOf } from '../istioconfig/read.ts'

export interface MeshConfig {
  /** '' when nothing says it. */
  readonly trustDomain: string
  readonly meshId: string
  readonly rootNamespace: string
  readonly enableAutoMtls: boolean
  /** `TLSV1_3` only when stated. */
  readonly minTls: 'TLSV1_2' | 'TLSV1_3'
  readonly serviceSettings: readonly ServiceSetting[]
  /** The merged document, for whoever shows it. */
  readonly document: Fields
}

/** One entry of `serviceSettings`. Hosts are exact, or start with `*.`. */
export interface ServiceSetting {
  readonly clusterLocal: boolean
  readonly hosts: readonly string[]
}

/** Each top-level field of `standard` replaces the shared one; maps are filled up from the shared one. */
export function meshConfigOf(standard: ConfigMap | undefined, shared: ConfigMap | undefined): MeshConfig {
  return readMeshConfig(filled(documentOf(standard), documentOf(shared)))
}

/** Reads what is understood; whatever does not fit reads as not stated. */
export function readMeshConfig(document: Fields): MeshConfig {
  const proxy = fieldsOf(document.defaultConfig)
  const trustDomain = textOf(document.trustDomain)
  return {
    trustDomain,
    meshId: textOf(proxy.meshId) || trustDomain,
    rootNamespace: textOf(document.rootNamespace),
    enableAutoMtls: flagOf(document.enableAutoMtls) ?? true,
    minTls: textOf(fieldsOf(document.meshMTLS).minProtocolVersion) === 'TLSV1_3' ? 'TLSV1_3' : 'TLSV1_2',
    serviceSettings: recordsOf(document.serviceSettings).map((entry) => ({
      clusterLocal: flagOf(fieldsOf(entry.settings).clusterLocal) ?? false,
      hosts: textsOf(entry.hosts),
    })),
    document,
  }
}

const documents = new WeakMap<ConfigMap, Fields>()

/** The parsed key `mesh`; a configmap's text is parsed once. */
function documentOf(configMap: ConfigMap | undefined): Fields {
  if (configMap === undefined) return {}
  let document = documents.get(configMap)
  if (document === undefined) {
    document = parsed(configMap.data.mesh ?? '')
    documents.set(configMap, document)
  }
  return document
}

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
