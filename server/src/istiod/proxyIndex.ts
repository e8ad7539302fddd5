/** What all istiods together know of proxies. An answer costs what it says, not what the others said. */
import type { ProxyStatus } from '@binocle/api/catalog'
import type { ClusterName, NamespaceRef } from '@binocle/api/identity'

/** Proxies by `proxyKey`. */
export type Proxies = ReadonlyMap<string, ProxyStatus>

export interface ProxyIndex {
  /** Grows with every change. */
  readonly version: number
  /** Grows with every change of proxies of the cluster, or of one of its namespaces. */
  versionIn(cluster: ClusterName, namespace?: string): number
  get(at: NamespaceRef, pod: string): ProxyStatus | undefined
  /** Takes what an istiod says now in place of what it said before. */
  replace(istiod: string, before: Proxies, now: Proxies): void
}

export const proxyKey = ({ cluster, namespace }: NamespaceRef, pod: string): string => `${cluster}/${namespace}/${pod}`

/** A proxy that two istiods name is the later one's: it has moved, and the earlier one has not said so yet. */
export function createProxyIndex(): ProxyIndex {
  const known = new Map<string, { readonly status: ProxyStatus; readonly istiod: string }>()
  /** The version of the last change, by cluster and by namespace. */
  const changes = new Map<string, number>()
  let version = 0
  return {
    get version() {
      return version
    },
    versionIn: (cluster, namespace) => changes.get(namespace === undefined ? cluster : `${cluster}/${namespace}`) ?? 0,
    get: (at, pod) => known.get(proxyKey(at, pod))?.status,
    replace: (istiod, before, now) => {
      const next = version + 1
      const changed = (key: string): void => {
        version = next
        const at = key.slice(0, key.lastIndexOf('/'))
        changes.set(at, next)
        changes.set(at.slice(0, at.lastIndexOf('/')), next)
      }
      for (const key of before.keys()) {
        if (now.has(key) || known.get(key)?.istiod !== istiod) continue
        known.delete(key)
        changed(key)
      }
      for (const [key, status] of now) {
        const last = known.get(key)
        if (last?.istiod === istiod && last.status === status) continue
        if (last?.status !== status) changed(key)
        known.set(key, { status, istiod })
      }
    },
  }
}
