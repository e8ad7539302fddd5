import { describe, expect, it } from 'vitest'
import { foreignIn, sightIn } from './sight.ts'

const object = (kind: string, name: string, namespace?: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
})
const binding = (user: string, namespace?: string) =>
  object(namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding', `viewer-${user}`, namespace, {
    subjects: [{ kind: 'User', name: user }],
  })
const discovery = { version: {}, apiGroups: {}, apiResources: {} }

const sightOf = sightIn(
  {
    clusters: [
      {
        name: 'east',
        discovery,
        objects: [
          binding('anna'),
          binding('emil'),
          object('Namespace', 'shop'),
          object('Service', 'web', 'shop', { spec: { externalName: 'ledger.bank.svc' } }),
        ],
      },
      {
        name: 'west',
        discovery,
        objects: [
          binding('anna'),
          binding('wanda', 'shop'),
          object('Namespace', 'shop'),
          object('Namespace', 'bank'),
          object('Service', 'cart', 'shop'),
          object('Service', 'web', 'shop'),
          object('Service', 'ledger', 'bank'),
          object('Service', 'vault', 'bank'),
        ],
      },
    ],
  },
  'east',
)

describe('what somebody may see of a recorded mesh', () => {
  it.each([
    ['openid', 'anna', ['east', 'west']],
    ['token', 'anna', ['east']],
    ['header', 'wanda', []],
    ['openid', 'wanda', ['west']],
    ['openid', undefined, []],
  ] as const)('with %s, %s', (strategy, user, clusters) => {
    expect([...sightOf(strategy, user).clusters]).toEqual(clusters)
  })

  it.each([
    ['everything is known to who sees all', 'anna', []],
    ['a name elsewhere that a visible object mentions is known', 'emil', ['cart', 'vault']],
    ['a namespace shows what is in it', 'wanda', ['bank', 'ledger', 'vault']],
    ['nothing is known to nobody', undefined, ['bank', 'cart', 'ledger', 'shop', 'vault', 'web']],
  ] as const)('%s', (_why, user, foreign) => {
    expect([...sightOf('openid', user).foreign].sort()).toEqual(foreign)
  })
})

describe('a name that may not be told', () => {
  const { foreign } = sightOf('openid', 'emil')

  it.each([
    ['as a value', '{"name":"vault"}', ['vault']],
    ['as a key', '{"vault":1}', ['vault']],
    ['in a host', '{"host":"vault.bank.svc.cluster.local"}', ['vault']],
    ['once for all its places', 'vault cart vault', ['vault', 'cart']],
    ['not as a part of another name', '{"name":"vaults", "on":"my-vault-2"}', []],
  ])('is found %s', (_where, answer, found) => {
    expect(foreignIn(answer, '/api/namespaces', foreign)).toEqual(found)
  })

  it('is no news to who asks for it by name', () => {
    expect(
      foreignIn('services "vault" not found', '/api/namespaces/bank/services/vault?clusterName=west', foreign),
    ).toEqual([])
  })
})
