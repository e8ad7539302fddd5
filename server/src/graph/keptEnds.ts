/**
 * What is known of the ends of pairs, kept as long as the pairs: from window to window, and from viewer to viewer who sees
 * the same, nearly all pairs stay.
 */
import type { Scope } from '../access/scope.ts'
import type { Pair } from '../telemetry/traffic.ts'
import { type Ends, type EndsOptions, endsResolver, plainEndsResolver } from './ends.ts'
import { oncePerPlace } from './oncePerPlace.ts'

export interface EndsResolvers {
  endsOf(pair: Pair): Ends | undefined
  /** Of security rows, whose labels are taken as they are. */
  plainEndsOf(pair: Pair): Ends | undefined
}

const kept = new WeakMap<object, Map<string, EndsResolvers>>()

/** Different views of the same pairs. */
const maxViews = 8

/** `pairs` stands for the pairs that will be asked for. */
export function keptResolvers(pairs: object, scope: Scope, view: Omit<EndsOptions, 'sees'>): EndsResolvers {
  const { graphType, hides = false, injectServiceNodes, waypoints } = view
  const byView = kept.get(pairs) ?? new Map<string, EndsResolvers>()
  kept.set(pairs, byView)
  const key = JSON.stringify([scope.key, graphType, injectServiceNodes, hides, ...waypoints])
  const known = byView.get(key)
  const sees = oncePerPlace((at) => scope.sees(at) === 'yes')
  const options = { ...view, sees }
  const resolvers = known ?? { endsOf: endsResolver(options), plainEndsOf: plainEndsResolver(options) }
  // Least recently used first.
  byView.delete(key)
  byView.set(key, resolvers)
  for (const oldest of byView.keys()) {
    if (byView.size <= maxViews) break
    byView.delete(oldest)
  }
  return resolvers
}
