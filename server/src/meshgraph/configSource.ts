/** Mesh configuration as Kiali's documents show it: Istio's JSON form of MeshConfig and MeshNetworks. */
import type { ConfigSource } from '@binocle/api/mesh'
import type { ConfigMap } from '../inventory/objects.ts'
import { type Fields, fieldsOf, textOf } from '../istioconfig/read.ts'
import { documentOf, type MeshConfig, networksOf } from '../mesh/meshConfig.ts'

/** One ConfigMap. */
export function configSource(configMap: ConfigMap): ConfigSource {
  const { cluster, name, namespace } = configMap
  return {
    cluster,
    configMap: { mesh: meshJson(documentOf(configMap)), meshNetworks: networksJson(networksOf(configMap)) },
    name,
    namespace,
  }
}

/** What counts, merged from all sources. */
export const effectiveConfig = ({ document, networks }: MeshConfig): ConfigSource => ({
  configMap: { mesh: meshJson(document), meshNetworks: networksJson(networks) },
})

/**
 * A field at its zero value is not written, except the mode of outbound traffic, which is written always; of a field that
 * is a message of its own the zero value does count, e.g. `enableAutoMtls: false`.
 */
function meshJson(document: Fields): Record<string, unknown> {
  const stated = Object.entries(document).filter(([name, value]) => !isZero(name, value))
  const policy = fieldsOf(document.outboundTrafficPolicy)
  const byDefault = document.outboundTrafficPolicy === undefined ? 'ALLOW_ANY' : 'REGISTRY_ONLY'
  return {
    ...Object.fromEntries(stated),
    outboundTrafficPolicy: { ...policy, mode: textOf(policy.mode) || byDefault },
  }
}

const plainFlags = new Set(['disableEnvoyListenerLog', 'enableEnvoyAccessLogService', 'enableTracing'])

const isZero = (name: string, value: unknown): boolean =>
  value === '' ||
  value === null ||
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (value === false && plainFlags.has(name)) ||
  value === 0

const networksJson = (networks: Fields): Record<string, unknown> =>
  Object.keys(networks).length > 0 ? { networks } : {}
