import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServer, startApiServer } from '../kube/apiServer.ts'
import { clientOf } from '../kube/testClient.ts'
import { objectNameOf } from './names.ts'

const redirectUri = 'http://127.0.0.1:20001/api/auth/callback'
const verifier = 'a-verifier-of-more-than-forty-three-characters'
const challenge = createHash('sha256').update(verifier).digest('base64url')

let server: ApiServer
beforeAll(async () => {
  server = await startApiServer({
    cluster: 'east',
    objects: [
      {
        apiVersion: 'oauth.openshift.io/v1',
        kind: 'OAuthClient',
        metadata: { name: 'kiali-istio-system' },
        grantMethod: 'auto',
        redirectURIs: [redirectUri],
        accessTokenMaxAgeSeconds: 600,
      },
    ],
    identities: [{ token: 'root', user: 'admin', groups: ['system:masters'] }],
    openShift: {
      people: [
        { name: 'alice', groups: ['shop-admins'] },
        { name: 'wendy', groups: [] },
      ],
    },
  })
})
afterAll(() => server.close())

const api = (token?: string) => clientOf(server, token)
const oauth = () => clientOf({ url: server.openShift?.oauth.issuer ?? '', caPem: server.openShift?.oauth.caPem ?? '' })
const issue = (person: string): string => server.openShift?.issue(person, 'kiali-istio-system', 600) ?? ''

const authorizePath = (person: string, change: Readonly<Record<string, string>> = {}): string =>
  `/oauth/authorize${person}?${new URLSearchParams({
    client_id: 'kiali-istio-system',
    redirect_uri: redirectUri,
    response_type: 'code',
    state: 's1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...change,
  })}`

async function codeFor(person: string): Promise<string> {
  const { headers } = await oauth().get(authorizePath(`/${person}`))
  return new URL(headers.location ?? '').searchParams.get('code') ?? ''
}

const exchange = (code: string, change: Readonly<Record<string, string>> = {}, basic = true) =>
  oauth().send('POST', '/oauth/token', {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(basic ? { authorization: `Basic ${Buffer.from('kiali-istio-system:').toString('base64')}` } : {}),
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...change,
    }).toString(),
  })

describe('the OAuth server of a simulated OpenShift', () => {
  it('is named by the API server to everybody', async () => {
    const { status, body } = await api().get('/.well-known/oauth-authorization-server')
    expect([status, body.token_endpoint]).toEqual([200, `${server.openShift?.oauth.issuer}/oauth/token`])
  })

  it('shows a page of names, then sends the chosen one back with code and state', async () => {
    expect((await oauth().get(authorizePath(''))).text).toContain('alice')
    const { status, headers } = await oauth().get(authorizePath('/alice'))
    expect(status).toBe(302)
    const back = new URL(headers.location ?? '')
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([redirectUri, 's1'])
    expect(back.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
  })

  it('sends who does not agree back with an error', async () => {
    const { headers } = await oauth().get(authorizePath('/denied'))
    expect(new URL(headers.location ?? '').searchParams.get('error')).toBe('access_denied')
  })

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['a foreign redirect URI', { redirect_uri: 'http://127.0.0.1:1/elsewhere' }],
  ])('sends nobody anywhere for %s', async (_what, change) => {
    const { status, headers } = await oauth().get(authorizePath('/alice', change))
    expect([status, headers.location]).toEqual([400, undefined])
  })

  it('gives a token for a code, once', async () => {
    const code = await codeFor('alice')
    const { status, body } = await exchange(code)
    expect([status, body.token_type, body.expires_in, body.scope]).toEqual([200, 'Bearer', 600, 'user:full'])
    expect(body.access_token).toMatch(/^sha256~[\w-]{43}$/)
    expect((await exchange(code)).body).toEqual({ error: 'invalid_grant' })
  })

  it.each([
    ['another verifier', { code_verifier: `${verifier}x` }, 'invalid_grant', true],
    ['another redirect URI', { redirect_uri: `${redirectUri}/west` }, 'invalid_grant', true],
    ['a client that does not name itself', {}, 'invalid_request', false],
  ])('refuses %s', async (_what, change, error, basic) => {
    expect((await exchange(await codeFor('alice'), change, basic)).body).toEqual({ error })
  })
})

describe('a token of it', () => {
  it('stands for its person, with the groups of login', async () => {
    const { body } = await api(issue('alice')).get('/apis/user.openshift.io/v1/users/~')
    expect(body).toMatchObject({
      kind: 'User',
      metadata: { name: 'alice' },
      groups: ['shop-admins', 'system:authenticated', 'system:authenticated:oauth'],
    })
  })

  it('lives as long as its object', async () => {
    const token = issue('alice')
    const name = objectNameOf(token)
    expect((await api('root').get(`/apis/oauth.openshift.io/v1/oauthaccesstokens/${name}`)).body.userName).toBe('alice')
    await api('root').send('DELETE', `/apis/oauth.openshift.io/v1/oauthaccesstokens/${name}`)
    expect((await api(token).get('/apis/user.openshift.io/v1/users/~')).status).toBe(401)
  })

  it('may be deleted by its person, and by no other', async () => {
    const token = issue('alice')
    const path = `/apis/oauth.openshift.io/v1/useroauthaccesstokens/${objectNameOf(token)}`
    expect((await api(issue('wendy')).send('DELETE', path)).status).toBe(404)
    expect((await api(token).send('DELETE', path)).status).toBe(200)
    expect((await api(token).get(path)).status).toBe(401)
  })

  it('is listed to its person only', async () => {
    const token = issue('wendy')
    issue('alice')
    const { body } = await api(token).get('/apis/oauth.openshift.io/v1/useroauthaccesstokens')
    expect(JSON.stringify(body)).not.toContain('alice')
    expect(JSON.stringify(body)).toContain(objectNameOf(token))
  })
})

describe('an object of a token', () => {
  it('is named by the hash of what follows the prefix', () => {
    // echo -n abc | sha256sum, in base64url
    expect(objectNameOf('sha256~abc')).toBe('sha256~ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  })
})
