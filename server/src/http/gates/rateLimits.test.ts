import { describe, expect, it } from 'vitest'
import { anonymousViewer } from '../../access/anonymous.ts'
import { anonymousLogin, type Login } from '../../access/login.ts'
import type { Viewer } from '../../access/scope.ts'
import { BinocleError } from '../../errors.ts'
import { createExternal } from '../external.ts'
import type { Incoming } from '../incoming.ts'
import { empty, type Reply, type Route } from '../route.ts'
import { incomingWith, requestOf } from '../testing.ts'
import { addressKey, createRateLimits } from './rateLimits.ts'

const rates = {
  rps: 10,
  burst: 20,
  graphRps: 1,
  writesPerMinute: 6,
  loginsPerMinute: 4,
  allLoginsPerMinute: 6,
  peoplePerAddress: 2,
}
const server = { address: '', port: 0, webRoot: '', metricsPort: undefined, trustedProxies: ['127.0.0.1'] }

function limitsAt(clock: { nowMs: number }) {
  return createRateLimits(rates, createExternal(server), () => clock.nowMs)
}

/** How many of `times` calls pass before the first that is refused, and what that says. */
function passing(times: number, call: () => void): [number, number | undefined] {
  for (let count = 0; count < times; count += 1)
    try {
      call()
    } catch (error) {
      return [count, error instanceof BinocleError && error.status === 429 ? error.retryAfterS : undefined]
    }
  return [times, undefined]
}

const ann: Login = { ...anonymousLogin, strategy: 'token', user: 'ann', key: 'k', sessionId: 's1' }
const viewerOf = (login: Login): Viewer => ({ ...anonymousViewer, login })
const from = (address: string, more: Partial<Incoming> = {}) => incomingWith({ address, ...more })

describe('an address', () => {
  it.each<[string, Partial<Incoming>, string, number, number]>([
    ['any request', {}, '/api/namespaces', 40, 1],
    ['a graph', {}, '/api/namespaces/graph', 8, 1],
    ['a proxy’s configuration', {}, '/api/namespaces/:namespace/pods/:pod/config_dump', 8, 1],
    ['a change', { method: 'PATCH' }, '/api/namespaces/:namespace', 12, 5],
    ['what a login needs', {}, '/api/auth/openid_redirect', 40, 2],
    ['who is logged in', {}, '/api/auth/info', 40, 1],
  ])(
    'AUTH-175: may ask for %s so often as people may share it, then has to wait',
    (_what, more, path, count, waitS) => {
      const limits = limitsAt({ nowMs: 0 })
      expect(passing(200, () => limits.gate(from('192.0.2.1', more), { path }))).toEqual([count, waitS])
      expect(passing(1, () => limits.gate(from('192.0.2.2', more), { path }))).toEqual([1, undefined])
    },
  )

  it('may ask again after a while', () => {
    const clock = { nowMs: 0 }
    const limits = limitsAt(clock)
    const ask = () => limits.gate(from('192.0.2.1'), { path: '/api/namespaces' })
    passing(100, ask)
    clock.nowMs = 500
    expect(passing(100, ask)).toEqual([10, 1])
  })

  it('is that of the client where a trusted proxy names it, and else that of the peer', () => {
    const limits = limitsAt({ nowMs: 0 })
    const ask = (client: string) => () =>
      limits.gate(from('127.0.0.1', { headers: { 'x-forwarded-for': client } }), { path: '/api/namespaces' })
    expect(passing(200, ask('192.0.2.1'))[0]).toBe(40)
    expect(passing(200, ask('192.0.2.2'))[0]).toBe(40)
    const lying = (client: string) => () =>
      limits.gate(from('192.0.2.3', { headers: { 'x-forwarded-for': client } }), { path: '/api/namespaces' })
    expect(passing(200, lying('192.0.2.4'))[0]).toBe(40)
    expect(passing(200, lying('192.0.2.5'))[0]).toBe(0)
  })

  it('is not limited when it is this machine, nor for a probe', () => {
    const limits = limitsAt({ nowMs: 0 })
    expect(passing(1000, () => limits.gate(from('127.0.0.1'), { path: '/api/namespaces' }))[0]).toBe(1000)
    expect(passing(1000, () => limits.gate(from('192.0.2.1'), { path: '/healthz' }))[0]).toBe(1000)
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('of IPv6 counts by its network: %s', (address, key) => {
    expect(addressKey(address)).toBe(key)
  })
})

describe('a person', () => {
  it('AUTH-175: may ask so often, wherever from', () => {
    const limits = limitsAt({ nowMs: 0 })
    let last = 0
    const ask = (login: Login) => () => {
      last += 1
      limits.check(from(`192.0.2.${last % 250}`), { path: '/api/namespaces/graph' }, viewerOf(login))
    }
    expect(passing(100, ask(ann))).toEqual([4, 1])
    expect(passing(100, ask({ ...ann, sessionId: 's2' }))).toEqual([4, 1])
  })

  it('is known by the credential where there are no sessions, and nobody is where nobody logs in', () => {
    const limits = limitsAt({ nowMs: 0 })
    const ask = (login: Login) => () => limits.check(from('192.0.2.1'), { path: '/api/x' }, viewerOf(login))
    expect(passing(100, ask({ ...ann, sessionId: '' }))[0]).toBe(20)
    expect(passing(100, ask({ ...ann, sessionId: '', key: 'other' }))[0]).toBe(20)
    expect(passing(1000, ask(anonymousLogin))[0]).toBe(1000)
  })
})

describe('a login', () => {
  const guarded = (clock: { nowMs: number }, outcome: (body: string) => Reply) => {
    const route: Route = { method: 'POST', path: '/api/authenticate', handle: ({ incoming }) => outcome(incoming.body) }
    const [guardedRoute = route] = limitsAt(clock).guard([route])
    return async (address: string, body: string): Promise<number | string> => {
      try {
        const reply = await guardedRoute.handle(requestOf(anonymousViewer, { address, body, method: 'POST' }))
        return 'status' in reply ? reply.status : 0
      } catch (error) {
        if (!(error instanceof BinocleError)) throw error
        return error.status === 429 ? `wait ${error.retryAfterS}` : error.status
      }
    }
  }
  const refuse = (): Reply => {
    throw new BinocleError('BIN-AUTH-TOKEN', 'no')
  }

  it('AUTH-T42: that fails may be tried a few times from one address, and a few more from all', async () => {
    const login = guarded({ nowMs: 0 }, refuse)
    const answers: (number | string)[] = []
    for (let guess = 0; guess < 5; guess += 1) answers.push(await login('192.0.2.1', `token=${guess}`))
    expect(answers).toEqual([401, 401, 401, 401, 'wait 15'])
    const others: (number | string)[] = []
    for (let guess = 0; guess < 3; guess += 1) others.push(await login(`198.51.100.${guess}`, `token=x${guess}`))
    expect(others).toEqual([401, 401, 'wait 10'])
  })

  it('AUTH-175: that succeeds does not count', async () => {
    const login = guarded({ nowMs: 0 }, () => empty(200))
    for (let count = 0; count < 50; count += 1) expect(await login('192.0.2.1', 'token=good')).toBe(200)
  })

  it('AUTH-T42: with one credential has to wait longer and longer, from wherever it comes', async () => {
    const clock = { nowMs: 0 }
    const login = guarded(clock, refuse)
    const tries: (number | string)[] = []
    for (const [address, nowMs] of [
      ['a', 0],
      ['b', 0],
      ['c', 0],
      ['d', 0],
      ['d', 2000],
      ['e', 2000],
      ['e', 6000],
    ] as const) {
      clock.nowMs = nowMs * 1
      tries.push(await login(address, 'token=stolen'))
    }
    expect(tries).toEqual([401, 401, 401, 'wait 2', 401, 'wait 4', 401])
  })

  it('that nobody can decide is no wrong guess', async () => {
    const login = guarded({ nowMs: 0 }, () => {
      throw new BinocleError('BIN-AUTH-UNAVAILABLE', 'later')
    })
    for (let count = 0; count < 20; count += 1) expect(await login('192.0.2.1', 'token=x')).toBe(503)
  })
})
