/** istiod's `/debug/configz`: how many Istio objects of which kinds it acts on. */
import type { Json } from '../inventory/json.ts'
import { textOf } from './elements.ts'
import type { ConfigCounts } from './facts.ts'

export function createConfigCounter(): { add(object: Json): void; counts(): ConfigCounts } {
  const byKind = new Map<string, number>()
  let objects = 0
  return {
    add: (object) => {
      const kind = textOf(object, 'kind')
      if (kind === '') return
      objects++
      byKind.set(kind, (byKind.get(kind) ?? 0) + 1)
    },
    counts: () => ({ objects, byKind: Object.fromEntries([...byKind].sort()) }),
  }
}
