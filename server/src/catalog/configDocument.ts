/** An object of Istio or the Gateway API as details carry it. */
import type { ConfigDocument } from '@binocle/api/catalog'
import type { ConfigObject } from '../inventory/objects.ts'
import { type Fields, fieldsOf } from '../istioconfig/read.ts'

/**
 * Kiali re-encodes specs from Istio's protobuf types, which leave out what has its zero value. Only clients that
 * compare documents can tell; we do the same where objects usually spell it out.
 */
export function configDocument({ kind, group, resource }: ConfigObject): ConfigDocument {
  const { apiVersion, metadata, spec, status } = resource
  const known = zeroValues[`${group}/${kind}`]
  return {
    kind,
    apiVersion,
    metadata,
    spec: known === undefined ? (spec ?? {}) : without(fieldsOf(spec), known),
    // The one type that has none.
    ...(kind === 'ReferenceGrant' ? {} : { status: status ?? {} }),
  }
}

const zeroValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'security.istio.io/AuthorizationPolicy': { action: 'ALLOW' },
  'networking.istio.io/ServiceEntry': { location: 'MESH_EXTERNAL', resolution: 'NONE' },
}

const without = (spec: Fields, zeros: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(spec).filter(([name, value]) => zeros[name] === undefined || zeros[name] !== value))
