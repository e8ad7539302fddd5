import { describe, expect, it } from 'vitest'
import type { Login } from '../../access/login.ts'
import { noAudit } from '../../audit.ts'
import { credentialKeys } from '../../clusters/credentialKey.ts'
import { loadConfig } from '../../config/load.ts'
import { createExternal } from '../../http/external.ts'
import type { Incoming } from '../../http/incoming.ts'
import { incomingWith } from '../../http/testing.ts'
import { fakeTime } from '../../kube/testing.ts'
import type { StrategyParts } from '../parts.ts'
import type { SessionRead } from '../sessions.ts'
import { payloadOf } from './held.ts'
import { createIdentities } from './identities.ts'
import type { Identified } from './people.ts'

/** What is carried for a cluster, and what the cluster says of it. */
interface Carried {
  readonly token: string
  readonly says: Identified | 'nothing yet'
}

const known = (name: string, ...groups: string[]): Identified => ({ state: 'known', person: { name, groups } })

const unused = (): never => {
  throw new Error('not asked for here')
}

/** A request with these sessions, and whoever makes a login of it. */
function setting(carried: Readonly<Record<string, Carried>>, openshift = '{}') {
  const time = fakeTime()
  const cleared: string[] = []
  const { config } = loadConfig({
    file: {
      name: 'test',
      text: `{auth: {strategy: openshift, openshift: ${openshift}}, login_token: {signing_key: "kM3-vT9_xQ7zR2wY"}}`,
    },
  })
  const clusters = ['east', 'south', 'west'].map((name) => ({
    name,
    home: name === 'east',
    accessible: true,
    apiEndpoint: '',
    secretName: '',
    state: 'reachable' as const,
    since: 0,
  }))
  const read = (_incoming: Incoming, cluster: string): SessionRead => {
    const token = carried[cluster]?.token
    if (token === undefined) return { state: 'absent' }
    const payload = payloadOf(token, 'somebody', cluster === 'east' ? {} : { home: 'session of east' })
    return { state: 'open', session: { cluster, sessionId: `session of ${cluster}`, expiresAt: 5_000, payload } }
  }
  const parts: StrategyParts = {
    config,
    sessions: {
      read,
      clear: (_incoming, cluster = 'all') => void cleared.push(cluster),
      write: unused,
      end: unused,
      revoke: unused,
      openFlow: unused,
      hasFlow: unused,
      takeFlow: unused,
    },
    clusters: {
      list: () => clusters,
      get: unused,
      api: unused,
      apiAs: unused,
      onChange: unused,
      spec: unused,
    },
    access: { visible: unused, forget: unused },
    external: createExternal(config.server),
    audit: noAudit,
    keyOf: credentialKeys(Buffer.alloc(32)),
    credentials: { current: unused },
    cas: { pool: unused },
    surroundings: { clock: () => 1_000, random: Math.random, timers: time.timers, log: () => {} },
    clock: () => 1_000,
    log: () => {},
  }
  const people = {
    whoIs: (cluster: string, token: string): Promise<Identified> => {
      const says = Object.values(carried).find((each) => each.token === token)?.says ?? { state: 'rejected' }
      if (says === 'nothing yet') return new Promise(() => {})
      return Promise.resolve(carried[cluster]?.token === token ? says : { state: 'rejected' })
    },
    forget: unused,
  }
  const identities = createIdentities(parts, people)
  return { identify: (incoming = incomingWith()) => identities.identify(incoming), cleared, time }
}

async function loginWith(carried: Readonly<Record<string, Carried>>, openshift?: string): Promise<Login> {
  return (await setting(carried, openshift).identify()).login
}

const masked = '{impersonation: {enabled: true}}'

describe('the key of a login', () => {
  const alice = { token: 'a', says: known('alice', 'shop') }

  it('is the same for the same token', async () => {
    expect((await loginWith({ east: alice })).key).toBe((await loginWith({ east: alice })).key)
  })

  it('differs by token, and by the clusters that are logged in to', async () => {
    const keys = [
      await loginWith({ east: alice }),
      await loginWith({ east: { ...alice, token: 'b' } }),
      await loginWith({ east: alice, west: { token: 'w', says: known('alice') } }),
      await loginWith({ east: alice, south: { token: 'w', says: known('alice') } }),
    ].map(({ key }) => key)
    expect(new Set(keys).size).toBe(4)
  })

  it('AUTH-129: differs under impersonation by user and by groups, never by what else the token is', async () => {
    const of = async (token: string, name: string, ...groups: string[]) =>
      (await loginWith({ east: { token, says: known(name, ...groups) } }, masked)).key
    const keys = [await of('t', 'alice'), await of('t', 'alice', 'shop'), await of('t', 'bob'), await of('t', 'shop')]
    expect(new Set(keys).size).toBe(4)
    expect(await of('another', 'alice', 'shop')).toBe(keys[1])
    // A token that is spelt like a name is no impersonated person of that name.
    expect(keys).not.toContain((await loginWith({ east: { token: 'alice', says: known('alice') } })).key)
  })
})

describe('a login by a bearer token', () => {
  it('AUTH-123: has no id of a session, so that nothing is kept for it', async () => {
    const { identify } = setting({ east: { token: 'a', says: known('alice') } })
    const { login, held } = await identify(incomingWith({ rawHeaders: ['Authorization', 'Bearer a'] }))
    expect([login.user, login.sessionId, held]).toEqual(['alice', '', undefined])
    expect([login.on('east'), login.on('west')]).toEqual([{ cluster: 'east', kind: 'bearer', token: 'a' }, undefined])
  })

  it('impersonates as a session does', async () => {
    const { identify } = setting({ east: { token: 'a', says: known('alice') } }, masked)
    const { login } = await identify(incomingWith({ rawHeaders: ['Authorization', 'Bearer a'] }))
    expect(login.on('west')).toMatchObject({ cluster: 'west', kind: 'impersonated', impersonate: { user: 'alice' } })
  })

  it('may not name two tokens', async () => {
    const { identify } = setting({ east: { token: 'a', says: known('alice') } })
    const rawHeaders = ['Authorization', 'Bearer a', 'authorization', 'Bearer a']
    await expect(identify(incomingWith({ rawHeaders }))).rejects.toMatchObject({ code: 'BIN-AUTH-TOKEN' })
  })
})

describe('a session at home', () => {
  it.each([
    ['rejects it', { state: 'rejected' }, 'BIN-AUTH-LOGIN', ['all']],
    ['does not let it ask', { state: 'forbidden' }, 'BIN-AUTH-FORBIDDEN', []],
    ['does not answer', { state: 'unavailable' }, 'BIN-AUTH-UNAVAILABLE', []],
    ['knows somebody who may not be impersonated', known('system:admin'), 'BIN-AUTH-FORBIDDEN', []],
  ] as const)('is no login when the cluster %s', async (_what, says, code, gone) => {
    const { identify, cleared } = setting({ east: { token: 'a', says } }, masked)
    await expect(identify()).rejects.toMatchObject({ code })
    expect(cleared).toEqual(gone)
  })
})

describe('a session of another cluster', () => {
  const alice = { token: 'a', says: known('alice') }

  it('is not waited for long: who does not answer is asked as the person all the same, and decides', async () => {
    const { identify, time, cleared } = setting({ east: alice, west: { token: 'w', says: 'nothing yet' } })
    const login = identify()
    await time.advance(500)
    expect((await login).login.on('west')).toEqual({ cluster: 'west', kind: 'bearer', token: 'w' })
    expect(cleared).toEqual([])
  })

  it.each(['unavailable', 'forbidden'] as const)('stays when its cluster says %s', async (state) => {
    const { login } = await setting({ east: alice, west: { token: 'w', says: { state } } }).identify()
    expect(login.on('west')).toBeDefined()
  })

  it('is not looked at under impersonation', async () => {
    const login = await loginWith({ east: alice, west: { token: 'w', says: 'nothing yet' } }, masked)
    expect(login.on('west')).toMatchObject({ kind: 'impersonated' })
  })
})
