/**
 * Makes, changes and deletes objects of Istio and the Gateway API, and changes namespaces, services and workloads: what
 * is sent where (reference: api.md 7.3, 11.3, 12.3, 14.4 to 14.6). Whether it may be is for the cluster to say.
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { ChangeRequest } from '../access/change.ts'
import { BinocleError } from '../errors.ts'
import type { Kind } from '../inventory/inventory.ts'
import { collectionPath, resources } from '../inventory/kinds.ts'
import type { Mesh } from '../model.ts'
import { listIn, objectIn } from './body.ts'
import type { ManagedType } from './managed.ts'
import { type Fields, fieldsOf } from './read.ts'

/** `text`: the whole object as JSON. What its head leaves out is as the path says; what it says must be that. */
export function creation(mesh: Mesh, at: NamespaceRef, type: ManagedType, text: string): ChangeRequest {
  const version = servedVersion(mesh, at, type.kind)
  const object = objectIn(text)
  checkHead(object, at.namespace, type.kind)
  const metadata = fieldsOf(object.metadata)
  const { Group, Kind } = type.gvk
  return {
    cluster: at.cluster,
    method: 'POST',
    path: collectionPath(type.kind, version, at.namespace),
    body: {
      ...object,
      apiVersion: `${Group}/${version}`,
      kind: Kind,
      metadata: { ...metadata, namespace: at.namespace },
    },
  }
}

/** `text`: a merge patch. */
export const patchOf = (mesh: Mesh, at: NamespaceRef, type: ManagedType, name: string, text: string): ChangeRequest =>
  patch(mesh, at, type.kind, name, text, 'merge')

export const deletion = (mesh: Mesh, at: NamespaceRef, type: ManagedType, name: string): ChangeRequest => ({
  cluster: at.cluster,
  method: 'DELETE',
  path: pathOf(type.kind, servedVersion(mesh, at, type.kind), at.namespace, name),
})

/**
 * `namespace` is '' for kinds of the whole cluster. `form`: as Kiali names it; what is none of its names is a merge. A head in
 * the patch must be that of the path.
 */
export function patch(
  mesh: Mesh,
  at: NamespaceRef,
  kind: Kind,
  name: string,
  text: string,
  form: string,
): ChangeRequest {
  const version = servedVersion(mesh, at, kind)
  return {
    cluster: at.cluster,
    method: 'PATCH',
    path: `${pathOf(kind, version, at.namespace, name)}${form === 'apply' ? applied : ''}`,
    body:
      form === 'json' ? listIn(text) : inVersion(version, kind, checkHead(objectIn(text), at.namespace, kind, name)),
    contentType: contentTypes.get(form) ?? mergePatch,
  }
}

/** Objects are shown in the version that answers name, which the cluster may not serve: it would refuse its own object. */
function inVersion(version: string, kind: Kind, object: Fields): Fields {
  const { group } = resources[kind]
  return object.apiVersion ? { ...object, apiVersion: group === '' ? version : `${group}/${version}` } : object
}

/** What a body says of which object it is must be what the path says: else it would change another one, or none. */
function checkHead(object: Fields, namespace: string, kind: Kind, name?: string): Fields {
  const { group, kubernetesKind } = resources[kind]
  const metadata = fieldsOf(object.metadata)
  const wrong = (what: string): BinocleError =>
    new BinocleError('BIN-CHANGE-BODY', what, { remedy: 'Send the object to the path that names it.' })
  const isOne = agrees(object.kind, (said) => said === kubernetesKind)
  if (!isOne || !agrees(object.apiVersion, (said) => groupOf(said) === group))
    throw wrong(`the object is no ${kubernetesKind}${group === '' ? '' : ` of ${group}`}`)
  if (!agrees(metadata.namespace, (said) => said === namespace))
    throw wrong('the namespace of the provided object does not match the namespace sent on the request')
  if (name !== undefined && !agrees(metadata.name, (said) => said === name))
    throw wrong('the name of the provided object does not match the name sent on the request')
  return object
}

/** '' of `v1`. */
const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '')

const mergePatch = 'application/merge-patch+json'
const contentTypes: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json-patch+json'],
  ['strategic', 'application/strategic-merge-patch+json'],
  // JSON is YAML.
  ['apply', 'application/apply-patch+yaml'],
])
const applied = '?fieldManager=binocle&force=true'

/** In which version the cluster serves it: the one that answers name may not be there. */
function servedVersion({ clusters, inventory }: Mesh, { cluster }: NamespaceRef, kind: Kind): string {
  const { group, plural, versions } = resources[kind]
  if (inventory.state(kind, cluster).state === 'absent') {
    throw new BinocleError('BIN-NOT-FOUND', `${cluster} does not serve ${plural}.${group}`, {
      cluster,
      remedy: 'Install its custom resource definition there.',
    })
  }
  const stats = clusters.stats?.().find((of) => of.cluster === cluster)
  return stats?.kinds.get(kind)?.version ?? versions[0] ?? 'v1'
}

const pathOf = (kind: Kind, version: string, namespace: string, name: string): string =>
  `${collectionPath(kind, version, namespace)}/${encodeURIComponent(name)}`

/** What is left out agrees; what is no text does not. */
const agrees = (value: unknown, is: (text: string) => boolean): boolean =>
  value === undefined || value === null || value === '' || (typeof value === 'string' && is(value))
