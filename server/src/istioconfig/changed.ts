/** What the API server answers to a change, as Kiali's API passes it on (reference: api.md 14.4). */
import type { ConfigDocument } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'
import { bareNamespace, type ConfigDetails } from './details.ts'
import type { ManagedType } from './managed.ts'
import { fieldsOf, textOf } from './read.ts'
import { noRights } from './rights.ts'

/** With nothing found out about it: that is for who reads it again. */
export const changedDocument = (at: NamespaceRef, { gvk }: ManagedType, answer: unknown): ConfigDetails => ({
  cluster: at.cluster,
  gvk,
  resource: documentOf(gvk.Kind, answer),
  namespace: bareNamespace(at),
  permissions: noRights,
  help: null,
  references: null,
  validation: null,
})

export interface Head {
  readonly name: string
  readonly resourceVersion: string
  /** To be deleted, and still there. */
  readonly isMarked: boolean
}

export function headOf(answer: unknown): Head {
  const { deletionTimestamp, name, resourceVersion } = fieldsOf(fieldsOf(answer).metadata)
  return {
    name: textOf(name),
    resourceVersion: textOf(resourceVersion),
    isMarked: textOf(deletionTimestamp) !== '',
  }
}

function documentOf(kind: string, answer: unknown): ConfigDocument {
  const { apiVersion, metadata, spec, status } = fieldsOf(answer)
  const { managedFields: _, ...shown } = fieldsOf(metadata)
  return {
    kind,
    apiVersion: textOf(apiVersion),
    metadata: shown,
    spec: fieldsOf(spec),
    ...(kind === 'ReferenceGrant' ? {} : { status: fieldsOf(status) }),
  }
}
