/** What several sources say of the same clusters becomes one list: one spec a name, and what was left out is said. */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import type { ClusterSpec } from '../kube/spec.ts'

/** The first that can be used counts; of those that cannot, the first. The order of names is that of first mention. */
export function mergeSpecs(sources: readonly (readonly ClusterSpec[])[]): readonly ClusterSpec[] {
  const byName = new Map<ClusterName, ClusterSpec>()
  for (const spec of sources.flat()) {
    const before = byName.get(spec.name)
    if (before === undefined) byName.set(spec.name, spec)
    else if (!('access' in before) && 'access' in spec) byName.set(spec.name, beside(spec, before))
    else byName.set(spec.name, beside(before, spec))
  }
  return [...byName.values()]
}

function beside(used: ClusterSpec, other: ClusterSpec): ClusterSpec {
  // Who only names a cluster does not contradict who gives access to it.
  if ('only' in other || sameAccess(used, other)) return used
  return { ...used, notes: [...(used.notes ?? []), twice(used, other)] }
}

/** The same Secret may be mounted and watched. */
const sameAccess = (a: ClusterSpec, b: ClusterSpec): boolean =>
  'access' in a && 'access' in b && JSON.stringify(a.access) === JSON.stringify(b.access)

const twice = (used: ClusterSpec, other: ClusterSpec): Problem => ({
  code: 'BIN-CLUSTER-DUPLICATE',
  message: `${used.name} is declared twice: by ${used.origin ?? 'one source'}, which is used, and by ${other.origin ?? 'another'}, which is not.`,
  cluster: used.name,
  remedy: 'Remove one of them, or give the other cluster its own name.',
})
