import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bed, type Browser, browserOf, namesIn, startBed, untilOffered } from './testing.ts'

const everyShop = ['east/shop', 'south/shop', 'west/shop']
const automatic = ['system:authenticated', 'system:authenticated:oauth']

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
