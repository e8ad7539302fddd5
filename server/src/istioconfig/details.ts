/** One object of Istio's or the Gateway API's, with what is found out about it (reference: api.md 14.3). */
import type {
  ConfigDocument,
  Gvk,
  NamespaceDocument,
  ObjectValidation,
  ResourcePermissions,
} from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import type { IstioReferences } from '@binocle/api/istioConfig'
import type { Viewer } from '../access/scope.ts'
import { configDocument } from '../catalog/configDocument.ts'
import { namespaceAt } from '../catalog/visible.ts'
import { BinocleError } from '../errors.ts'
import type { Mesh } from '../model.ts'
import { type Help, helpOf } from './help.ts'
import { requiredType } from './managed.ts'
import { mayWrite } from './permissions.ts'

export interface ConfigDetails {
  readonly cluster: string
  readonly gvk: Gvk
  readonly resource: ConfigDocument
  readonly namespace: NamespaceDocument
  readonly permissions: ResourcePermissions
  readonly help: readonly Help[] | null
  readonly references: IstioReferences | null
  readonly validation: ObjectValidation | null
}

export interface ObjectQuery {
  /** e.g. `networking.istio.io/v1, Kind=Gateway`. */
  readonly type: string
  readonly name: string
  readonly help: boolean
  readonly validate: boolean
}

/** Throws for a type that is not managed, and when there is no such object that may be seen. */
export async function istioConfigDetails(
  mesh: Mesh,
  { login, scope }: Pick<Viewer, 'login' | 'scope'>,
  at: NamespaceRef,
  { type: key, name, help, validate }: ObjectQuery,
): Promise<ConfigDetails> {
  const type = requiredType(key)
  namespaceAt(mesh, scope, at)
  const object = mesh.inventory.get(type.kind, at, name)
  if (object === undefined) {
    throw new BinocleError('BIN-NOT-FOUND', `${type.plural}.${type.gvk.Group} "${name}" not found`, {
      cluster: at.cluster,
    })
  }
  return {
    cluster: at.cluster,
    gvk: type.gvk,
    resource: configDocument(object),
    namespace: bareNamespace(at),
    permissions: await mayWrite(mesh, login, at, type.gvk.Group, type.plural),
    help: help ? helpOf(type.gvk) : null,
    references: validate ? (mesh.validations?.references(scope, object) ?? null) : null,
    validation: validate ? (mesh.validations?.one(scope, at, key, name) ?? null) : null,
  }
}

/** Only name and cluster count, as Kiali has it. */
export const bareNamespace = ({ cluster, namespace }: NamespaceRef): NamespaceDocument => ({
  name: namespace,
  cluster,
  isAmbient: false,
  isControlPlane: false,
  labels: null,
  annotations: null,
})
