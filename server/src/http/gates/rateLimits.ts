/**
 * How often one person and one address may ask. A person is a session; an address may be many people's, so that its
 * limits are those of a person times `people_per_address`. This machine itself is not limited, except in failed logins:
 * a proxy on it that is named in `server.trusted_proxies` passes on whose request it is.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Rates } from '../../config/server.ts'
import { BinocleError } from '../../errors.ts'
import { type External, rangesOf, within } from '../external.ts'
import { type Asked, type Check, type Gate, type Incoming, isChange } from '../incoming.ts'
import type { Reply, Route } from '../route.ts'
import { type Buckets, createBuckets } from './tokenBuckets.ts'

export interface RateLimits {
  /** By address, before anything is asked on behalf of the request. */
  readonly gate: Gate
  /** By person. */
  readonly check: Check
  /** The same routes; that of the login counts what fails. */
  guard(routes: readonly Route[]): readonly Route[]
}

export function createRateLimits(
  rates: Rates,
  external: Pick<External, 'address' | 'isProxied'>,
  nowMs: () => number,
): RateLimits {
  const buckets = (perSecond: number, burst: number) => createBuckets({ perSecond, burst }, nowMs)
  const people = rates.peoplePerAddress
  const kinds = { generic: [rates.rps, rates.burst], ...fixed(rates) } as const
  const ofAddress = new Map<Kind, Buckets>()
  const ofPerson = new Map<Kind, Buckets>()
  for (const kind of ['generic', 'graph', 'info', 'login', 'write'] as const) {
    const [perSecond, burst] = kinds[kind]
    ofAddress.set(kind, buckets(perSecond * people, burst * people))
    ofPerson.set(kind, buckets(perSecond, burst))
  }
  const isHere = (incoming: Incoming): boolean => within(thisMachine, external.address(incoming))
  const take = (from: Map<Kind, Buckets>, key: string, incoming: Incoming, route: Asked | undefined): void => {
    const kind = kindOf(incoming, route)
    for (const each of kind === 'generic' ? [kind] : [kind, 'generic' as const]) wait(from.get(each)?.take(key) ?? 0)
  }
  return {
    gate: (incoming, route) => {
      if (route?.path !== '/healthz' && !isHere(incoming))
        take(ofAddress, addressKey(external.address(incoming)), incoming, route)
    },
    check: (incoming, route, { login }) => {
      if (login === undefined || login.strategy === 'anonymous' || isHere(incoming)) return
      take(ofPerson, login.sessionId === '' ? login.key : login.sessionId, incoming, route)
    },
    guard: (routes) => {
      const guarded = loginGuard(rates, external, nowMs)
      return routes.map((route) => (route.path === '/api/authenticate' ? guarded(route) : route))
    },
  }
}

type Kind = 'generic' | 'graph' | 'info' | 'login' | 'write'

/** Of one person: how many a second, and how many at once. */
const fixed = (rates: Rates) =>
  ({
    graph: [rates.graphRps, rates.graphRps * 4],
    info: [1, 60],
    login: [20 / 60, 20],
    write: [rates.writesPerMinute / 60, rates.writesPerMinute],
  }) as const

/** Calls into the login at a provider cost more than they look: each may ask the provider. So do proxies' configurations. */
function kindOf(incoming: Incoming, route: Asked | undefined): Kind {
  if (route === undefined) return /(^|&)(code|error)=/.test(incoming.search) ? 'login' : 'generic'
  const { path } = route
  if (path === '/api/auth/info') return 'info'
  if (path.startsWith('/api/auth/')) return 'login'
  if (path.endsWith('/graph') || path.includes('/config_dump')) return 'graph'
  return isChange(incoming) && path !== '/api/logout' && path !== '/api/authenticate' ? 'write' : 'generic'
}

function wait(seconds: number): void {
  if (seconds > 0)
    throw new BinocleError('BIN-REQUEST-RATE', 'Too many requests.', {
      remedy: 'Wait as long as Retry-After says; server.rate_limits states what is allowed.',
      retryAfterS: Math.ceil(seconds),
    })
}

const thisMachine = rangesOf(['127.0.0.0/8', '::1'])

/** Whoever has one IPv6 address has 2^64 of them. */
export const addressKey = (address: string): string =>
  address.includes(':') ? expanded(address).slice(0, 4).join(':') : address

function expanded(address: string): string[] {
  const [before = '', after] = address.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  return [...head, ...Array<string>(zeros).fill('0'), ...tail].map((part) => part.replace(/^0+(?=.)/, ''))
}

/** Failures at one time before the same credential has to wait; then 2, 4, 8 ... seconds, an hour at most. */
const freeFailures = 3
const longestWaitS = 3600

/** Logins that fail count by address, of all addresses, and by what was sent: guessing gets slower and slower. */
function loginGuard(rates: Rates, external: Pick<External, 'address'>, nowMs: () => number): (route: Route) => Route {
  const perMinute = (count: number) => createBuckets({ perSecond: count / 60, burst: count }, nowMs)
  const ofAddress = perMinute(rates.loginsPerMinute)
  const ofAll = perMinute(rates.allLoginsPerMinute)
  const failures = createFailures(nowMs)
  return (route) => ({
    ...route,
    handle: async (request): Promise<Reply> => {
      const { incoming } = request
      const address = addressKey(external.address(incoming))
      const credential = credentialOf(incoming)
      wait(failures.waitS(credential))
      wait(ofAddress.take(address))
      // Who is refused here has not used up what others need.
      const everybody = ofAll.take('')
      if (everybody > 0) ofAddress.giveBack(address)
      wait(everybody)
      const reply = await outcomeOf(() => route.handle(request))
      if (reply.failed && credential !== '') failures.add(credential)
      if (!reply.failed) {
        ofAddress.giveBack(address)
        ofAll.giveBack('')
        failures.forget(credential)
      }
      return reply.answer()
    },
  })
}

/** What was tried. A proxy sends one token for many people: whom it names counts too. '' = nothing was sent. */
const credentialOf = ({ body, headers }: Incoming): string =>
  body === '' && headers.authorization === undefined
    ? ''
    : JSON.stringify([headers.authorization, headers['impersonate-user'], body])

async function outcomeOf(handle: () => Promise<Reply> | Reply): Promise<{ failed: boolean; answer: () => Reply }> {
  try {
    const reply = await handle()
    return { failed: 'status' in reply && reply.status >= 400, answer: () => reply }
  } catch (error) {
    // Somebody else's silence is no wrong guess.
    const failed = error instanceof BinocleError && error.status < 500
    return {
      failed,
      answer: () => {
        throw error
      },
    }
  }
}

function createFailures(nowMs: () => number): {
  waitS(credential: string): number
  add(credential: string): void
  forget(credential: string): void
} {
  const key = randomBytes(32)
  const known = new Map<string, { count: number; untilMs: number }>()
  const hash = (credential: string): string => createHmac('sha256', key).update(credential).digest('base64')
  return {
    waitS: (credential) => {
      const failed = known.get(hash(credential))
      return failed === undefined ? 0 : Math.max(0, (failed.untilMs - nowMs()) / 1000)
    },
    add: (credential) => {
      const id = hash(credential)
      const count = (known.get(id)?.count ?? 0) + 1
      const waitS = count < freeFailures ? 0 : Math.min(longestWaitS, 2 ** (count - freeFailures + 1))
      known.delete(id)
      known.set(id, { count, untilMs: nowMs() + waitS * 1000 })
      const [oldest] = known.keys()
      if (known.size > 10_000 && oldest !== undefined) known.delete(oldest)
    },
    forget: (credential) => void known.delete(hash(credential)),
  }
}
