/**
 * Who may see what in the recorded mesh, read from the roles of its clusters, and whether our answers tell more: names that
 * only objects outside of somebody's rights have. Independent of what was recorded and of how we decide.
 */
import type { Recording } from '@binocle/simulator/recording/load'
import { at, isList } from '../json.ts'
import type { RecordedStrategy } from './recorded.ts'

export interface Sight {
  /** Clusters of which they may see at least one namespace. */
  readonly clusters: ReadonlySet<string>
  /** What must not be told to them. */
  readonly foreign: ReadonlySet<string>
}

export type SightOf = (strategy: RecordedStrategy, user: string | undefined) => Sight

interface Named {
  readonly cluster: string
  /** Of a namespace, itself. */
  readonly namespace: string
  readonly name: string
  readonly text: string
}

/** With `token` and `header` people are known to the home cluster alone. */
export function sightIn({ clusters }: Pick<Recording, 'clusters'>, home: string): SightOf {
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
  const known = new Map<string, Sight>()
  return (strategy, user) => {
    const key = `${strategy} ${user ?? ''}`
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const mine = rights.filter((right) => right.user === user && (strategy === 'openid' || right.cluster === home))
    const sees = ({ cluster, namespace }: Named): boolean =>
      mine.some((right) => right.cluster === cluster && (right.namespace ?? namespace) === namespace)
    // A name that a visible object mentions is no secret.
    const told = new Set(named.filter(sees).flatMap(({ text }) => wordsOf(text)))
    const hidden = named.filter((each) => !sees(each)).map(({ name }) => name)
    const sight = {
      clusters: new Set(mine.map(({ cluster }) => cluster)),
      foreign: new Set(hidden.filter((name) => !told.has(name) && !generic.has(name))),
    }
    known.set(key, sight)
    return sight
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

const notOfTheMesh = new Set(['ClusterRole', 'ClusterRoleBinding', 'Endpoints', 'Lease', 'Role', 'RoleBinding'])

const bindings = new Set(['ClusterRoleBinding', 'RoleBinding'])

/** Names that are also words of the answers themselves. */
const generic = new Set(['default', 'istio', 'kiali', 'kubernetes', 'mesh', 'one', 'prometheus', 'root', 'slow'])

function subjectsOf(object: unknown): readonly string[] {
  const subjects = at(object, 'subjects')
  return (isList(subjects) ? subjects : []).flatMap((subject) => {
    const name = at(subject, 'name')
    return at(subject, 'kind') === 'User' && typeof name === 'string' ? [name] : []
  })
}
