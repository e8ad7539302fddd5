/** What several sources say of the same clusters becomes one list: one spec a name, and what was left out is said. */
import type { ClusterName } from '@binocle/api/identity'
import type { Problem } from '@binocle/api/problem'
import type { ClusterAccess } from '../kube/access.ts'
import type { ClusterSpec } from '../kube/spec.ts'
import { refused, Unusable } from '../kube/unusable.ts'

/**
 * Of the operator's own declarations the first that can be used counts; of those that cannot, the first. Secrets are not
 * the operator's: they never take a name that the operator gave away, and where two of them want one name neither has it.
 * The order of names is that of first mention.
 */
export function mergeSpecs(sources: readonly (readonly ClusterSpec[])[]): readonly ClusterSpec[] {
  const byName = new Map<ClusterName, ClusterSpec[]>()
  for (const spec of sources.flat()) byName.set(spec.name, [...(byName.get(spec.name) ?? []), spec])
  return withinLimit([...byName.values()].flatMap(one))
}

function one(specs: readonly ClusterSpec[]): readonly ClusterSpec[] {
  // Who only names a cluster does not contradict who gives access to it.
  const [named] = specs
  const declared = specs.filter((spec) => !('only' in spec))
  const own = declared.filter(({ secretName }) => secretName === undefined)
  const chosen = own.find((spec) => 'access' in spec) ?? own[0] ?? secretOf(declared)
  if (chosen === undefined) return named === undefined ? [] : [named]
  const others = declared.filter(
    (other) => other !== chosen && !('problem' in chosen && chosen.problem.code === duplicate),
  )
  return [others.filter((other) => !sameAccess(chosen, other) && !isOneSecret(chosen, other)).reduce(beside, chosen)]
}

const duplicate = 'BIN-CLUSTER-DUPLICATE'

/**
 * One Secret may be mounted and watched, and for a minute say different things: the first counts. One that was made for
 * Istio gives way to one that was made for a console.
 */
function secretOf(all: readonly ClusterSpec[]): ClusterSpec | undefined {
  const ours = all.filter(({ notes = [] }) => notes.every(({ code }) => code !== 'BIN-CLUSTER-ISTIO-SECRET'))
  const secrets = ours.length > 0 ? ours : all
  const [first] = secrets
  const other = secrets.find((secret) => first && !sameAccess(first, secret) && !isOneSecret(first, secret))
  if (first === undefined || other === undefined) return first
  const { name, origin = 'one Secret', secretName } = first
  const why = new Unusable(
    `${origin} and ${other.origin ?? 'another'} both name it, and neither is used`,
    'Remove one of them, or give the other cluster its own name.',
    duplicate,
  )
  return { ...refused(name, '', why), origin, ...(secretName === undefined ? {} : { secretName }) }
}

const isOneSecret = (a: ClusterSpec, b: ClusterSpec): boolean =>
  a.secretName !== undefined && a.secretName === b.secretName

const sameAccess = (a: ClusterSpec, b: ClusterSpec): boolean =>
  'access' in a && 'access' in b && JSON.stringify(bare(a.access)) === JSON.stringify(bare(b.access))

/** Where it came from makes no other cluster of it. */
const bare = ({ guard: _guard, ...access }: ClusterAccess): Omit<ClusterAccess, 'guard'> => access

const beside = (used: ClusterSpec, other: ClusterSpec): ClusterSpec => ({
  ...used,
  notes: [...(used.notes ?? []), twice(used, other)],
})

const twice = (used: ClusterSpec, other: ClusterSpec): Problem => ({
  code: duplicate,
  message: `${used.name} is declared twice: by ${used.origin ?? 'one source'}, which is used, and by ${other.origin ?? 'another'}, which is not.`,
  cluster: used.name,
  remedy: 'Remove one of them, or give the other cluster its own name.',
})

/** Whoever may write Secrets shall not make us open connections without end. */
const secretsAtMost = 200

function withinLimit(specs: readonly ClusterSpec[]): readonly ClusterSpec[] {
  let left = secretsAtMost
  return specs.map((spec) => {
    if (spec.secretName === undefined || !('access' in spec) || left-- > 0) return spec
    const why = new Unusable(
      `there are more than ${secretsAtMost}`,
      'Remove Secrets of clusters that are gone.',
      policy,
    )
    const { name, origin, secretName } = spec
    return { ...refused(name, spec.access.server, why), secretName, ...(origin === undefined ? {} : { origin }) }
  })
}

const policy = 'BIN-CLUSTER-POLICY'
