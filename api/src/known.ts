/**
 * "Empty" and "unknown" are different values. Whatever comes from a source that may be absent, slow, wrong or
 * forbidden is a `Known<T>`: the value, the last good value with its age, or the reason why there is none.
 */
import type { Problem } from './problem.ts'

/** Times are Unix milliseconds. */
export type Known<T> =
  | { readonly state: 'known'; readonly value: T; readonly asOf: number }
  | { readonly state: 'stale'; readonly value: T; readonly asOf: number; readonly cause: Problem }
  | { readonly state: 'unknown'; readonly cause: Problem }

export const known = <T>(value: T, asOf: number): Known<T> => ({ state: 'known', value, asOf })

export const unknown = (cause: Problem): Known<never> => ({ state: 'unknown', cause })

/** The last good value after `cause`; unknown when there never was one. */
export function stale<T>(last: Known<T> | undefined, cause: Problem): Known<T> {
  return last === undefined || last.state === 'unknown'
    ? { state: 'unknown', cause }
    : { state: 'stale', value: last.value, asOf: last.asOf, cause }
}

/** The value if there is one, fresh or stale. */
export function lastValue<T>(fact: Known<T>): T | undefined {
  return fact.state === 'unknown' ? undefined : fact.value
}
