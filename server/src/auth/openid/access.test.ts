/** Which token goes where, when it is not simply the person's own to each API server. */
import { createServer, request, type Server } from 'node:https'
import { certificateAuthority } from '@binocle/simulator/kube/certificates'
import { closeServer, listenLocally } from '@binocle/simulator/local'
import type { Browser, Page } from '@binocle/simulator/oidc/testBrowser'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type HostileIssuer, startHostileIssuer } from './hostileIssuer.ts'
import { type BedOptions, consoleToken, type OpenIdBed, startBed, startProxy } from './testing.ts'

let issuer: HostileIssuer
let bed: OpenIdBed

beforeAll(async () => {
  issuer = await startHostileIssuer()
})
afterAll(() => issuer.close())
beforeEach(() => issuer.behave({}))
afterEach(() => bed.close())

async function start(options: BedOptions): Promise<void> {
  bed = await startBed(() => Promise.resolve(issuer), options)
}

async function logIn(browser: Browser): Promise<Page> {
  return await browser.follow(`${bed.url}/api/auth/openid_redirect`, { stop: (url) => url === `${bed.url}/` })
}

const namespacesOf = async (browser: Browser): Promise<readonly string[]> => {
  const listed: unknown = JSON.parse((await browser.open(`${bed.url}/api/namespaces`)).body)
  return Array.isArray(listed) ? listed.map(({ cluster, name }) => `${cluster}/${name}`).sort() : [String(listed)]
}

/** Tokens of people that a cluster was shown. */
const shownTo = (cluster: string): readonly string[] => {
  const { requests = [] } = bed.clusters.find((each) => each.cluster === cluster) ?? {}
  const tokens = requests.map(({ authorization }) => authorization.replace('Bearer ', ''))
  return [...new Set(tokens)].filter((token) => token !== '' && token !== consoleToken)
}

describe('a cluster with an audience of its own', () => {
  it('AUTH-T16: is never shown a token for another audience', async () => {
    // The bed's west takes tokens for the console only: what counts here is what it was shown.
    await start({ openid: { cluster_audience: { west: 'west' } } })
    const browser = bed.browser()
    await logIn(browser)
    await namespacesOf(browser)
    expect(shownTo('west').map((token) => decodeJwt(token).aud)).toEqual(['west'])
    expect(shownTo('east').map((token) => decodeJwt(token).aud)).toEqual(['console'])
  })

  it('is asked for with the token of the person (RFC 8693)', async () => {
    await start({ openid: { cluster_audience: { west: 'west' } } })
    await logIn(bed.browser())
    const exchange = issuer.asked.filter(({ path }) => path === '/token')[1]
    expect(Object.fromEntries(exchange?.body ?? [])).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: 'west',
      subject_token: shownTo('east')[0],
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    })
  })

  it('AUTH-T16: is shown nothing at all when the provider does not exchange', async () => {
    await start({ openid: { cluster_audience: { west: 'west' } } })
    const browser = bed.browser()
    const begun = await browser.open(`${bed.url}/api/auth/openid_redirect`)
    const back = await browser.open(begun.location ?? '')
    issuer.behave({ exchange: { error: 'unsupported_grant_type' } })
    expect((await browser.open(back.location ?? '')).location).toBe('/mesh/')
    expect(await namespacesOf(browser)).toEqual(['east/bank', 'east/shop'])
    expect(shownTo('west')).toEqual([])
  })
})

describe('a bearer header', () => {
  const statusWith = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'kiali-ui': 'true' }
    const { status, setCookie } = await bed.browser().open(`${bed.url}/api/namespaces`, { headers })
    expect(setCookie).toEqual([])
    return status
  }

  it('AUTH-25: is no login unless it is allowed', async () => {
    await start({})
    await logIn(bed.browser())
    expect(await statusWith(shownTo('east')[0] ?? '')).toBe(401)
  })

  it('AUTH-25: with an id_token of the provider is a login where it is allowed, and leaves no cookie', async () => {
    await start({ auth: { accept_bearer: true } })
    await logIn(bed.browser())
    expect(await statusWith(shownTo('east')[0] ?? '')).toBe(200)
    const forged = `${shownTo('east')[0]?.slice(0, -4)}AAAA`
    expect(await statusWith(forged)).toBe(401)
    expect(await statusWith('nonsense')).toBe(401)
    expect(shownTo('east')).not.toContain(forged)
  })
})

describe('with api_token access_token', () => {
  it('AUTH-105: the access token is shown to clusters, and the id_token is validated all the same', async () => {
    await start({ openid: { api_token: 'access_token' } })
    issuer.behave({ accessTokens: 'jwt' })
    const browser = bed.browser()
    await logIn(browser)
    expect(await namespacesOf(browser)).toHaveLength(4)
    expect(shownTo('east').map((token) => decodeJwt(token).kind)).toEqual(['access'])
    issuer.behave({ accessTokens: 'jwt', claims: { aud: 'other' } })
    const refused = await bed
      .browser()
      .follow(`${bed.url}/api/auth/openid_redirect`, { stop: (url) => url.includes('openid_error') })
    expect(refused.url).toBe(`${bed.url}/?openid_error=token`)
  })
})

describe('a proxy to the provider', () => {
  it('AUTH-110: carries what is said to the provider, and nothing of what is said to clusters', async () => {
    const proxy = await startProxy()
    await start({ openid: { https_proxy: proxy.url } })
    const browser = bed.browser()
    await logIn(browser)
    expect(await namespacesOf(browser)).toHaveLength(4)
    expect(new Set(proxy.wanted)).toEqual(new Set([issuer.issuer.replace('https://', '')]))
    await proxy.close()
  })
})

describe('an end_session_endpoint that is not the provider', () => {
  it('AUTH-114: logging out ends the session here, and leads nowhere', async () => {
    issuer.behave({ metadata: { end_session_endpoint: 'https://evil.example/bye' } })
    await start({})
    const browser = bed.browser()
    await logIn(browser)
    const page = await browser.open(`${bed.url}/api/logout`, { headers: { 'kiali-ui': 'true' } })
    expect(page).toMatchObject({ status: 204, body: '' })
    expect((await browser.open(`${bed.url}/api/namespaces`)).status).toBe(401)
  })
})

describe('an api_proxy', () => {
  let proxy: Server
  let proxied: { readonly authorization: string; readonly url: string }[]
  let proxyUrl = ''
  let ca = ''

  /** In front of east: passes on whatever comes. */
  beforeAll(async () => {
    const authority = await certificateAuthority('proxy')
    const { certificatePem: cert, keyPem: key } = await authority.certificate('ok')
    ca = authority.caPem
    proxy = createServer({ cert, key }, (incoming, outgoing) => {
      const { authorization = '' } = incoming.headers
      proxied.push({ authorization, url: incoming.url ?? '' })
      const east = bed.clusters[0]
      const { method, headers } = incoming
      const onward = request(
        `${east?.url}${incoming.url}`,
        { method, headers, ca: east?.caPem, agent: false },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(outgoing)
        },
      )
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
    })
    proxyUrl = `https://127.0.0.1:${await listenLocally(proxy, 0)}`
  })
  afterAll(() => closeServer(proxy))
  beforeEach(() => {
    proxied = []
  })

  it('AUTH-109: is shown the tokens of people for home, and nothing else', async () => {
    await start({ openid: { api_proxy: proxyUrl, api_proxy_ca_data: Buffer.from(ca).toString('base64') } })
    const browser = bed.browser()
    await logIn(browser)
    expect(await namespacesOf(browser)).toHaveLength(4)
    expect(proxied.length).toBeGreaterThan(0)
    expect(new Set(proxied.map(({ authorization }) => authorization.startsWith('Bearer eyJ')))).toEqual(new Set([true]))
    // What the console reads as itself did not go through it, nor what people ask of west.
    const east =
      bed.clusters[0]?.requests.filter(({ authorization }) => authorization === `Bearer ${consoleToken}`) ?? []
    expect(east.length).toBeGreaterThan(0)
    expect(shownTo('west')).toHaveLength(1)
    expect(bed.clusters[0]?.requests.filter(({ authorization }) => authorization.includes('eyJ'))).toHaveLength(
      proxied.length,
    )
  })

  it('AUTH-109: is trusted on the word of its own authority alone', async () => {
    const other = await certificateAuthority('somebody else')
    await start({ openid: { api_proxy: proxyUrl, api_proxy_ca_data: Buffer.from(other.caPem).toString('base64') } })
    const browser = bed.browser()
    await logIn(browser)
    expect(await namespacesOf(browser)).toEqual(['west/bank', 'west/shop'])
    expect(proxied).toEqual([])
  })
})
