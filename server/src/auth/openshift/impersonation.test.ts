import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maskOf } from './impersonation.ts'
import { type Bed, type Browser, browserOf, namesIn, startBed, untilOffered } from './testing.ts'

const everybody = { allowedUsers: [], allowedGroups: [] }
const everyShop = ['east/shop', 'south/shop', 'west/shop']
const automatic = ['system:authenticated', 'system:authenticated:oauth']
const person = (name: string, ...groups: string[]) => ({ name, groups })

describe('who is impersonated as whom', () => {
  it.each([
    ['somebody without groups', person('alice'), everybody, ['alice']],
    ['groups are passed on', person('alice', 'shop', 'CN=Ops,OU=IT'), everybody, ['alice', 'shop', 'CN=Ops,OU=IT']],
    [
      'names are bytes on the wire',
      person('Jürgen', 'CN=Größe'),
      everybody,
      ['J\u00c3\u00bcrgen', 'CN=Gr\u00c3\u00b6\u00c3\u009fe'],
    ],
    ['what everybody has is had once', person('alice', ...automatic, 'shop'), everybody, ['alice', 'shop']],
    [
      'a user of the list',
      person('alice', 'shop'),
      { ...everybody, allowedUsers: ['bob', 'alice'] },
      ['alice', 'shop'],
    ],
    [
      'groups of the list',
      person('alice', 'shop', 'bank'),
      { ...everybody, allowedGroups: ['bank'] },
      ['alice', 'bank'],
    ],
    ['no group of the list', person('alice', 'shop'), { ...everybody, allowedGroups: ['bank'] }, ['alice']],
    [
      'a group of the list in other case',
      person('alice', 'Bank'),
      { ...everybody, allowedGroups: ['bank'] },
      ['alice'],
    ],
  ])('AUTH-127: %s', (_what, who, lists, [user, ...groups]) => {
    expect(maskOf(who, lists)).toMatchObject({ impersonate: { user, groups: [...groups, ...automatic] } })
  })

  it.each([
    ['a user beside the list', person('eve'), { ...everybody, allowedUsers: ['alice'] }, 'unlisted'],
    ['a user of the list in other case', person('Alice'), { ...everybody, allowedUsers: ['alice'] }, 'unlisted'],
    [
      'a user of the system, listed or not',
      person('system:admin'),
      { ...everybody, allowedUsers: ['system:admin'] },
      'privileged',
    ],
    ['masters', person('alice', 'system:masters'), everybody, 'privileged'],
    [
      'masters beside the list of groups',
      person('alice', 'system:masters'),
      { ...everybody, allowedGroups: ['shop'] },
      'privileged',
    ],
    ['nodes', person('alice', 'system:nodes'), everybody, 'privileged'],
    ['accounts of workloads', person('alice', 'system:serviceaccounts'), everybody, 'privileged'],
    ['administrators of OpenShift', person('kube:admin', 'system:cluster-admins'), everybody, 'privileged'],
    ['a hidden character', person('al\u200bice'), everybody, 'malformed'],
  ])('AUTH-127: %s is refused', (_what, who, lists, refused) => {
    expect(maskOf(who, lists)).toEqual({ refused })
  })

  it('tells which groups are not passed on', () => {
    expect(maskOf(person('alice', 'shop', 'bank'), { ...everybody, allowedGroups: ['shop'] })).toMatchObject({
      dropped: ['bank'],
    })
  })
})

describe('one login for all clusters', () => {
  let bed: Bed
  beforeAll(async () => {
    bed = await startBed({
      clusters: ['east', 'south', 'west'],
      // Clusters need no OAuth server of their own.
      plain: ['south'],
      openshift: '{impersonation: {enabled: true, allowed_groups: [shop-admins]}}',
      inPod: true,
    })
    await untilOffered(bed, ['east', 'south', 'west'])
  })
  afterAll(() => bed.close())

  async function loggedIn(person: string): Promise<Browser> {
    const browser = browserOf(bed)
    const { headers } = await browser.logIn(person)
    expect(headers.location).toBe('/kiali/')
    return browser
  }

  it('is offered at home only', async () => {
    const { body } = await browserOf(bed).go('/api/auth/info')
    expect(body).toEqual({
      authorizationEndpoint: 'https://mesh.example.com/kiali/api/auth/redirect',
      impersonationEnabled: true,
      sessionInfo: {},
      strategy: 'openshift',
    })
    for (const cluster of ['south', 'west'])
      expect((await browserOf(bed).go(`/api/auth/redirect/${cluster}`)).status).toBe(404)
  })

  it('reaches every cluster', async () => {
    const { body } = await (await loggedIn('alice')).go('/api/auth/info')
    expect(body).toMatchObject({ sessionInfo: { clusterInfo: { east: {}, south: {}, west: {} }, username: 'alice' } })
  })

  it('AUTH-128: shows clusters the account of the console, who acts as the person in a line per group', async () => {
    const alice = await loggedIn('alice')
    expect(await namesIn(alice, '/api/namespaces')).toEqual(everyShop)
    for (const cluster of ['east', 'south', 'west']) {
      const { requests = [] } = bed.clusters.get(cluster) ?? {}
      const masked = requests.filter(({ impersonated }) => impersonated.includes('alice'))
      expect(masked.length).toBeGreaterThan(0)
      for (const { authorization, impersonated } of masked) {
        expect(authorization).toBe(`Bearer console-${cluster}`)
        // `auditors` is on no list.
        expect(impersonated).toEqual(['alice', 'shop-admins', ...automatic])
      }
    }
  })

  it('AUTH-128: shows the token of the person to nobody but who issued it, and only to ask whose it is', async () => {
    await (await loggedIn('alice')).go('/api/namespaces')
    const shown = (cluster: string) =>
      (bed.clusters.get(cluster)?.requests ?? []).filter(({ authorization }) => authorization.includes('sha256~'))
    expect([shown('south'), shown('west')]).toEqual([[], []])
    expect(new Set(shown('east').map(({ url }) => url))).toEqual(new Set(['/apis/user.openshift.io/v1/users/~']))
  })

  it('acts as people whose names are not ASCII', async () => {
    const browser = await loggedIn('Jürgen')
    expect(await namesIn(browser, '/api/namespaces')).toEqual(everyShop)
    expect((await browser.go('/api/auth/info')).body).toMatchObject({ sessionInfo: { username: 'Jürgen' } })
  })

  it('AUTH-129: gives each of two people what he may see, whoever came first', async () => {
    const [alice, wendy, second] = [await loggedIn('alice'), await loggedIn('wendy'), await loggedIn('alice')]
    expect(await namesIn(wendy, '/api/namespaces')).toEqual([])
    expect(await namesIn(alice, '/api/namespaces')).toEqual(everyShop)
    expect(await namesIn(wendy, '/api/namespaces')).toEqual([])
    expect(await namesIn(second, '/api/namespaces')).toEqual(everyShop)
  })

  it('refuses who may not be impersonated, leaves no token behind, and says so in the audit', async () => {
    const browser = browserOf(bed)
    const { headers } = await browser.logIn('kube:admin')
    expect(headers.location).toBe('/kiali/?openshift_error=forbidden&cluster=east')
    expect([...browser.cookies.keys()]).toEqual([])
    expect(bed.audit.at(-1)).toMatchObject({ type: 'login', outcome: 'denied', cluster: 'east', reason: 'forbidden' })
    const tokens = bed.clusters.get('east')?.openShift?.tokensOf('kube:admin')
    expect(tokens).toEqual([])
  })

  it('warns that the home cluster speaks for everybody', () => {
    expect(bed.logged()).toContain('can act as anybody in all clusters')
  })
})

describe('impersonation', () => {
  it('AUTH-8: stops the start where the service account of a pod is not mounted', async () => {
    const start = startBed({ clusters: ['east'], openshift: '{impersonation: {enabled: true}}' })
    await expect(start).rejects.toThrow('needs the service account of our pod')
  })
})
