/**
 * Answers about identities, asked once for all who wait and kept for a few seconds: as long as a right that was taken
 * away may still be used (reference: auth.md 8.2). What failed is not kept.
 */
import { LRUCache } from 'lru-cache'

export interface Recent<T> {
  /** `key` says everything that may change the answer. */
  get(key: string, ask: () => Promise<T>): Promise<T>
}

const keptMs = 10_000

export function createRecent<T>(clock: () => number, most = 10_000): Recent<T> {
  const answers = new LRUCache<string, { readonly until: number; readonly answer: Promise<T> }>({ max: most })
  return {
    get: (key, ask) => {
      const held = answers.get(key)
      if (held !== undefined && clock() < held.until) return held.answer
      const answer = ask()
      const made = { until: clock() + keptMs, answer }
      answers.set(key, made)
      answer.catch(() => {
        if (answers.peek(key) === made) answers.delete(key)
      })
      return answer
    },
  }
}
