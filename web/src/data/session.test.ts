import type { AuthInfo } from '@binocle/api/auth'
import { describe, expect, it } from 'vitest'
import { createSession, type SessionState } from './session.ts'

const startMs = Date.parse('2026-03-07T12:00:00Z')
const nobody: AuthInfo = { strategy: 'token', sessionInfo: {} }
const alice: AuthInfo = {
  strategy: 'token',
  sessionInfo: { username: 'alice', expiresOn: 'Sat, 07 Mar 2026 12:10:00 +0000' },
}

/** A server that says what the test says, and a clock that the test turns. */
function stage(first: AuthInfo) {
  const timers: { at: number; callback: () => void }[] = []
  const told = { asked: 0, logouts: 0, changes: [] as boolean[] }
  const server = { info: first, answers: true, aheadMs: 0, still: [] as string[] }
  let now = startMs
  const session = createSession({
    ask: async () => {
      told.asked++
      if (!server.answers) throw new Error('down')
      return { info: server.info, serverNowMs: now - server.aheadMs }
    },
    logOut: async () => {
      told.logouts++
      return { still: server.still }
    },
    problemOf: () => ({ code: 'BIN-PAGE-OFFLINE', message: 'down' }),
    onChange: (isIn) => told.changes.push(isIn),
    clock: {
      now: () => now,
      setTimeout: (callback, delayMs) => {
        const timer = { at: now + delayMs, callback }
        timers.push(timer)
        return timer
      },
      clearTimeout: (timer) => {
        for (const [index, one] of timers.entries()) if (one === timer) timers.splice(index, 1)
      },
    },
  })
  const pass = (ms: number) => {
    const until = now + ms
    for (;;) {
      const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      timers.splice(timers.indexOf(due), 1)
      now = due.at
      due.callback()
    }
    now = until
  }
  return { session, server, told, pass }
}

const said = (state: SessionState): string =>
  state.state === 'in' ? `in as ${state.user}` : state.state === 'out' ? `out: ${state.why.is}` : state.state

describe('the session of a tab', () => {
  it('is asked for at the start', async () => {
    const { session, told } = stage(alice)
    expect(said(session.state())).toBe('asking')
    await session.check()
    expect([said(session.state()), told.changes]).toEqual(['in as alice', [true]])
  })

  it('is everybody’s where nobody logs in, and never ends', async () => {
    const { session, pass } = stage({ strategy: 'anonymous', sessionInfo: {} })
    await session.check()
    pass(100 * 86_400_000)
    expect(said(session.state())).toBe('in as anonymous')
  })

  it('is nobody’s without a login', async () => {
    const { session, told } = stage(nobody)
    await session.check()
    expect([said(session.state()), told.changes]).toEqual(['out: new', []])
  })

  it('is over when the server says so after a 401, which is asked once for many', async () => {
    const { session, server, told } = stage(alice)
    await session.check()
    server.info = nobody
    await Promise.all([session.check(), session.check(), session.check()])
    expect([said(session.state()), told.asked, told.changes]).toEqual(['out: ended', 2, [true, false]])
  })

  it('goes on after a 401 while the server knows the login', async () => {
    const { session, told } = stage(alice)
    await session.check()
    await session.check()
    expect([said(session.state()), told.changes]).toEqual(['in as alice', [true]])
  })

  it('goes on while the server does not answer', async () => {
    const { session, server } = stage(alice)
    await session.check()
    server.answers = false
    await session.check()
    expect(said(session.state())).toBe('in as alice')
  })

  it('is over at its end, to the second, and tells the server', async () => {
    const { session, pass, told } = stage(alice)
    await session.check()
    pass(600_000 - 1)
    expect(said(session.state())).toBe('in as alice')
    pass(1)
    expect([said(session.state()), told.logouts, told.changes]).toEqual(['out: ended', 1, [true, false]])
  })

  it('ends by the server’s clock, however far ahead ours is', async () => {
    const { session, server, pass } = stage(alice)
    server.aheadMs = 3_600_000
    server.info = { ...alice, sessionInfo: { ...alice.sessionInfo, expiresOn: 'Sat, 07 Mar 2026 11:10:00 +0000' } }
    await session.check()
    pass(600_000 - 1)
    expect(said(session.state())).toBe('in as alice')
    pass(1)
    expect(said(session.state())).toBe('out: ended')
  })

  it('is the proxy’s to end: at the end of the cookie it is asked for again', async () => {
    const { session, pass, told } = stage({ ...alice, strategy: 'header' })
    await session.check()
    pass(600_000)
    await session.check()
    expect([said(session.state()), told.logouts, told.asked]).toEqual(['in as alice', 0, 2])
  })

  it('is left with a word on what may still be good', async () => {
    const { session, server } = stage(alice)
    await session.check()
    server.still = ['west']
    await session.leave()
    expect(session.state()).toMatchObject({ state: 'out', why: { is: 'left', still: ['west'] } })
  })

  it('is another person’s when the server says so, which forgets what was seen before', async () => {
    const { session, server, told } = stage(alice)
    await session.check()
    server.info = { ...alice, sessionInfo: { ...alice.sessionInfo, username: 'eve' } }
    await session.check()
    expect([said(session.state()), told.changes]).toEqual(['in as eve', [true, true]])
  })

  it('says that the server does not answer at the start, and recovers', async () => {
    const { session, server } = stage(alice)
    server.answers = false
    await session.check()
    expect(said(session.state())).toBe('failed')
    server.answers = true
    await session.check()
    expect(said(session.state())).toBe('in as alice')
  })

  it('keeps saying why it is over when it is asked for again', async () => {
    const { session, server } = stage(alice)
    await session.check()
    server.info = nobody
    await session.check()
    await session.check()
    expect(said(session.state())).toBe('out: ended')
  })
})
