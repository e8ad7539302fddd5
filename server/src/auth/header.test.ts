import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { BinocleError } from '../errors.ts'
import { KubeFailure } from '../kube/failure.ts'
import { type Rig, rigOf } from './rig.ts'

async function refusalOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (error) {
    if (error instanceof BinocleError) return `${error.status} ${error.code}: ${error.message}`
    throw error
  }
  return 'none'
}

const anna = ['Authorization', 'Bearer anna-token']
const actingAs = (user: string, ...groups: string[]) => [
  ...anna,
  'Impersonate-User',
  user,
  ...groups.flatMap((group) => ['Impersonate-Group', group]),
]
const sentBy = (rawHeaders: readonly string[]) => ({ rawHeaders })
const sessionIdOf = async (rig: Rig, rawHeaders: readonly string[]) => (await rig.login({ rawHeaders })).sessionId

describe('a request through the proxy', () => {
  it('is that of the owner of its token, by itself', async () => {
    const rig = rigOf('header')
    expect(await rig.login(sentBy(anna))).toMatchObject({ strategy: 'header', user: 'anna', sessionId: '' })
  })

  it('AUTH-67: without a token is nobody', async () => {
    const rig = rigOf('header')
    expect(await refusalOf(rig.login())).toBe('401 BIN-AUTH-TOKEN: Token is missing')
    expect(await refusalOf(rig.authenticate({}))).toBe('401 BIN-AUTH-TOKEN: Token is missing')
  })

  it('AUTH-67: without a token loses its cookies', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(anna))
    expect(rig.jar.size).toBe(1)
    expect(await refusalOf(rig.login())).toBe('401 BIN-AUTH-TOKEN: Token is missing')
    expect(rig.jar.size).toBe(0)
  })

  it('AUTH-68: is nobody whose token the cluster does not vouch for, with or without a reason', async () => {
    const rig = rigOf('header')
    const unknown = ['Authorization', 'Bearer no-such-token']
    expect(await refusalOf(rig.login(sentBy(unknown)))).toBe('401 BIN-AUTH-TOKEN: token is not valid or is expired')
    expect(await refusalOf(rig.authenticate({}, sentBy(unknown)))).toBe(
      '401 BIN-AUTH-TOKEN: token is not valid or is expired',
    )
  })

  it('AUTH-69: is asked about again after ten seconds, whatever its cookie says', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(anna))
    expect((await rig.login(sentBy(anna))).user).toBe('anna')
    delete rig.people.east?.['anna-token']
    rig.time.now += 10_000
    expect(await refusalOf(rig.login(sentBy(anna)))).toBe('401 BIN-AUTH-TOKEN: token is not valid or is expired')
    expect(rig.jar.size).toBe(0)
  })

  it('is asked about once in ten seconds, by the account of the console', async () => {
    const rig = rigOf('header')
    await Promise.all([rig.login(sentBy(anna)), rig.login(sentBy(anna))])
    rig.time.now += 9_999
    await rig.login(sentBy(anna))
    expect(rig.asked).toEqual(['east console /apis/authentication.k8s.io/v1/tokenreviews'])
  })

  it('AUTH-34: waits for a cluster that cannot be asked, and keeps its session', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(anna))
    rig.fails.review = new KubeFailure('unreachable', 'east', 'x')
    rig.time.now += 10_000
    await expect(rig.login(sentBy(anna))).rejects.toMatchObject({ status: 503, retryAfterS: 5 })
    expect(rig.jar.size).toBe(1)
  })

  it('AUTH-75: is refused from everybody but the proxy', async () => {
    const rig = rigOf('header')
    const from = (address: string) => refusalOf(rig.login({ rawHeaders: anna, address }))
    expect(await from('127.0.0.1')).toBe('none')
    expect(await from('::ffff:127.0.0.1')).toBe('none')
    expect(await from('10.0.0.7')).toBe('403 BIN-AUTH-FORBIDDEN: Requests come through the proxy only.')
    expect(await from('')).toBe('403 BIN-AUTH-FORBIDDEN: Requests come through the proxy only.')
    expect(await refusalOf(rig.authenticate({}, { rawHeaders: anna, address: '10.0.0.7' }))).toBe(
      '403 BIN-AUTH-FORBIDDEN: Requests come through the proxy only.',
    )
  })

  it('AUTH-75: needs a proxy that is known by its network', () => {
    const load = (yaml: string) => () => loadConfig({ file: { name: 'x', text: `auth: {strategy: header, ${yaml}}` } })
    expect(load('')).toThrow('auth.header.trusted_proxies is empty')
    expect(load('header: {trusted_proxies: [10.0.0.0/33]}')).toThrow('is not an address or a CIDR')
    expect(load('header: {trusted_proxies: [10.0.0.0/8]}')).not.toThrow()
    expect(load('development: true')).not.toThrow()
  })

  it('AUTH-T38: is refused where lines could be taken away on the way', async () => {
    const rawHeaders = [...actingAs('eve'), 'Connection', 'impersonate-user']
    expect(await refusalOf(rigOf('header').login({ rawHeaders }))).toMatch(/^400 BIN-AUTH-REQUEST/)
  })
})

describe('acting as somebody', () => {
  it('AUTH-76: is shown by that name, and known by both', async () => {
    const login = await rigOf('header').login(sentBy(actingAs('eve', 'shop,bank')))
    expect([login.user, login.actor]).toEqual(['eve', 'anna'])
    expect(login.on('east')).toEqual({
      cluster: 'east',
      kind: 'bearer',
      token: 'anna-token',
      impersonate: { user: 'eve', groups: ['shop,bank'] },
    })
  })

  it('AUTH-73: needs a user', async () => {
    const login = await rigOf('header').login(sentBy([...anna, 'Impersonate-Group', 'admins']))
    expect(login.actor).toBeUndefined()
    expect(login.on('east')).toEqual({ cluster: 'east', kind: 'bearer', token: 'anna-token' })
  })

  it.each([
    ['a user of the system', actingAs('system:admin')],
    ['an account of a workload', actingAs('system:serviceaccount:kube-system:x')],
    ['masters', actingAs('eve', 'system:masters')],
    ['nodes beside an honest group', actingAs('eve', 'shop', 'system:nodes')],
    ['nobody', actingAs('')],
    ['what only looks like it, in UTF-8', actingAs(Buffer.from('ｓystem:admin').toString('latin1'))],
  ])('AUTH-79: is refused for %s', async (_what, rawHeaders) => {
    expect(await refusalOf(rigOf('header').login({ rawHeaders }))).toMatch(/^403 BIN-AUTH-FORBIDDEN/)
  })

  it('AUTH-32: 403, and the session stays, when the cluster does not let the token act so', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(actingAs('eve')))
    rig.says.state = 'forbidden'
    expect(await refusalOf(rig.login(sentBy(actingAs('eve'))))).toMatch(/^403 BIN-AUTH-FORBIDDEN/)
    expect(rig.jar.size).toBe(1)
  })

  it('is another identity with other groups', async () => {
    const rig = rigOf('header')
    const keyOf = async (...groups: string[]) => (await rig.login(sentBy(actingAs('eve', ...groups)))).key
    expect(await keyOf('a')).toBe(await keyOf('a'))
    expect(await keyOf('a')).not.toBe(await keyOf('b'))
    expect(await keyOf('a', 'b')).not.toBe(await keyOf('a,b'))
  })
})

describe('the session behind the proxy', () => {
  it('is begun by any method, with an empty form', async () => {
    for (const method of ['GET', 'POST']) {
      const rig = rigOf('header')
      expect((await rig.authenticate({}, { rawHeaders: anna, method })).body).toEqual({
        expiresOn: '2026-03-08T12:00:00.000Z',
        username: 'anna',
      })
      expect([...rig.jar.keys()]).toEqual(['kiali-token-east'])
    }
  })

  it('is begun by who sees no namespace as well', async () => {
    expect((await rigOf('header').authenticate({}, sentBy(['Authorization', 'Bearer dora-token']))).status).toBe(200)
  })

  it('AUTH-77: is another one when the proxy knows another person', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(actingAs('eve')))
    const eves = await sessionIdOf(rig, actingAs('eve'))
    expect(await sessionIdOf(rig, actingAs('eve'))).toBe(eves)
    const franks = await sessionIdOf(rig, actingAs('frank'))
    expect(franks).not.toBe(eves)
    expect(await sessionIdOf(rig, actingAs('frank'))).toBe(franks)
  })

  it('AUTH-77: is another one when the same person has other groups', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(actingAs('eve', 'shop')))
    const before = await sessionIdOf(rig, actingAs('eve', 'shop'))
    expect(await sessionIdOf(rig, actingAs('eve', 'shop', 'bank'))).not.toBe(before)
  })

  it('is the same when the proxy renews the token', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(anna))
    const before = await sessionIdOf(rig, anna)
    rig.people.east = { 'anna-token-2': { user: 'anna', groups: ['admins'] } }
    expect(await sessionIdOf(rig, ['Authorization', 'Bearer anna-token-2'])).toBe(before)
  })

  it('holds no token', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(anna))
    const read = rig.sessions.read(rig.request(), 'east')
    expect(JSON.stringify(read)).not.toContain('anna-token')
  })

  it('is what the page is told of', async () => {
    const rig = rigOf('header')
    await rig.authenticate({}, sentBy(actingAs('eve')))
    expect(await rig.strategy.info(rig.request(sentBy(actingAs('eve'))))).toEqual({
      strategy: 'header',
      sessionInfo: {
        username: 'eve',
        expiresOn: 'Sun, 08 Mar 2026 12:00:00 +0000',
        clusterInfo: { east: { name: 'east', expiresOn: 'Sun, 08 Mar 2026 12:00:00 +0000' } },
      },
    })
    expect(await rig.strategy.info(rig.request())).toEqual({ strategy: 'header', sessionInfo: {} })
  })

  it('AUTH-78: is good for the home cluster alone', async () => {
    const login = await rigOf('header').login(sentBy(anna))
    expect(login.on('west')).toBeUndefined()
  })

  it('AUTH-78: is good for all clusters where that is configured, acting as the same', async () => {
    const rig = rigOf('header', 'header: {trusted_proxies: [127.0.0.1], clusters: all}')
    const login = await rig.login(sentBy(actingAs('eve', 'shop')))
    expect(login.on('west')).toEqual({
      cluster: 'west',
      kind: 'bearer',
      token: 'anna-token',
      impersonate: { user: 'eve', groups: ['shop'] },
    })
  })
})
