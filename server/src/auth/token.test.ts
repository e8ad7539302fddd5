import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { BinocleError } from '../errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { KubeFailure } from '../kube/failure.ts'
import { createKeyRing, derivedKey } from './keyRing.ts'
import { type Rig, rigOf } from './rig.ts'
import { createSessions } from './sessions.ts'

/** What it is refused with: `401 BIN-AUTH-TOKEN`, and the text. */
async function refusalOf(action: Promise<unknown>): Promise<{ code: string; error: string }> {
  try {
    await action
  } catch (error) {
    if (error instanceof BinocleError) return { code: `${error.status} ${error.code}`, error: error.message }
    throw error
  }
  return { code: 'none', error: '' }
}

const codeOf = async (action: Promise<unknown>): Promise<string> => (await refusalOf(action)).code

/** A JWT of no signature that says when it ends, Unix s. */
const jwt = (exp: number, sub = 'somebody-else'): string =>
  ['{"alg":"RS256"}', JSON.stringify({ exp, sub }), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

async function loggedIn(yaml = '', token = 'anna-token'): Promise<Rig> {
  const rig = rigOf('token', yaml)
  expect((await rig.authenticate({ token })).status).toBe(200)
  return rig
}

const infoOf = async (rig: Rig) => (await rig.strategy.info(rig.request())).sessionInfo

describe('a token that is posted', () => {
  it('becomes a session of the home cluster', async () => {
    const rig = rigOf('token')
    const { body } = await rig.authenticate({ token: 'anna-token' })
    expect(body).toEqual({ expiresOn: '2026-03-08T12:00:00.000Z', username: 'anna' })
    expect([...rig.jar.keys()]).toEqual(['kiali-token-east'])
    expect((await rig.login()).user).toBe('anna')
  })

  it.each([
    ['nothing', {}],
    ['an empty one', { token: '' }],
    ['blanks', { token: ' \n ' }],
  ])('AUTH-80: that is %s is asked for', async (_what, form) => {
    expect(await refusalOf(rigOf('token').authenticate(form))).toEqual({
      code: '400 BIN-AUTH-REQUEST',
      error: 'Token is missing',
    })
  })

  it.each([
    ['unknown', 'no-such-token'],
    ['of somebody who sees no namespace', 'dora-token'],
    ['over by what it says itself', jwt(1)],
  ])('AUTH-80: that is %s is refused in the same words', async (_what, token) => {
    const rig = rigOf('token')
    rig.people.east = { ...rig.people.east, [jwt(1)]: { user: 'anna' } }
    expect(await refusalOf(rig.authenticate({ token }))).toEqual({
      code: '401 BIN-AUTH-TOKEN',
      error: 'token is not valid or is expired',
    })
    expect(rig.jar.size).toBe(0)
  })

  it('AUTH-81: counts in the body alone', async () => {
    const rig = rigOf('token')
    expect(await codeOf(rig.authenticate({}, { search: 'token=anna-token' }))).toBe('400 BIN-AUTH-REQUEST')
    expect(rig.asked).toEqual([])
  })

  it('AUTH-82: has the name that the API server gives it', async () => {
    const rig = rigOf('token')
    const token = jwt(rig.time.now / 1000 + 60, 'system:admin')
    rig.people.east = { [token]: { user: 'system:serviceaccount:shop:bob' } }
    const { body } = await rig.authenticate({ token })
    expect(body).toMatchObject({ username: 'shop:bob' })
  })

  it.each([
    ['does not know the question', 404, 'absent'],
    ['does not let it ask', 403, 'forbidden'],
  ] as const)('AUTH-82: has the name that a review gives it where an API server %s', async (_what, status, reason) => {
    const rig = rigOf('token')
    rig.fails.self = new KubeFailure(reason, 'east', 'x', status)
    const { body } = await rig.authenticate({ token: 'anna-token' })
    expect(body).toMatchObject({ username: 'anna' })
    expect(rig.asked).toEqual([
      'east anna-token /apis/authentication.k8s.io/v1/selfsubjectreviews',
      'east console /apis/authentication.k8s.io/v1/tokenreviews',
    ])
  })

  it.each([
    ['a line end', 'anna-token\r\nX: y'],
    ['a blank', 'anna token'],
    ['a quote', 'anna"token'],
    ['a letter beyond ASCII', 'ännä'],
    ['more than 16 KiB', 'x'.repeat(16_385)],
  ])('AUTH-83: with %s is none', async (_what, token) => {
    const rig = rigOf('token')
    expect(await refusalOf(rig.authenticate({ token }))).toEqual({
      code: '400 BIN-AUTH-REQUEST',
      error: 'Token is not one',
    })
    expect(rig.asked).toEqual([])
  })

  it('may have blanks around it', async () => {
    expect((await rigOf('token').authenticate({ token: ' anna-token\n' })).status).toBe(200)
  })

  it('AUTH-84: ends with the token', async () => {
    const rig = rigOf('token', 'session: {idle_timeout: 48h}')
    const token = jwt(rig.time.now / 1000 + 90)
    rig.people.east = { [token]: { user: 'anna' } }
    expect((await rig.authenticate({ token })).body).toMatchObject({ expiresOn: '2026-03-07T12:01:30.000Z' })
    rig.time.now += 90_000
    expect(await codeOf(rig.login())).toBe('401 BIN-AUTH-LOGIN')
  })

  it('AUTH-84: ends as configured when the token lasts longer', async () => {
    const rig = rigOf('token')
    const token = jwt(rig.time.now / 1000 + 90 * 86_400)
    rig.people.east = { [token]: { user: 'anna' } }
    expect((await rig.authenticate({ token })).body).toMatchObject({ expiresOn: '2026-03-08T12:00:00.000Z' })
  })

  it('AUTH-86: is shown to the home cluster alone', async () => {
    const login = await (await loggedIn()).login()
    expect(login.on('east')).toEqual({ cluster: 'east', kind: 'bearer', token: 'anna-token' })
    expect(login.on('west')).toBeUndefined()
  })

  it('is refused by GET, as is everything else that is no login', async () => {
    const rig = rigOf('token')
    expect(await codeOf(rig.authenticate({ token: 'anna-token' }, { method: 'GET' }))).toBe('400 BIN-AUTH-REQUEST')
  })

  it('is written into the audit by its outcome, without the token', async () => {
    const rig = rigOf('token')
    await rig.authenticate({ token: 'anna-token' })
    await codeOf(rig.authenticate({ token: 'no-such-token' }))
    rig.says.state = 'unknown'
    await codeOf(rig.authenticate({ token: 'anna-token' }))
    expect(rig.audited).toEqual([
      { type: 'login', verb: 'login', outcome: 'success', cluster: 'east', status: 200 },
      { type: 'login', verb: 'login', outcome: 'denied', cluster: 'east', status: 401, reason: 'BIN-AUTH-TOKEN' },
      {
        type: 'login',
        verb: 'login',
        outcome: 'failure',
        cluster: 'east',
        status: 503,
        reason: 'BIN-AUTH-UNAVAILABLE',
      },
    ])
  })
})

describe('a token of a further cluster', () => {
  const west = { search: 'clusterName=west' }

  it('is kept beside that of home, and shown to its cluster alone', async () => {
    const rig = await loggedIn()
    const { body } = await rig.authenticate({ token: 'anna-west' }, west)
    expect(body).toMatchObject({ username: 'anna@west' })
    const login = await rig.login()
    expect([login.user, login.on('east'), login.on('west')]).toEqual([
      'anna',
      { cluster: 'east', kind: 'bearer', token: 'anna-token' },
      { cluster: 'west', kind: 'bearer', token: 'anna-west' },
    ])
    expect(await infoOf(rig)).toEqual({
      username: 'anna',
      expiresOn: 'Sun, 08 Mar 2026 12:00:00 +0000',
      clusterInfo: {
        east: { name: 'east', expiresOn: 'Sun, 08 Mar 2026 12:00:00 +0000' },
        west: { name: 'west', expiresOn: 'Sun, 08 Mar 2026 12:00:00 +0000' },
      },
    })
  })

  it('makes another identity of the login', async () => {
    const rig = await loggedIn()
    const before = await rig.login()
    await rig.authenticate({ token: 'anna-west' }, west)
    expect((await rig.login()).key).not.toBe(before.key)
  })

  it('needs a login at home', async () => {
    const rig = rigOf('token')
    expect(await codeOf(rig.authenticate({ token: 'anna-west' }, west))).toBe('401 BIN-AUTH-LOGIN')
  })

  it('is refused in the same words whether or not there is such a cluster, and home stays', async () => {
    const rig = await loggedIn()
    const refused = await refusalOf(rig.authenticate({ token: 'anna-token' }, west))
    expect(refused).toEqual({ code: '401 BIN-AUTH-TOKEN', error: 'token is not valid or is expired' })
    expect(await refusalOf(rig.authenticate({ token: 'x' }, { search: 'clusterName=nowhere' }))).toEqual(refused)
    expect((await rig.login()).user).toBe('anna')
  })

  it('goes when somebody logs in at home', async () => {
    const rig = await loggedIn()
    await rig.authenticate({ token: 'anna-west' }, west)
    await rig.authenticate({ token: 'bob-token' })
    expect([...rig.jar.keys()]).toEqual(['kiali-token-east'])
    expect((await rig.login()).on('west')).toBeUndefined()
  })

  it('ends by itself, and home goes on', async () => {
    const rig = await loggedIn('session: {idle_timeout: 48h}')
    const token = jwt(rig.time.now / 1000 + 60)
    rig.people.west = { [token]: { user: 'anna' } }
    await rig.authenticate({ token }, west)
    rig.time.now += 60_000
    expect((await rig.login()).on('west')).toBeUndefined()
    expect([...rig.jar.keys()]).toEqual(['kiali-token-east'])
  })

  it('ends with the logout from home', async () => {
    const rig = await loggedIn()
    await rig.authenticate({ token: 'anna-west' }, west)
    await rig.strategy.logout(requestFor(rig))
    expect(rig.jar.size).toBe(0)
  })
})

const requestFor = (rig: Rig) => ({
  viewer: { name: '', scope: { key: '', seesCluster: () => 'no' as const, sees: () => 'no' as const } },
  again: () => Promise.reject(new Error('not asked')),
  incoming: rig.request(),
  path: {},
  query: unused,
  signal: new AbortController().signal,
})
const unused = {
  text: () => '',
  boolean: () => false,
  duration: () => 0,
  time: () => undefined,
  oneOf: () => '' as const,
  list: () => [],
  raw: new URLSearchParams(),
}

describe('what is answered when a session is asked about', () => {
  it('AUTH-32: 401 without a session', async () => {
    expect(await codeOf(rigOf('token').login())).toBe('401 BIN-AUTH-LOGIN')
  })

  it('AUTH-32: 401, and the cookies go, when the cluster does not know the token', async () => {
    const rig = await loggedIn()
    rig.people.east = {}
    expect(await codeOf(rig.login())).toBe('401 BIN-AUTH-LOGIN')
    expect(rig.jar.size).toBe(0)
  })

  it('AUTH-32: 403, and the session stays, when the cluster forbids to ask', async () => {
    const rig = await loggedIn()
    rig.says.state = 'forbidden'
    expect(await codeOf(rig.login())).toBe('403 BIN-AUTH-FORBIDDEN')
    delete rig.says.state
    expect((await rig.login()).user).toBe('anna')
  })

  it('AUTH-34: 503 with a time to come again, and the session stays, when the cluster does not answer', async () => {
    const rig = await loggedIn()
    rig.says.state = 'unknown'
    await expect(rig.login()).rejects.toMatchObject({ status: 503, code: 'BIN-AUTH-UNAVAILABLE', retryAfterS: 5 })
    expect(await infoOf(rig)).toMatchObject({ username: 'anna' })
    delete rig.says.state
    expect((await rig.login()).user).toBe('anna')
  })

  it('AUTH-32: 401 with sessions of other clusters only', async () => {
    const rig = await loggedIn()
    await rig.authenticate({ token: 'anna-west' }, { search: 'clusterName=west' })
    rig.jar.delete('kiali-token-east')
    expect(await codeOf(rig.login())).toBe('401 BIN-AUTH-LOGIN')
  })

  const otherKey = createKeyRing({ current: () => derivedKey(Buffer.alloc(32, 9)), previous: () => [] })

  /** A session as somebody else's console would write it. */
  function foreign(strategy: 'openid' | 'token', keys = otherKey): string {
    const jar = new Map<string, string>()
    const { auth } = loadConfig({ file: { name: 'x', text: 'auth: {strategy: token}' } }).config
    const sessions = createSessions({
      auth: { ...auth, strategy },
      keys,
      clock: () => Date.parse('2026-03-07T12:00:00Z'),
      home: () => 'east',
      clusters: () => ['east'],
      webRoot: '',
      isSecure: () => true,
      maxHeaderBytes: 65_536,
    })
    const setCookie = (line: string): void => void jar.set('x', /=([^;]*)/.exec(line)?.[1] ?? '')
    const incoming: Incoming = { ...rigOf('token').request(), setCookie }
    const payload = { token: 'anna-token', user: 'anna' }
    sessions.write(incoming, { cluster: 'east', payload, expiresAt: Date.parse('2026-03-08T00:00:00Z') })
    return jar.get('x') ?? ''
  }

  const ownKey = createKeyRing({ current: () => derivedKey(Buffer.from('q7Zr1nXk0Vb3LmT9')), previous: () => [] })

  it.each([
    ['sealed with another key', () => ({ 'kiali-token-east': foreign('token') })],
    ['of another strategy', () => ({ 'kiali-token-east': foreign('openid', ownKey) })],
    ['not base64', () => ({ 'kiali-token-east': '%%%' })],
    ['empty', () => ({ 'kiali-token-east': '' })],
    [
      'short of a piece',
      () => ({ 'kiali-token-east': 'x', 'kiali-token-chunks-east': '3', 'kiali-token-east-2': 'y' }),
    ],
    ['of too many pieces', () => ({ 'kiali-token-east': 'x', 'kiali-token-chunks-east': '999' })],
  ])('AUTH-33: 401, and every cookie goes, for one that is %s', async (_what, cookies) => {
    const rig = rigOf('token', '', new Map(Object.entries<string>(cookies())))
    expect(await codeOf(rig.login())).toBe('401 BIN-AUTH-LOGIN')
    expect([...rig.jar]).toEqual([])
  })

  it('AUTH-33: 401, and every cookie goes, for one that has expired', async () => {
    const rig = await loggedIn('session: {idle_timeout: 48h}')
    await rig.authenticate({ token: 'anna-west' }, { search: 'clusterName=west' })
    rig.time.now += 86_400_000
    expect(await codeOf(rig.login())).toBe('401 BIN-AUTH-LOGIN')
    expect(rig.jar.size).toBe(0)
  })

  it('is who it is for the page as well, and nobody when the session is over', async () => {
    const rig = await loggedIn()
    expect(await infoOf(rig)).toMatchObject({ username: 'anna', clusterInfo: { east: { name: 'east' } } })
    rig.people.east = {}
    expect(await infoOf(rig)).toEqual({})
  })
})

describe('a bearer header', () => {
  const bearer = { rawHeaders: ['Authorization', 'Bearer anna-token'] }

  it('AUTH-25: alone is no login', async () => {
    expect(await codeOf(rigOf('token').login(bearer))).toBe('401 BIN-AUTH-LOGIN')
  })

  it('AUTH-25: alone is a login where that is configured, and sets no cookie', async () => {
    const rig = rigOf('token', 'accept_bearer: true')
    expect(await rig.login(bearer)).toMatchObject({ user: 'anna', sessionId: '' })
    expect(rig.jar.size).toBe(0)
  })

  it.each([
    ['unknown', 'Bearer no-such-token'],
    ['of another scheme', 'Basic anna-token'],
    ['more than a token', 'Bearer anna-token, Bearer bob-token'],
  ])('that is %s is refused there, and no cookie helps', async (_what, line) => {
    const rig = await loggedIn('accept_bearer: true')
    expect(await codeOf(rig.login({ rawHeaders: ['Authorization', line] }))).toBe('401 BIN-AUTH-TOKEN')
  })

  it('is asked about once in ten seconds', async () => {
    const rig = rigOf('token', 'accept_bearer: true')
    for (const ms of [0, 9_999, 1]) {
      rig.time.now += ms
      await rig.login(bearer)
    }
    expect(rig.asked).toHaveLength(2)
  })
})
