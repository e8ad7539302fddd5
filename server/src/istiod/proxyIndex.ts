/** What all istiods together know of proxies. An answer costs what it says, not what the others said. */
import type { ProxyStatus } from '@binocle/api/catalog'
import type { NamespaceRef } from '@binocle/api/identity'

/** Proxies by `proxyKey`. */
export type Proxies = ReadonlyMap<string, ProxyStatus>

export interface ProxyIndex {
  get(at: NamespaceRef, pod: string): ProxyStatus | undefined
  /** Takes what an istiod says now in place of what it said before; true when that changes anything. */
  replace(istiod: string, before: Proxies, now: Proxies): boolean
}

export const proxyKey = ({ cluster, namespace }: NamespaceRef, pod: string): string => `${cluster}/${namespace}/${pod}`

/** A proxy that two istiods name is the later one's: it has moved, and the earlier one has not said so yet. */
export function createProxyIndex(): ProxyIndex {
  const known = new Map<string, { readonly status: ProxyStatus; readonly istiod: string }>()
  return {
    get: (at, pod) => known.get(proxyKey(at, pod))?.status,
    replace: (istiod, before, now) => {
      let changed = false
      for (const key of before.keys()) {
        if (now.has(key) || known.get(key)?.istiod !== istiod) continue
        known.delete(key)
        changed = true
      }
      for (const [key, status] of now) {
        const last = known.get(key)
        if (last?.istiod === istiod && last.status === status) continue
        if (last?.status !== status) changed = true
        known.set(key, { status, istiod })
      }
      return changed
    },
  }
}
