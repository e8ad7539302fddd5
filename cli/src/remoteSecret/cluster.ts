/** Makes a cluster hold what a manifest says: created, changed or left as it is, the same however often it is done. */
import { isRecord, record, text } from '@binocle/server/inventory/json'
import type { KubeApi } from '@binocle/server/kube/api'
import { KubeFailure } from '@binocle/server/kube/failure'
import type { KubernetesObject } from './objects.ts'

export type Change = 'changed' | 'created' | 'unchanged'

/** Throws `KubeFailure`. What the object has beyond the manifest stays. */
export async function put(api: KubeApi, object: KubernetesObject): Promise<Change> {
  const present = await read(api, object)
  if (present === undefined) {
    await api.request('POST', collectionPath(object), object)
    return 'created'
  }
  if (isBinding(object) && !sameRole(present, object)) {
    // A binding's role can never be changed.
    await api.request('DELETE', objectPath(object))
    await api.request('POST', collectionPath(object), object)
    return 'changed'
  }
  const options = { contentType: 'application/merge-patch+json' }
  const after = await api.request('PATCH', objectPath(object), object, options)
  return versionOf(after) === versionOf(present) ? 'unchanged' : 'changed'
}

/** Undefined when there is none. Throws `KubeFailure`. */
export async function read(api: KubeApi, object: KubernetesObject): Promise<unknown> {
  return orAbsent(api.get(objectPath(object)))
}

/** False when there was none. Throws `KubeFailure`. */
export async function remove(api: KubeApi, object: KubernetesObject): Promise<boolean> {
  return (await orAbsent(api.request('DELETE', objectPath(object)))) !== undefined
}

/** The value of a label; '' without it. */
export function labelOf(object: unknown, name: string): string {
  return isRecord(object) ? text(record(record(object, 'metadata'), 'labels'), name) : ''
}

/** `ClusterRole kiali-viewer`, `Secret istio-system/kiali`. */
export const called = ({ kind, metadata: { name, namespace } }: KubernetesObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`

async function orAbsent(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof KubeFailure && error.reason === 'absent') return undefined
    throw error
  }
}

const plurals: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  Namespace: 'namespaces',
  Secret: 'secrets',
  ServiceAccount: 'serviceaccounts',
}

function collectionPath({ apiVersion, kind, metadata: { namespace } }: KubernetesObject): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${place}/${plurals[kind] ?? ''}`
}

const objectPath = (object: KubernetesObject): string =>
  `${collectionPath(object)}/${encodeURIComponent(object.metadata.name)}`

const isBinding = ({ kind }: KubernetesObject): boolean => kind === 'ClusterRoleBinding'

const sameRole = (present: unknown, wanted: KubernetesObject): boolean =>
  roleOf(present) !== '' && roleOf(present) === roleOf(wanted)

const roleOf = (binding: unknown): string => (isRecord(binding) ? text(record(binding, 'roleRef'), 'name') : '')

const versionOf = (object: unknown): string =>
  isRecord(object) ? text(record(object, 'metadata'), 'resourceVersion') : ''
