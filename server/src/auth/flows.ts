/**
 * Logins under way at a provider: what must come back with its answer, sealed in a cookie of its own per attempt, so
 * that two tabs do not disturb each other. Each can be taken once (reference: auth.md 6.4.7).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AuthConfig } from '../config/auth.ts'
import type { Incoming } from '../http/incoming.ts'
import { isRecord } from '../inventory/json.ts'
import { cookieLine, cookiesOf, deletionLine, flowName } from './cookies.ts'
import type { KeyRing } from './keyRing.ts'
import { noKey } from './noKey.ts'

export type FlowContents = Readonly<Record<string, unknown>>

export interface Flows {
  /**
   * Remembers `contents` in the browser for `ttlS` seconds. Returns the `state` to send to the provider: 256 random
   * bits, base64url. Of more than five attempts the oldest are forgotten.
   */
  openFlow(incoming: Incoming, ttlS: number, contents: FlowContents): string
  /** Whether the browser says that it began this attempt; nothing is taken. */
  hasFlow(incoming: Incoming, state: string): boolean
  /** What was remembered, once; its cookie goes in any case. undefined: unknown here, too old, or taken before. */
  takeFlow(incoming: Incoming, state: string): FlowContents | undefined
}

export interface FlowSurroundings {
  readonly auth: AuthConfig
  readonly keys: KeyRing
  readonly clock: () => number
  readonly prefix: string
  readonly webRoot: string
  readonly isSecure: (incoming: Incoming) => boolean
}

const mostFlows = 5

export function createFlows({ auth, keys, clock, prefix, webRoot, isSecure }: FlowSurroundings): Flows {
  /** Digest of state -> when it may be forgotten, Unix ms. */
  const taken = new Map<string, number>()
  const attributes = (incoming: Incoming) =>
    ({ secure: isSecure(incoming), sameSite: 'Lax', path: webRoot === '' ? '/' : webRoot }) as const
  /** Says nothing of the state itself. */
  const nameOf = (state: string): string => flowName(prefix, digestOf(state).slice(0, 16))

  function opened(name: string, sealed: string): Flow | undefined {
    const found = keys.open('flow', sealed, [name, auth.strategy])
    return found === undefined ? undefined : flowOf(found.plain)
  }

  function forgetOldest(incoming: Incoming): void {
    const flows = [...cookiesOf(incoming, prefix).all]
      .filter(([name]) => name.startsWith(flowName(prefix, '')))
      .map(([name, sealed]) => ({ name, since: opened(name, sealed)?.since ?? 0 }))
      .sort((a, b) => b.since - a.since)
    for (const { name } of flows.slice(mostFlows - 1)) incoming.setCookie(deletionLine(name, attributes(incoming)))
  }

  return {
    openFlow: (incoming, ttlS, contents) => {
      const since = clock()
      const state = randomBytes(32).toString('base64url')
      const name = nameOf(state)
      const expiresAt = since + ttlS * 1000
      const sealed = keys.seal('flow', JSON.stringify({ state, since, expiresAt, contents }), [name, auth.strategy])
      if (sealed === undefined) throw noKey()
      forgetOldest(incoming)
      incoming.setCookie(cookieLine(name, sealed, attributes(incoming), { nowMs: since, expiresAt }))
      return state
    },
    hasFlow: (incoming, state) => cookiesOf(incoming, prefix).all.has(nameOf(state)),
    takeFlow: (incoming, state) => {
      const name = nameOf(state)
      const { all, doubled } = cookiesOf(incoming, prefix)
      const sealed = all.get(name)
      if (sealed === undefined) return undefined
      incoming.setCookie(deletionLine(name, attributes(incoming)))
      const flow = doubled.has(name) ? undefined : opened(name, sealed)
      const now = clock()
      if (flow === undefined || !same(flow.state, state) || now >= flow.expiresAt) return undefined
      for (const [digest, until] of taken) if (until <= now) taken.delete(digest)
      const digest = digestOf(state)
      if (taken.has(digest)) return undefined
      taken.set(digest, flow.expiresAt)
      return flow.contents
    },
  }
}

interface Flow {
  readonly state: string
  /** Unix ms, as is `expiresAt`. */
  readonly since: number
  readonly expiresAt: number
  readonly contents: FlowContents
}

function flowOf(text: string): Flow | undefined {
  const flow: unknown = JSON.parse(text)
  if (!isRecord(flow)) return undefined
  const { state, since, expiresAt, contents } = flow
  if (typeof state !== 'string' || typeof since !== 'number' || typeof expiresAt !== 'number') return undefined
  return isRecord(contents) ? { state, since, expiresAt, contents } : undefined
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const same = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
