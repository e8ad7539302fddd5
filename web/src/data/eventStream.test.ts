import type { MeshEvent } from '@binocle/api/multicluster'
import { describe, expect, it } from 'vitest'
import { type EventStream, eventStream, firstRetryMs, pollMs } from './eventStream.ts'

type Listener = (event: { data?: unknown }) => void

/** A server that does what the test says, and a clock that the test turns. */
function stage() {
  const sockets: { say: (type: string, data?: string) => void; closed: boolean }[] = []
  const timers: { at: number; callback: () => void }[] = []
  const seen: { events: MeshEvent[]; states: string[]; polls: number; breaks: number } = {
    events: [],
    states: [],
    polls: 0,
    breaks: 0,
  }
  let now = 0
  const stream: EventStream = eventStream({
    connect() {
      const listeners = new Map<string, Listener>()
      const socket = {
        closed: false,
        say: (type: string, data?: string) => listeners.get(type)?.({ data }),
      }
      sockets.push(socket)
      return {
        addEventListener: (type, listener) => void listeners.set(type, listener),
        close() {
          socket.closed = true
        },
      }
    },
    clock: {
      setTimeout(callback, delayMs) {
        const timer = { at: now + delayMs, callback }
        timers.push(timer)
        return timer
      },
      clearTimeout(timer) {
        for (const [index, one] of timers.entries()) if (one === timer) timers.splice(index, 1)
      },
    },
    onEvent: (event) => void seen.events.push(event),
    onState: (state) => void seen.states.push(state),
    onBroken: () => void seen.breaks++,
    onPoll: () => void seen.polls++,
  })
  const pass = (ms: number) => {
    const end = now + ms
    for (;;) {
      const due = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      timers.splice(timers.indexOf(due), 1)
      now = due.at
      due.callback()
    }
    now = end
  }
  return { stream, sockets, seen, pass, timers }
}

describe('the event stream', () => {
  it('is live when the server speaks, and hands its events on', () => {
    const { stream, sockets, seen } = stage()
    stream.open()
    sockets[0]?.say('open')
    sockets[0]?.say('traffic', '{"type":"traffic","timestamp":7}')
    expect(seen).toEqual({
      events: [{ type: 'traffic', timestamp: 7 }],
      states: ['connecting', 'live'],
      polls: 0,
      breaks: 0,
    })
  })

  it('ignores what it cannot read', () => {
    const { stream, sockets, seen } = stage()
    stream.open()
    sockets[0]?.say('inventory', '{"type":"inventory","changed":')
    sockets[0]?.say('cluster', '{"type":"cluster"}')
    expect(seen.events).toEqual([])
  })

  it('polls while the stream is broken', () => {
    const { stream, sockets, seen, pass } = stage()
    stream.open()
    sockets[0]?.say('error')
    pass(pollMs * 2)
    expect([stream.state, seen.polls]).toEqual(['polling', 2])
  })

  it('opens again after a pause, and stops polling then', () => {
    const { stream, sockets, seen, pass } = stage()
    stream.open()
    sockets[0]?.say('error')
    pass(firstRetryMs)
    sockets[1]?.say('open')
    pass(pollMs * 2)
    expect([sockets.length, sockets[0]?.closed, stream.state, seen.polls]).toEqual([2, true, 'live', 0])
  })

  it('waits twice as long after each failure', () => {
    const { stream, sockets, pass } = stage()
    stream.open()
    sockets[0]?.say('error')
    pass(firstRetryMs)
    sockets[1]?.say('error')
    pass(firstRetryMs * 2 - 1)
    expect(sockets.length).toBe(2)
    pass(1)
    expect(sockets.length).toBe(3)
  })

  it('hears nothing of a socket that it gave up', () => {
    const { stream, sockets, seen } = stage()
    stream.open()
    sockets[0]?.say('error')
    sockets[0]?.say('traffic', '{"type":"traffic","timestamp":7}')
    expect([stream.state, seen.events]).toEqual(['polling', []])
  })

  it('tells each time that it breaks, and is quiet once it is closed for that', () => {
    const { stream, sockets, seen, pass } = stage()
    stream.open()
    sockets[0]?.say('error')
    pass(firstRetryMs)
    sockets[1]?.say('error')
    expect(seen.breaks).toBe(2)
    stream.close()
    pass(pollMs * 4)
    expect([sockets.length, seen.breaks, seen.polls]).toEqual([2, 2, 0])
  })

  it('opens again after it was closed, without the pauses from before', () => {
    const { stream, sockets, pass } = stage()
    stream.open()
    sockets[0]?.say('error')
    pass(firstRetryMs)
    sockets[1]?.say('error')
    stream.close()
    stream.open()
    sockets[2]?.say('error')
    pass(firstRetryMs)
    expect([sockets.length, stream.state]).toEqual([4, 'polling'])
  })

  it('leaves no timer behind when closed', () => {
    const { stream, sockets, timers } = stage()
    stream.open()
    sockets[0]?.say('error')
    stream.close()
    expect([timers.length, stream.state]).toEqual([0, 'closed'])
  })
})
