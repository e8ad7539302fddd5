/**
 * For how long watches are asked: a dead one is noticed when its end is overdue, so shorter is sooner; but each is a
 * request. The streams without which there is no mesh to show end every few seconds and speak for all the others of
 * their cluster; one of them, the first to know, ends sooner still. Together all streams of a cluster cost about two
 * requests a second, however many there are.
 */

export type WatchSort = 'core' | 'first' | 'other'

/** `random` is 0 <= n < 1; `streams` is how many of this sort the cluster has. Whole seconds. */
export function watchSeconds(sort: WatchSort, streams: number, random: number): number {
  const mostS = Math.min(longestS, Math.max(leastS[sort], streams))
  return Math.ceil(mostS * (0.75 + 0.25 * random))
}

const leastS = { first: 2, core: 3, other: 40 } as const

/** Bookmarks tell of a dead stream before that. */
const longestS = 600
