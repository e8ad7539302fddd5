/** One login for all clusters with tokens and behind a proxy, over HTTP, before simulated API servers with RBAC. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningServer } from '../main.ts'
import {
  type Browser,
  binding,
  browserOf,
  consoleToken,
  namespacesIn,
  signingKey,
  startClusters,
  type TestClusters,
  tokenOf,
} from './testing.ts'

let clusters: TestClusters
let byToken: RunningServer
let byProxy: RunningServer
let laterMs = 0
const clock = (): number => Date.now() + laterMs
const lines: string[] = []
const log = (...words: unknown[]): void => void lines.push(JSON.stringify(words))

const lists = 'impersonation: {enabled: true, allowed_groups: [shop-team]}'
const keyLine = `login_token: {signing_key: ${signingKey}}`

beforeAll(async () => {
  clusters = await startClusters(clock)
  const team = {
    ...binding('eve', 'viewer', 'shop'),
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'shop-team' }],
  }
  clusters.cluster('west').store.put(team)
  const { identities } = clusters.cluster('east')
  identities.add({ token: 'eve-token', user: 'eve', groups: ['shop-team', 'other-team'] })
  identities.add({ token: 'master-token', user: 'root', groups: ['system:masters'] })
  identities.add({ token: 'account-token', user: 'system:serviceaccount:shop:web', groups: [] })
  ;[byToken, byProxy] = await Promise.all([
    clusters.console(`auth: {strategy: token, accept_bearer: true, ${lists}}\n${keyLine}`, {
      clock,
      log,
      auditLine: log,
    }),
    clusters.console(`auth: {strategy: header, header: {trusted_proxies: [127.0.0.1]}, ${lists}}\n${keyLine}`, {
      clock,
      log,
    }),
  ])
})
afterAll(() => clusters.close())

interface Asking {
  get(path: string): ReturnType<Browser['get']>
}

const withToken = async (token: string): Promise<Asking> => {
  const browser = browserOf(byToken)
  expect((await browser.post('api/authenticate', { token })).status).toBe(200)
  return browser
}
const behindProxy = (token: string, more: Record<string, string> = {}): Asking => ({
  get: (path) => browserOf(byProxy).get(path, { authorization: `Bearer ${token}`, ...more }),
})
const ways: [string, (token: string) => Promise<Asking> | Asking][] = [
  ['token', withToken],
  ['header', behindProxy],
]

describe.each(ways)('with the strategy %s', (_strategy, as) => {
  it.each([
    ['anna', 'anna-token', ['east/bank', 'east/shop', 'west/shop']],
    ['bob', 'bob-token', ['east/shop']],
    ['carol, who is known at home and may see west', 'carol-token', ['west/shop']],
    ['eve, by a group of the list', 'eve-token', ['west/shop']],
  ])('each cluster decides by its own RBAC what %s sees', async (_who, token, expected) => {
    expect(namespacesIn(await (await as(token)).get('api/namespaces'))).toEqual(expected)
  })

  it('no cluster but home is shown a token, and home only to ask whose it is', async () => {
    const anna = await as('anna-token')
    expect((await anna.get('api/namespaces')).status).toBe(200)
    expect((await anna.get('api/clusters/services')).status).toBe(200)
    const asked = (cluster: string) => clusters.cluster(cluster).requests
    const foreign = (cluster: string) =>
      asked(cluster).filter(({ authorization }) => authorization !== `Bearer ${consoleToken}`)
    expect(foreign('west')).toEqual([])
    const whoAmI = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    expect(foreign('east').filter(({ url }) => url !== whoAmI)).toEqual([])
  })

  it('every cluster is asked by our account, acting as the person in a line per group of the list', async () => {
    expect((await (await as('eve-token')).get('api/namespaces')).status).toBe(200)
    for (const cluster of ['east', 'west']) {
      const masked = clusters.cluster(cluster).requests.filter(({ impersonated }) => impersonated[0] === 'eve')
      expect(masked.length).toBeGreaterThan(0)
      expect(new Set(masked.map(({ authorization, impersonated }) => [authorization, ...impersonated].join()))).toEqual(
        new Set([`Bearer ${consoleToken},eve,shop-team,system:authenticated`]),
      )
    }
  })

  it('AUTH-T13: two people never see what the other may, whoever came first', async () => {
    const [anna, bob] = [await as('anna-token'), await as('bob-token')]
    const [first, second] = [await bob.get('api/namespaces'), await anna.get('api/namespaces')]
    expect(namespacesIn(first)).toEqual(['east/shop'])
    expect(namespacesIn(second)).toEqual(['east/bank', 'east/shop', 'west/shop'])
    expect(namespacesIn(await bob.get('api/namespaces'))).toEqual(['east/shop'])
  })
})

describe('who may not be acted as', () => {
  it.each([
    ['whoever holds a group of the system', 'master-token'],
    ['an account of a workload', 'account-token'],
  ])('AUTH-T22: is refused: %s', async (_who, token) => {
    const browser = browserOf(byToken)
    expect((await browser.post('api/authenticate', { token })).status).toBe(403)
    expect(browser.cookies.size).toBe(0)
    expect((await behindProxy(token).get('api/namespaces')).status).toBe(403)
    const bearer = await browserOf(byToken).get('api/namespaces', { authorization: `Bearer ${token}` })
    expect(bearer.status).toBe(403)
  })
})

describe('a token that is shown once for all clusters', () => {
  it('is listed for every cluster, and asked for no more', async () => {
    const { body } = await (await withToken('anna-token')).get('api/auth/info')
    expect(body).toMatchObject({
      impersonationEnabled: true,
      sessionInfo: { username: 'anna', clusterInfo: { east: { name: 'east' }, west: { name: 'west' } } },
    })
    const browser = browserOf(byToken)
    await browser.post('api/authenticate', { token: 'anna-token' })
    const more = await browser.post('api/authenticate?clusterName=west', { token: tokenOf('carol', 'west') })
    expect(more).toMatchObject({ status: 400, body: { error: 'One login counts in all clusters.' } })
  })

  it('is a login as a bearer where that is allowed', async () => {
    const answer = await browserOf(byToken).get('api/namespaces', { authorization: 'Bearer carol-token' })
    expect(namespacesIn(answer)).toEqual(['west/shop'])
  })

  it('is refused in the same words when it is none, and when nothing is to be seen anywhere', async () => {
    const [unknown, blind] = await Promise.all(
      ['no-such-token', 'dora-token'].map((token) => browserOf(byToken).post('api/authenticate', { token })),
    )
    expect(unknown).toMatchObject({ status: 401, text: blind?.text })
  })

  it('ends everywhere within ten seconds of being revoked at home', async () => {
    const { identities } = clusters.cluster('east')
    identities.add({ token: 'short-token', user: 'anna', groups: [] })
    const browser = await withToken('short-token')
    identities.revoke('short-token')
    laterMs += 10_000
    expect((await browser.get('api/namespaces')).status).toBe(401)
  })

  it('ends by logging out', async () => {
    const browser = browserOf(byToken)
    await browser.post('api/authenticate', { token: 'anna-token' })
    const { status, headers } = await browser.get('api/logout')
    expect([status, headers.get('clear-site-data')]).toEqual([204, '"cache"'])
    expect((await browser.get('api/namespaces')).status).toBe(401)
  })
})

describe('whom the proxy names', () => {
  it('is who is acted as everywhere, if the token may', async () => {
    const answer = await behindProxy('proxy-token', { 'impersonate-user': 'anna' }).get('api/namespaces')
    expect(namespacesIn(answer)).toEqual(['east/bank', 'east/shop', 'west/shop'])
  })

  it('is nobody when the token may not act as them, though our account may', async () => {
    const { status, text } = await behindProxy('bob-token', { 'impersonate-user': 'anna' }).get('api/namespaces')
    expect([status, text.includes('bank')]).toEqual([403, false])
    const groups = { 'impersonate-user': 'bob', 'impersonate-group': 'shop-team' }
    expect((await behindProxy('bob-token', groups).get('api/namespaces')).status).toBe(403)
  })

  it('is never one of the system', async () => {
    const named = { 'impersonate-user': 'system:admin' }
    expect((await behindProxy('proxy-token', named).get('api/namespaces')).status).toBe(403)
  })
})

it('a cluster that does not let our account act as people shows them nothing, and the others go on', async () => {
  const west = clusters.cluster('west')
  const ours = { token: consoleToken, user: 'console' }
  west.store.put(binding('console', 'viewer'))
  west.identities.add({ ...ours, groups: [] })
  laterMs += 10_000
  const browser = await withToken('anna-token')
  const seen = await browser.get('api/namespaces')
  expect([seen.status, namespacesIn(seen)]).toEqual([200, ['east/bank', 'east/shop']])
  expect((await browserOf(byToken).post('api/authenticate', { token: 'carol-token' })).status).toBe(401)
  west.identities.add({ ...ours, groups: ['system:masters'] })
  laterMs += 10_000
  expect(namespacesIn(await browser.get('api/namespaces'))).toEqual(['east/bank', 'east/shop', 'west/shop'])
})

it('a home cluster that cannot say whose a token is sends nobody to a login that must fail', async () => {
  const browser = await withToken('anna-token')
  const { faults } = clusters.cluster('east')
  await faults.set({ connection: 'down' })
  laterMs += 10_000
  const { body } = await browser.get('api/auth/info')
  await faults.set({ connection: 'ok' })
  expect(body).toMatchObject({ sessionInfo: { username: 'anna', clusterInfo: { east: { name: 'east' } } } })
})

it('says at the start who is trusted', () => {
  expect(lines.join('\n')).toContain('can act as anybody in all clusters')
})
