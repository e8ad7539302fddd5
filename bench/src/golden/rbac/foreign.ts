/**
 * Looks in our answers for what the one who asks may not see, independently of what was recorded: names that only objects
 * outside of their rights have. The rights are read from the roles of the recorded clusters.
 */
import type { Recording } from '@binocle/simulator/recording/load'
import { at, isList } from '../json.ts'
import type { RecordedStrategy } from './recorded.ts'

/** Which names somebody may not be told; `path`: what they name themselves is no news to them. */
export type ForeignNames = (strategy: RecordedStrategy, user: string | undefined) => ReadonlySet<string>

interface Named {
  readonly cluster: string
  /** Of a namespace, itself. */
  readonly namespace: string
  readonly name: string
  readonly text: string
}

export function foreignNames({ clusters }: Recording, home: string): ForeignNames {
  const named: Named[] = clusters.flatMap(({ name: cluster, objects }) =>
    objects.flatMap((object) => {
      const { name, namespace = object.kind === 'Namespace' ? object.metadata.name : '' } = object.metadata
      return namespace === '' || notOfTheMesh.has(object.kind)
        ? []
        : [{ cluster, namespace, name, text: JSON.stringify(object) }]
    }),
  )
  const rights = clusters.flatMap(({ name: cluster, objects }) =>
    objects.flatMap((object) =>
      bindings.has(object.kind)
        ? subjectsOf(object).map((user) => ({ user, cluster, namespace: object.metadata.namespace }))
        : [],
    ),
  )
  const known = new Map<string, ReadonlySet<string>>()
  return (strategy, user) => {
    const key = `${strategy} ${user ?? ''}`
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const mine = rights.filter((right) => right.user === user && (strategy === 'openid' || right.cluster === home))
    const sees = ({ cluster, namespace }: Named): boolean =>
      mine.some((right) => right.cluster === cluster && (right.namespace ?? namespace) === namespace)
    // A name that a visible object mentions is no secret.
    const told = new Set(named.filter(sees).flatMap(({ text }) => wordsOf(text)))
    const foreign = new Set(named.filter((each) => !sees(each)).map(({ name }) => name))
    for (const name of foreign) if (told.has(name) || generic.has(name)) foreign.delete(name)
    known.set(key, foreign)
    return foreign
  }
}

/** Those of `foreign` that an answer tells and the request does not. */
export function foreignIn(answer: string, asked: string, foreign: ReadonlySet<string>): readonly string[] {
  const own = new Set(wordsOf(asked))
  return [...new Set(wordsOf(answer))].filter((word) => foreign.has(word) && !own.has(word))
}

/** Every name that a text may hold: whole, and what stands between the dots of a host. */
const wordsOf = (text: string): readonly string[] =>
  text.split(/[^A-Za-z0-9.-]+/).flatMap((word) => (word.includes('.') ? [word, ...word.split('.')] : [word]))

/** Every cluster has them, or they have random names that nothing tells. */
const notOfTheMesh = new Set(['ClusterRole', 'ClusterRoleBinding', 'Endpoints', 'Lease', 'Role', 'RoleBinding'])

const bindings = new Set(['ClusterRoleBinding', 'RoleBinding'])

/** Words that answers are made of. */
const generic = new Set(['default', 'kubernetes', 'one', 'root'])

function subjectsOf(object: unknown): readonly string[] {
  const subjects = at(object, 'subjects')
  return (isList(subjects) ? subjects : []).flatMap((subject) => {
    const name = at(subject, 'name')
    return at(subject, 'kind') === 'User' && typeof name === 'string' ? [name] : []
  })
}
