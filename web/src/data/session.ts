/**
 * Who is logged in, as this tab knows it: asked of the server at the start, again when an answer says 401 or the event
 * stream breaks, and over when its end is reached. Clock and requests come in, so that a test decides what time it is.
 */
import type { AuthInfo } from '@binocle/api/auth'
import type { Problem } from '@binocle/api/problem'

export type SessionState =
  | { readonly state: 'asking' }
  /** The server does not say who is logged in. */
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'out'; readonly info: AuthInfo; readonly why: WhyOut }
  | {
      readonly state: 'in'
      readonly info: AuthInfo
      readonly user: string
      /** By this browser's clock, Unix ms; undefined: it does not end by itself. */
      readonly endsAtMs?: number
    }

/**
 * `ended`: somebody was logged in here, and is not any more. `left`: they logged out; `still`: clusters whose tokens may
 * still be good.
 */
export type WhyOut =
  | { readonly is: 'ended' }
  | { readonly is: 'left'; readonly still: readonly string[] }
  | { readonly is: 'new' }

export interface Session {
  state(): SessionState
  /** For `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void
  /** Asks the server; whoever comes meanwhile waits for the same answer. Never rejects. */
  check(): Promise<void>
  /** Logs out. Resolves with where to log out as well, if anywhere. */
  leave(): Promise<string | undefined>
}

export interface SessionSurroundings {
  /** `serverNowMs`: by the server's clock, when it answered. Rejects when there is no answer. */
  ask(): Promise<{ readonly info: AuthInfo; readonly serverNowMs?: number }>
  logOut(): Promise<{ readonly elsewhere?: string; readonly still: readonly string[] }>
  problemOf(error: unknown): Problem
  /** Whatever is known of the mesh was this person's: it goes. */
  onChange(isIn: boolean): void
  readonly clock: {
    now(): number
    setTimeout(callback: () => void, delayMs: number): unknown
    clearTimeout(timer: unknown): void
  }
}

/** Before the end people are warned. */
export const warnMs = 60_000
/** Timers cannot wait longer. */
const longestMs = 2 ** 31 - 1
/** A proxy's login that has just ended is looked at again after this time. */
const againMs = 30_000

export function createSession({ ask, clock, logOut, onChange, problemOf }: SessionSurroundings): Session {
  const listeners = new Set<() => void>()
  let state: SessionState = { state: 'asking' }
  let asking: Promise<void> | undefined
  let end: unknown

  function become(next: SessionState): void {
    const before = personOf(state)
    state = next
    clock.clearTimeout(end)
    if (next.state === 'in' && next.endsAtMs !== undefined) awaitEnd(next.endsAtMs)
    if (before !== personOf(next)) onChange(next.state === 'in')
    for (const listener of listeners) listener()
  }

  function awaitEnd(endsAtMs: number): void {
    end = clock.setTimeout(
      () => (clock.now() < endsAtMs ? awaitEnd(endsAtMs) : ended()),
      Math.min(Math.max(endsAtMs - clock.now(), 0), longestMs),
    )
  }

  function ended(): void {
    if (state.state !== 'in') return
    const { info } = state
    // The proxy's word counts, whatever the cookie said: it may have begun a new one.
    if (info.strategy === 'header') return void check()
    become(out(info, { is: 'ended' }))
    // What the server still holds of it goes too; if it does not answer the cookies end by themselves.
    void logOut().catch(() => undefined)
  }

  async function askOnce(): Promise<void> {
    try {
      const { info, serverNowMs } = await ask()
      const after = stateOf(info, clock.now() - (serverNowMs ?? clock.now()))
      if (after.state === 'in') return become(keptAlive(after))
      if (state.state === 'out') return become({ ...state, info })
      become(out(info, { is: state.state === 'in' ? 'ended' : 'new' }))
    } catch (error) {
      // Who is logged in stays so: the pages say that the console does not answer.
      if (state.state === 'asking' || state.state === 'failed') become({ state: 'failed', problem: problemOf(error) })
    }
  }

  const keptAlive = (next: SessionState & { state: 'in' }): SessionState =>
    next.info.strategy === 'header' && (next.endsAtMs ?? 0) <= clock.now()
      ? { ...next, endsAtMs: clock.now() + againMs }
      : next

  function check(): Promise<void> {
    asking ??= askOnce().finally(() => {
      asking = undefined
    })
    return asking
  }

  async function leave(): Promise<string | undefined> {
    if (state.state !== 'in') return undefined
    const { info } = state
    const { elsewhere, still } = await logOut()
    become(out(info, { is: 'left', still }))
    return elsewhere
  }

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    check,
    leave,
  }
}

/** `aheadMs`: so far this browser's clock is ahead of the server's. */
function stateOf(info: AuthInfo, aheadMs: number): SessionState {
  const { strategy, sessionInfo } = info
  if (strategy === 'anonymous') return { state: 'in', info, user: 'anonymous' }
  const { expiresOn, username } = sessionInfo
  if (username === undefined) return out(info, { is: 'new' })
  const endsAtMs = timeOf(expiresOn)
  return { state: 'in', info, user: username, ...(endsAtMs === undefined ? {} : { endsAtMs: endsAtMs + aheadMs }) }
}

/** RFC 1123 or RFC 3339; undefined for anything else. */
export function timeOf(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** Nobody is logged in: the answer's `sessionInfo` says nothing any more. */
const out = (info: AuthInfo, why: WhyOut): SessionState => ({
  state: 'out',
  info: { ...info, sessionInfo: {} },
  why,
})

const personOf = (state: SessionState): string | undefined => (state.state === 'in' ? state.user : undefined)
