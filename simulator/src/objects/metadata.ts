/** The `metadata` that a real API server would have filled in: uid, creation time, resource version. */
import { uid } from '../names.ts'
import type { KubernetesJson } from '../scenario.ts'

/** RFC 3339 with seconds, as Kubernetes writes times. */
export type Timestamp = string

export const timestamp = (ms: number): Timestamp => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Where and when an object is made. `cluster` only salts the uid. */
export interface Birth {
  readonly cluster: string
  readonly createdAt: Timestamp
}

export interface Described {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly owner?: Owner
  readonly generateName?: string
}

export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
}

/** An object with the given rest (`spec`, `status`, `data`...). */
export function made(birth: Birth, d: Described, rest: Readonly<Record<string, unknown>> = {}): KubernetesJson {
  return {
    apiVersion: d.apiVersion,
    kind: d.kind,
    metadata: {
      name: d.name,
      ...(d.namespace === undefined ? {} : { namespace: d.namespace }),
      ...(d.generateName === undefined ? {} : { generateName: d.generateName }),
      uid: uidOf(birth.cluster, d),
      generation: 1,
      creationTimestamp: birth.createdAt,
      ...(d.labels === undefined ? {} : { labels: d.labels }),
      ...(d.annotations === undefined ? {} : { annotations: d.annotations }),
      ...(d.owner === undefined
        ? {}
        : { ownerReferences: [{ ...d.owner, controller: true, blockOwnerDeletion: true }] }),
    },
    ...rest,
  }
}

/** The owner reference that points to an object described so. */
export const ownerOf = (birth: Birth, d: Described): Owner => ({
  apiVersion: d.apiVersion,
  kind: d.kind,
  name: d.name,
  uid: uidOf(birth.cluster, d),
})

export const uidOf = (cluster: string, d: Pick<Described, 'kind' | 'name' | 'namespace'>): string =>
  uid(`${cluster}/${d.kind}/${d.namespace ?? ''}/${d.name}`)
