/** An object of Istio or the Gateway API as details carry it. */
import type { ConfigDocument } from '@binocle/api/catalog'
import type { ConfigObject } from '../inventory/objects.ts'

export function configDocument({ resource }: ConfigObject): ConfigDocument {
  const { kind, apiVersion, metadata, spec, status } = resource
  return { kind, apiVersion, metadata, spec: spec ?? {}, status: status ?? {} }
}
