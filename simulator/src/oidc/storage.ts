/** Where the provider keeps its sessions, codes and tokens: in memory, for as long as they live. */
import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Kept {
  readonly payload: AdapterPayload
  /** Unix ms. */
  readonly until: number
}

/** One store for all models of one provider. */
export function createStorage(clock: () => number): (model: string) => Adapter {
  const kept = new Map<string, Kept>()
  const live = (key: string): AdapterPayload | undefined => {
    const found = kept.get(key)
    if (found === undefined) return undefined
    if (found.until > clock()) return found.payload
    kept.delete(key)
    return undefined
  }
  const findBy = (model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const key of kept.keys()) {
      const payload = key.startsWith(`${model}:`) ? live(key) : undefined
      if (payload !== undefined && matches(payload)) return payload
    }
    return undefined
  }
  return (model) => {
    const keyOf = (id: string): string => `${model}:${id}`
    return {
      upsert: async (id, payload, lifeS) => {
        const until = lifeS === undefined ? Number.POSITIVE_INFINITY : clock() + lifeS * 1000
        kept.set(keyOf(id), { payload, until })
      },
      find: async (id) => live(keyOf(id)),
      findByUid: async (uid) => findBy(model, (payload) => payload.uid === uid),
      findByUserCode: async (code) => findBy(model, (payload) => payload.userCode === code),
      consume: async (id) => {
        const found = kept.get(keyOf(id))
        if (found)
          kept.set(keyOf(id), { ...found, payload: { ...found.payload, consumed: Math.floor(clock() / 1000) } })
      },
      destroy: async (id) => void kept.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key)
      },
    }
  }
}
