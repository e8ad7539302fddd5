import { afterEach, describe, expect, it } from 'vitest'
import type { KubeApi } from '../../kube/api.ts'
import { KubeFailure } from '../../kube/failure.ts'
import { readAuthorizationServer } from './authorizationServer.ts'
import { type Bed, type BedOptions, browserOf, namesIn, startBed, untilOffered } from './testing.ts'

const wellKnown = {
  issuer: 'https://oauth.example.com',
  authorization_endpoint: 'https://oauth.example.com/oauth/authorize',
  token_endpoint: 'https://oauth.example.com/oauth/token',
  code_challenge_methods_supported: ['plain', 'S256'],
}
const client = { redirectURIs: ['https://mesh.example.com/cb', 'https://other.example.com/cb'] }

/** A cluster that answers these two documents; undefined = 404. */
const apiWith = (first: unknown, second: unknown, asked: string[] = []): KubeApi => ({
  cluster: 'west',
  get: (path) => {
    asked.push(path)
    const found = path.startsWith('/.well-known/') ? first : second
    if (found === undefined) return Promise.reject(new KubeFailure('absent', 'west', 'not there', 404))
    return Promise.resolve(found)
  },
  request: () => Promise.reject(new Error('unused')),
  stream: () => Promise.reject(new Error('unused')),
  reloadCredential: () => false,
  close: () => Promise.resolve(),
})

describe('what a cluster says of its OAuth server', () => {
  it('AUTH-118: is read of the client `<instance>-<namespace>`; its first redirect URI counts; tokens live a day', async () => {
    const asked: string[] = []
    expect(await readAuthorizationServer(apiWith(wellKnown, client, asked), 'kiali-istio-system')).toEqual({
      cluster: 'west',
      issuer: 'https://oauth.example.com',
      authorizationEndpoint: 'https://oauth.example.com/oauth/authorize',
      tokenEndpoint: 'https://oauth.example.com/oauth/token',
      clientId: 'kiali-istio-system',
      redirectUri: 'https://mesh.example.com/cb',
      tokenMaxAgeS: 86_400,
    })
    expect(asked).toEqual([
      '/.well-known/oauth-authorization-server',
      '/apis/oauth.openshift.io/v1/oauthclients/kiali-istio-system',
    ])
  })

  it('AUTH-118: has tokens live as long as the client says', async () => {
    const brief = { ...client, accessTokenMaxAgeSeconds: 600 }
    expect(await readAuthorizationServer(apiWith(wellKnown, brief), 'kiali-istio-system')).toMatchObject({
      tokenMaxAgeS: 600,
    })
  })

  it('is nothing where there is none', async () => {
    expect(await readAuthorizationServer(apiWith(undefined, undefined), 'kiali-istio-system')).toBe('none')
  })

  it.each([
    ['there is no client for us', wellKnown, undefined, 'has no OAuthClient kiali-istio-system'],
    ['our client has no redirect URI', wellKnown, { redirectURIs: [] }, 'has no redirect URI'],
    ['its redirect URI is none', wellKnown, { redirectURIs: ['javascript:x'] }, 'has no redirect URI'],
    ['it knows no S256', { ...wellKnown, code_challenge_methods_supported: ['plain'] }, client, 'PKCE with S256'],
    ['it is not encrypted', { ...wellKnown, token_endpoint: 'http://oauth.example.com/' }, client, 'token_endpoint'],
    ['it is no document', 'hello', client, 'not an object'],
  ])('cannot be used when %s', async (_what, first, second, message) => {
    await expect(readAuthorizationServer(apiWith(first, second), 'kiali-istio-system')).rejects.toThrow(message)
  })
})

it('an OAuth server without TLS counts for trying out only', async () => {
  const plain = JSON.parse(JSON.stringify(wellKnown).replaceAll('https:', 'http:'))
  await expect(readAuthorizationServer(apiWith(plain, client), 'kiali-istio-system')).rejects.toThrow('an https URL')
  expect(await readAuthorizationServer(apiWith(plain, client), 'kiali-istio-system', true)).toMatchObject({
    tokenEndpoint: 'http://oauth.example.com/oauth/token',
  })
})

describe('OAuth servers of clusters', () => {
  let bed: Bed | undefined
  afterEach(async () => {
    await bed?.close()
    bed = undefined
  })
  const start = async (options: BedOptions): Promise<Bed> => {
    bed = await startBed(options)
    return bed
  }

  it('AUTH-119: are found without waiting for a cluster that does not answer, which is offered once it does', async () => {
    const started = await start({ clusters: ['east', 'west'], down: ['west'] })
    await untilOffered(started, ['east'])
    const browser = browserOf(started)
    await browser.logIn('alice')
    expect(await namesIn(browser, '/api/namespaces')).toEqual(['east/shop'])
    await started.clusters.get('west')?.faults.heal()
    await untilOffered(started, ['east', 'west'])
    await browser.logIn('alice', 'west')
    expect(await namesIn(browser, '/api/namespaces')).toEqual(['east/shop', 'west/shop'])
  })

  it('send the browser to the page, with a word, while the home cluster’s is not known', async () => {
    const started = await start({ clusters: ['east'], down: ['east'] })
    const { status, headers } = await browserOf(started).go('/api/auth/redirect')
    expect([status, headers.location]).toEqual([302, '/kiali/?openshift_error=idp&cluster=east'])
  })

  it('send people elsewhere when the client says so, of which the log warns once', async () => {
    const started = await start({ clusters: ['east'], firstRedirectUri: 'https://elsewhere.example.com/kiali' })
    await untilOffered(started, ['east'])
    await browserOf(started).go('/api/auth/redirect')
    await browserOf(started).go('/api/auth/redirect')
    expect(started.logged().match(/sends people back to another address/g)?.length).toBe(1)
    expect(started.logged()).toContain('elsewhere.example.com')
  })

  it('are sent no code when nobody vouches for their certificate', async () => {
    const started = await start({ clusters: ['east'], untrusted: true })
    await untilOffered(started, ['east'])
    const { headers } = await browserOf(started).logIn('alice')
    expect(headers.location).toBe('/kiali/?openshift_error=idp&cluster=east')
    expect(started.clusters.get('east')?.openShift?.oauth.exchanges).toEqual([])
  })

  it('are trusted blindly when that is configured', async () => {
    const started = await start({ clusters: ['east'], untrusted: true, openshift: '{insecure_skip_verify_tls: true}' })
    await untilOffered(started, ['east'])
    expect((await browserOf(started).logIn('alice')).headers.location).toBe('/kiali/')
  })

  it('issue tokens with an end, which is that of the session', async () => {
    const started = await start({ clusters: ['east'], tokenMaxAgeS: 900 })
    await untilOffered(started, ['east'])
    const browser = browserOf(started)
    await browser.logIn('alice')
    const [, seconds] = /max-age=(\d+)/.exec(browser.cookies.get('kiali-token-east')?.attributes ?? '') ?? []
    expect(['899', '900']).toContain(seconds)
  })

  it('need not see who brings a token in the URL, where that is configured: it is taken once and leaves the URL', async () => {
    const started = await start({ clusters: ['east'], openshift: '{accept_oauth_token_query: true}' })
    await untilOffered(started, ['east'])
    const token = started.clusters.get('east')?.openShift?.issue('alice', 'another-client', 600) ?? ''
    const browser = browserOf(started)
    expect((await browser.go(`/?oauth_token=${token}`, { from: 'elsewhere' })).headers.location).toBe('/kiali/')
    expect(await namesIn(browser, '/api/namespaces')).toEqual(['east/shop'])
    expect((await browser.go('/api/namespaces?oauth_token=sha256~other')).status).toBe(200)
    await browser.go('/api/logout')
    // Whoever else was given it may still use it.
    expect(started.clusters.get('east')?.openShift?.tokensOf('alice').length).toBe(1)
  })
})
