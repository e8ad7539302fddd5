import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tokenObjectName } from './revocation.ts'
import { type Bed, type Browser, browserOf, namesIn, redirectUri, startBed, untilOffered } from './testing.ts'

let ahead = 0
let bed: Bed
let browser: Browser
beforeAll(async () => {
  bed = await startBed({ clusters: ['east', 'west', 'plain'], plain: ['plain'], clock: () => Date.now() + ahead })
  await untilOffered(bed, ['east', 'west'])
})
afterAll(() => bed.close())
beforeEach(() => {
  browser = browserOf(bed)
})

const openShift = (cluster: string) => {
  const found = bed.clusters.get(cluster)?.openShift
  if (found === undefined) throw new Error(`${cluster} is no OpenShift`)
  return found
}
/** What was learned of tokens is asked again. */
const soon = () => {
  ahead += 11_000
}
const where = (answer: { readonly headers: { readonly location?: string | undefined } }) => answer.headers.location
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('what is offered to log in', () => {
  it('AUTH-23: is each cluster that has an OAuth server, and no other', async () => {
    const { body } = await browser.go('/api/auth/info')
    expect(body).toEqual({
      authorizationEndpoint: 'https://mesh.example.com/kiali/api/auth/redirect',
      authorizationEndpointPerCluster: {
        east: 'https://mesh.example.com/kiali/api/auth/redirect/east',
        west: 'https://mesh.example.com/kiali/api/auth/redirect/west',
      },
      sessionInfo: {},
      strategy: 'openshift',
    })
  })

  it('is no form', async () => {
    expect((await browser.go('/api/authenticate', { method: 'POST' })).status).toBe(400)
  })
})

describe('the way to the OAuth server', () => {
  it('AUTH-118: names the client by instance and namespace, and its first redirect URI', async () => {
    const { searchParams } = new URL(where(await browser.go('/api/auth/redirect')) ?? '')
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'kiali-istio-system',
      redirect_uri: redirectUri('east', true),
      response_type: 'code',
      scope: 'user:full',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
  })

  it('leaves one cookie, which comes back with another site’s navigation and holds nothing that can be read', async () => {
    await browser.go('/api/auth/redirect')
    const [[name = '', cookie] = []] = [...browser.cookies]
    expect(name).toMatch(/^kiali-token-flow-/)
    expect(cookie?.attributes).toContain('samesite=lax')
    expect(cookie?.attributes).toContain('max-age=600')
    expect(Buffer.from(cookie?.value ?? '', 'base64url').toString('latin1')).not.toContain('east')
  })

  it.each(['nosuch', 'plain', 'east%2F..%2Fwest', '%3Cscript%3E'])(
    'AUTH-121: is 404 for %s, which is no cluster to log in to, and does not repeat it',
    async (cluster) => {
      for (const path of ['/api/auth/redirect', '/api/auth/callback']) {
        const { status, text, headers } = await browser.go(`${path}/${cluster}`)
        expect([status, headers.location, headers['set-cookie']]).toEqual([404, undefined, undefined])
        expect(text).not.toContain(decodeURIComponent(cluster))
      }
    },
  )

  it('leads to another cluster only who is logged in at home', async () => {
    expect(where(await browser.go('/api/auth/redirect/west'))).toBe('/kiali/?openshift_error=forbidden&cluster=west')
  })
})

describe('a login', () => {
  it('ends on the page, with a session that only our own pages use', async () => {
    expect(where(await browser.logIn('alice'))).toBe('/kiali/')
    const [[name, cookie] = []] = [...browser.cookies]
    expect([name, browser.cookies.size]).toEqual(['kiali-token-east', 1])
    for (const attribute of ['httponly', 'secure', 'samesite=strict', 'path=/kiali'])
      expect(cookie?.attributes).toContain(attribute)
    // The second may have turned since the token was issued.
    expect(cookie?.attributes).toMatch(/max-age=86(400|39\d)/)
    expect(await namesIn(browser, '/api/namespaces')).toEqual(['east/shop'])
    expect((await browser.go('/api/auth/info')).body).toMatchObject({
      sessionInfo: { clusterInfo: { east: { name: 'east' } }, username: 'alice' },
    })
  })

  it('at another cluster adds what may be seen there', async () => {
    await browser.logIn('alice')
    expect(where(await browser.logIn('alice', 'west'))).toBe('/kiali/')
    expect(await namesIn(browser, '/api/namespaces')).toEqual(['east/shop', 'west/shop'])
    expect(Object.keys(Object(Object((await browser.go('/api/auth/info')).body).sessionInfo).clusterInfo)).toEqual([
      'east',
      'west',
    ])
  })

  it('shows each cluster its own token only', async () => {
    await browser.logIn('alice')
    await browser.logIn('alice', 'west')
    await browser.go('/api/namespaces')
    const tokens = (cluster: string) =>
      new Set((bed.clusters.get(cluster)?.requests ?? []).map(({ authorization }) => authorization))
    const shared = [...tokens('east')].filter((token) => token !== '' && tokens('west').has(token))
    expect(shared).toEqual([])
  })

  it('of somebody else in the same browser does not inherit the clusters of the one before', async () => {
    await browser.logIn('alice')
    await browser.logIn('alice', 'west')
    await browser.logIn('wendy')
    expect(await namesIn(browser, '/api/namespaces')).toEqual([])
    expect([...browser.cookies.keys()]).toEqual(['kiali-token-east'])
  })

  it.each([
    ['is not agreed to', 'denied', 'forbidden', 'denied'],
    ['is agreed to by nobody we know', 'mallory', 'forbidden', 'denied'],
  ])('that %s ends on the page with a word, and in the audit', async (_what, person, word, outcome) => {
    expect(where(await browser.logIn(person))).toBe(`/kiali/?openshift_error=${word}&cluster=east`)
    expect(bed.audit.at(-1)).toMatchObject({ type: 'login', outcome, cluster: 'east', reason: word })
    expect(browser.cookies.size).toBe(0)
  })

  it('AUTH-120: is refused when the answer is brought to the callback of another cluster', async () => {
    await browser.logIn('alice')
    const session = browser.cookies.get('kiali-token-east')?.value
    const callback = await browser.begin('wendy', 'west')
    const exchanged = openShift('east').oauth.exchanges.length + openShift('west').oauth.exchanges.length
    const answer = await browser.go(callback.replace('/west?', '?'), { from: 'elsewhere' })
    expect(where(answer)).toBe('/kiali/?openshift_error=state&cluster=east')
    expect(openShift('east').oauth.exchanges.length + openShift('west').oauth.exchanges.length).toBe(exchanged)
    expect(browser.cookies.get('kiali-token-east')?.value).toBe(session)
  })

  it('AUTH-120: is refused when another browser began it', async () => {
    const callback = await browserOf(bed).begin('alice')
    const answer = await browser.go(callback, { from: 'elsewhere' })
    expect(where(answer)).toBe('/kiali/?openshift_error=state&cluster=east')
    expect(browser.cookies.size).toBe(0)
  })

  it('AUTH-120: is refused the second time', async () => {
    const callback = await browser.begin('alice')
    const flow = new Map(browser.cookies)
    expect(where(await browser.go(callback, { from: 'elsewhere' }))).toBe('/kiali/')
    for (const [name, cookie] of flow) browser.cookies.set(name, cookie)
    expect(where(await browser.go(callback, { from: 'elsewhere' }))).toContain('openshift_error=state')
  })

  it('AUTH-120: is refused with a code of another login', async () => {
    const other = new URL(await browserOf(bed).begin('wendy'), 'https://mesh.example.com')
    const own = new URL(await browser.begin('alice'), 'https://mesh.example.com')
    own.searchParams.set('code', other.searchParams.get('code') ?? '')
    const answer = await browser.go(own.pathname + own.search, { from: 'elsewhere' })
    expect(where(answer)).toBe('/kiali/?openshift_error=token&cluster=east')
  })

  it('that comes too late is refused', async () => {
    const callback = await browser.begin('alice')
    ahead += 601_000
    expect(where(await browser.go(callback, { from: 'elsewhere' }))).toContain('openshift_error=state')
  })
})

describe('a token without a login', () => {
  it('AUTH-122: is not taken out of the query', async () => {
    const token = openShift('east').issue('alice', 'kiali-istio-system', 600)
    expect((await browser.go(`/api/namespaces?oauth_token=${token}`)).status).toBe(401)
    await browser.go(`/?oauth_token=${token}`)
    expect(browser.cookies.size).toBe(0)
  })

  it('AUTH-123: in a header is a login at home alone, without a cookie', async () => {
    const token = openShift('east').issue('alice', 'kiali-istio-system', 600)
    const { headers, text } = await browser.go('/api/namespaces', bearer(token))
    expect(headers['set-cookie']).toBeUndefined()
    expect(JSON.parse(text)).toMatchObject([{ cluster: 'east', name: 'shop' }])
  })

  it('AUTH-123: in a header comes before the cookies that are there', async () => {
    await browser.logIn('alice')
    await browser.logIn('alice', 'west')
    const token = openShift('east').issue('wendy', 'kiali-istio-system', 600)
    expect((await browser.go('/api/namespaces', bearer(token))).text).toBe('[]')
    const { body } = await browser.go('/api/auth/info', bearer(token))
    expect(body).toMatchObject({ sessionInfo: { clusterInfo: { east: {} }, username: 'wendy' } })
    expect(JSON.stringify(body)).not.toContain('"west":{"name"')
  })

  it.each([
    ['unknown', 'Bearer sha256~unknown'],
    ['of another cluster', () => `Bearer ${openShift('west').issue('alice', 'kiali-istio-system', 600)}`],
    ['of another scheme', 'Basic YWxpY2U6'],
    ['followed by something', () => `Bearer ${openShift('east').issue('alice', 'kiali-istio-system', 600)} x`],
  ])('in a header is refused when it is %s', async (_what, header) => {
    const authorization = typeof header === 'string' ? header : header()
    expect((await browser.go('/api/namespaces', { headers: { authorization } })).status).toBe(401)
  })
})

describe('a session', () => {
  it('AUTH-125: of another cluster is nothing without one at home', async () => {
    await browser.logIn('alice')
    await browser.logIn('alice', 'west')
    browser.cookies.delete('kiali-token-east')
    expect((await browser.go('/api/namespaces')).status).toBe(401)
    expect([...browser.cookies.keys()]).toEqual([])
  })

  it('AUTH-124: of another cluster that does not know the token any more goes alone', async () => {
    await browser.logIn('alice')
    await browser.logIn('alice', 'west')
    openShift('west').revokeAll('alice')
    soon()
    expect(await namesIn(browser, '/api/namespaces')).toEqual(['east/shop'])
    expect([...browser.cookies.keys()]).toEqual(['kiali-token-east'])
  })

  it('ends within ten seconds after its token at home', async () => {
    await browser.logIn('alice')
    expect((await browser.go('/api/namespaces')).status).toBe(200)
    openShift('east').revokeAll('alice')
    soon()
    expect((await browser.go('/api/namespaces')).status).toBe(401)
    expect(browser.cookies.size).toBe(0)
  })

  it('stays while the home cluster does not answer, and nobody is let in by it', async () => {
    await browser.logIn('alice')
    await bed.clusters.get('east')?.faults.set({ error: 503 })
    soon()
    expect((await browser.go('/api/namespaces')).status).toBe(503)
    await bed.clusters.get('east')?.faults.heal()
    soon()
    expect([...browser.cookies.keys()]).toEqual(['kiali-token-east'])
    expect((await browser.go('/api/namespaces')).status).toBe(200)
  })

  it('stays for a cluster that does not answer', async () => {
    await browser.logIn('alice')
    await browser.logIn('alice', 'west')
    await bed.clusters.get('west')?.faults.set({ error: 503 })
    soon()
    expect((await browser.go('/api/namespaces')).status).toBe(200)
    await bed.clusters.get('west')?.faults.heal()
    expect([...browser.cookies.keys()]).toEqual(['kiali-token-east', 'kiali-token-west'])
  })
})

describe('logging out', () => {
  const objectsOf = (cluster: string) => openShift(cluster).tokensOf('alice')

  beforeEach(() => {
    for (const cluster of ['east', 'west']) openShift(cluster).revokeAll('alice')
  })

  async function loggedInTwice(): Promise<void> {
    await browser.logIn('alice')
    await browser.logIn('alice', 'west')
    expect([objectsOf('east').length, objectsOf('west').length]).toEqual([1, 1])
  }

  it('AUTH-126: deletes the objects of the tokens of all clusters, by the person', async () => {
    await loggedInTwice()
    const [name = ''] = objectsOf('west')
    const copied = new Map(browser.cookies)
    expect((await browser.go('/api/logout')).status).toBe(204)
    expect([objectsOf('east'), objectsOf('west'), browser.cookies.size]).toEqual([[], [], 0])
    const deletion = bed.clusters.get('west')?.requests.findLast(({ method }) => method === 'DELETE')
    expect(deletion?.url).toBe(`/apis/oauth.openshift.io/v1/useroauthaccesstokens/${name}`)
    for (const [cookie, value] of copied) browser.cookies.set(cookie, value)
    expect((await browser.go('/api/namespaces')).status).toBe(401)
  })

  it('AUTH-126: names the object by the hash of what follows the prefix', () => {
    // echo -n abc | sha256sum, in base64url
    expect(tokenObjectName('sha256~abc')).toBe('sha256~ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  })

  it('AUTH-126: has the console delete what the person may not', async () => {
    await loggedInTwice()
    await bed.clusters.get('west')?.faults.set({ forbidden: ['useroauthaccesstokens.oauth.openshift.io'] })
    expect((await browser.go('/api/logout')).status).toBe(204)
    await bed.clusters.get('west')?.faults.heal()
    expect(objectsOf('west')).toEqual([])
  })

  it('AUTH-126: takes a token that is not there for ended', async () => {
    await loggedInTwice()
    openShift('west').revokeAll('alice')
    expect((await browser.go('/api/logout')).status).toBe(204)
  })

  it('AUTH-126: names the clusters where the token may still be good, and is over here all the same', async () => {
    await loggedInTwice()
    await bed.clusters.get('west')?.faults.set({ error: 503 })
    const { status, body } = await browser.go('/api/logout')
    await bed.clusters.get('west')?.faults.heal()
    expect([status, body]).toEqual([200, { failed: ['west'] }])
    expect([objectsOf('east'), browser.cookies.size]).toEqual([[], 0])
    expect(bed.audit.slice(-2)).toMatchObject([
      { type: 'logout', outcome: 'success', cluster: 'east', user: 'alice' },
      { type: 'logout', outcome: 'failure', cluster: 'west', user: 'alice' },
    ])
  })

  it('AUTH-126: is 204 for who is not logged in', async () => {
    expect((await browser.go('/api/logout')).status).toBe(204)
  })

  it('leaves a token alone that came in a header', async () => {
    const token = openShift('east').issue('alice', 'kiali-istio-system', 600)
    expect((await browser.go('/api/logout', bearer(token))).status).toBe(204)
    expect(objectsOf('east').length).toBe(1)
  })
})

describe('what is written down', () => {
  it('names who logged in where, and holds no token, code or state', async () => {
    const before = bed.audit.length
    const callback = new URL(await browser.begin('alice'), 'https://mesh.example.com')
    await browser.go(callback.pathname + callback.search, { from: 'elsewhere' })
    expect(bed.audit.slice(before)).toMatchObject([
      { type: 'login', outcome: 'success', user: 'alice', cluster: 'east', strategy: 'openshift' },
    ])
    const written = JSON.stringify(bed.audit) + bed.logged()
    for (const secret of ['sha256~', callback.searchParams.get('code'), callback.searchParams.get('state')])
      expect(written).not.toContain(secret)
  })
})
