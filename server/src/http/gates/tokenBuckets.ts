/** Token buckets by key: each holds `burst` tokens and gets `perSecond` of them back. Bounded: the longest unused goes. */

export interface Buckets {
  /** Takes a token. 0 = there was one; else seconds until there is. */
  take(key: string): number
  giveBack(key: string): void
}

export function createBuckets(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  nowMs: () => number,
  maxKeys = 20_000,
): Buckets {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  const of = (key: string): { tokens: number; atMs: number } => {
    const now = nowMs()
    const known = buckets.get(key)
    const tokens = known === undefined ? burst : Math.min(burst, known.tokens + ((now - known.atMs) / 1000) * perSecond)
    const bucket = { tokens, atMs: now }
    // Again at the end: what stands first was not used for the longest.
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > maxKeys) for (const oldest of buckets.keys()) return buckets.delete(oldest) ? bucket : bucket
    return bucket
  }
  return {
    take: (key) => {
      const bucket = of(key)
      if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond
      bucket.tokens -= 1
      return 0
    },
    giveBack: (key) => {
      const bucket = of(key)
      bucket.tokens = Math.min(burst, bucket.tokens + 1)
    },
  }
}
