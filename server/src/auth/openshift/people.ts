/**
 * Whose token it is: `users/~`, asked with the token itself. An answer is believed for ten seconds, so that a revoked
 * token is worth nothing after that; all who ask at once share one question (reference: auth.md 6.5.3).
 */
import { randomBytes } from 'node:crypto'
import type { ClusterName } from '@binocle/api/identity'
import { LRUCache } from 'lru-cache'
import type { ClusterCredential } from '../../clusters/credential.ts'
import { credentialKeys } from '../../clusters/credentialKey.ts'
import { isRecord, Malformed, record, text, texts } from '../../inventory/json.ts'
import type { KubeApi } from '../../kube/api.ts'
import { thrown } from '../../kube/failure.ts'

export interface Person {
  readonly name: string
  readonly groups: readonly string[]
}

export type Identified =
  | { readonly state: 'known'; readonly person: Person }
  /** The cluster does not know the token, or no longer. */
  | { readonly state: 'rejected' }
  /** The token is good, but may not even ask whose it is. */
  | { readonly state: 'forbidden' }
  | { readonly state: 'unavailable' }

export interface People {
  /** Never rejects. */
  whoIs(cluster: ClusterName, token: string): Promise<Identified>
  /** After a logout. */
  forget(cluster: ClusterName, token: string): void
}

export interface PeopleOptions {
  readonly apiAs: (credential: ClusterCredential) => KubeApi | undefined
  /** Unix ms. */
  readonly clock: () => number
}

const believedMs = 10_000
/** A cluster that does not answer is not waited for by every request. */
const unavailableMs = 3_000
const timeoutMs = 3_000
const keptAtMost = 10_000

export function createPeople({ apiAs, clock }: PeopleOptions): People {
  const keyOf = credentialKeys(randomBytes(32))
  const answers = new LRUCache<string, { readonly answer: Promise<Identified>; until: number }>({ max: keptAtMost })
  const credentialOf = (cluster: ClusterName, token: string) => ({ cluster, kind: 'bearer', token }) as const

  return {
    whoIs: (cluster, token) => {
      const credential = credentialOf(cluster, token)
      const key = keyOf(credential)
      const held = answers.get(key)
      if (held !== undefined && held.until > clock()) return held.answer
      const answer = ask(() => apiAs(credential))
      // Counted from when it was asked: what happened since then is not in the answer.
      const entry = { answer, until: clock() + believedMs }
      answers.set(key, entry)
      void answer.then(({ state }) => {
        if (state === 'unavailable') entry.until = clock() + unavailableMs
      })
      return answer
    },
    forget: (cluster, token) => void answers.delete(keyOf(credentialOf(cluster, token))),
  }
}

async function ask(apiOf: () => KubeApi | undefined): Promise<Identified> {
  let api: KubeApi | undefined
  try {
    api = apiOf()
  } catch {
    // No header can hold it.
    return { state: 'rejected' }
  }
  if (api === undefined) return { state: 'unavailable' }
  try {
    const user = await api.get('/apis/user.openshift.io/v1/users/~', { timeoutMs, maxBytes: 1 << 20 })
    return { state: 'known', person: personOf(user) }
  } catch (error) {
    const { reason } = thrown(api.cluster, 'GET users/~', error)
    if (reason === 'unauthorized') return { state: 'rejected' }
    return { state: reason === 'forbidden' ? 'forbidden' : 'unavailable' }
  }
}

function personOf(user: unknown): Person {
  if (!isRecord(user)) throw new Malformed('User', 'an object')
  const name = text(record(user, 'metadata'), 'name')
  if (name === '') throw new Malformed('metadata.name', 'a name')
  return { name, groups: texts(user, 'groups') }
}
