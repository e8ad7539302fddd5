import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClusterCredential, Impersonation } from './credential.ts'
import { credentialKeys } from './credentialKey.ts'

const keyOf = credentialKeys(Buffer.from('a secret of this test'))

const bearer = (token: string, impersonate?: Impersonation): ClusterCredential => ({
  cluster: 'east',
  kind: 'bearer',
  token,
  ...(impersonate === undefined ? {} : { impersonate }),
})
const acting = (
  user: string,
  groups: readonly string[] = [],
  more: Partial<Impersonation> = {},
): ClusterCredential => ({
  cluster: 'east',
  kind: 'impersonated',
  impersonate: { user, groups, ...more },
})

describe('the key of a credential', () => {
  it.each<[string, ClusterCredential, ClusterCredential]>([
    ['of one user in other groups', acting('alice', ['a']), acting('alice', ['b'])],
    ['of a token that is a user’s name', bearer('alice'), acting('alice')],
    ['of a token with and without acting as somebody', bearer('t'), bearer('t', { user: 'alice', groups: [] })],
    ['of groups that are written alike', acting('alice', ['a', 'b']), acting('alice', ['a,b'])],
    ['of groups that join to the same', acting('alice', ['ab', 'c']), acting('alice', ['a', 'bc'])],
    ['of a group that moves into the name', acting('alice', ['a']), acting('alicea', [])],
    ['of another uid', acting('alice', [], { uid: '1' }), acting('alice', [], { uid: '2' })],
    ['of an empty uid and none', acting('alice', [], { uid: '' }), acting('alice')],
    ['of other extras', acting('alice', [], { extra: { a: ['1'] } }), acting('alice', [], { extra: { a: ['2'] } })],
    [
      'of extras whose values moved',
      acting('alice', [], { extra: { a: ['1', '2'], b: [] } }),
      acting('alice', [], { extra: { a: ['1'], b: ['2'] } }),
    ],
    ['of another cluster', bearer('t'), { cluster: 'west', kind: 'bearer', token: 't' }],
    ['of the console', { cluster: 'east', kind: 'console' }, acting('console')],
  ])('AUTH-T13: differs %s', (_what, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other))
  })

  it('does not depend on the order of groups and extras, nor on what is said twice', () => {
    expect(keyOf(acting('alice', ['a', 'b'], { extra: { x: ['1', '2'], y: [] } }))).toBe(
      keyOf(acting('alice', ['b', 'a', 'b'], { extra: { y: [], x: ['2', '1'] } })),
    )
  })

  it('AUTH-T13: is none for no token', () => {
    expect(() => keyOf(bearer(''))).toThrow()
  })

  it('does not hold the token, and is another one in another process', () => {
    expect(keyOf(bearer('c4nary'))).not.toContain('c4nary')
    expect(keyOf(bearer('c4nary'))).not.toBe(credentialKeys(Buffer.from('another secret'))(bearer('c4nary')))
  })

  it('AUTH-143: is shared by two credentials exactly when they are the same', () => {
    // Few and short words, so that near misses are common.
    const word = fc.stringMatching(/^[ab:;0-2]{0,3}$/)
    const impersonation = fc.record(
      {
        user: word,
        groups: fc.array(word, { maxLength: 3 }),
        uid: word,
        extra: fc.dictionary(word, fc.array(word, { maxLength: 2 }), { maxKeys: 2, noNullPrototype: true }),
      },
      { requiredKeys: ['user', 'groups'] },
    )
    const cluster = fc.constantFrom('a', 'b')
    const token = word.filter((text) => text !== '')
    const credential = fc.oneof(
      fc.record({ cluster, kind: fc.constant('console' as const) }),
      fc.record(
        { cluster, kind: fc.constant('bearer' as const), token, impersonate: impersonation },
        { requiredKeys: ['cluster', 'kind', 'token'] },
      ),
      fc.record({ cluster, kind: fc.constant('impersonated' as const), impersonate: impersonation }),
    )
    fc.assert(
      fc.property(credential, credential, (one, other) => {
        expect(keyOf(one) === keyOf(other)).toBe(normal(one) === normal(other))
      }),
      { numRuns: 2_000 },
    )
  })
})

/** The same text for the same identity: sets in order, without what is said twice. */
function normal(credential: ClusterCredential): string {
  const set = (values: readonly string[]): string[] => [...new Set(values)].sort()
  const who = credential.kind === 'console' ? undefined : credential.impersonate
  return JSON.stringify([
    credential.cluster,
    credential.kind,
    credential.kind === 'bearer' ? credential.token : null,
    who === undefined
      ? null
      : [
          who.user,
          set(who.groups),
          who.uid ?? null,
          Object.keys(who.extra ?? {})
            .sort()
            .map((key) => [key, set(who.extra?.[key] ?? [])]),
        ],
  ])
}
