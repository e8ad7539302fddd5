/**
 * The server's event stream as the page sees it: open, and open again after a growing pause when it broke. While it is
 * broken the page polls. Clock and socket come in, so that a test decides what time it is.
 */
import type { MeshEvent } from '@binocle/api/multicluster'
import { isMeshEvent } from './shapes.ts'

export type StreamState = 'closed' | 'connecting' | 'live' | 'polling'

/** The part of EventSource that is used. */
export interface Socket {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void
  close(): void
}

export interface Clock {
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

export interface EventStream {
  open(): void
  close(): void
  readonly state: StreamState
}

export interface StreamOptions {
  connect(): Socket
  clock: Clock
  onEvent(event: MeshEvent): void
  onState(state: StreamState): void
  /** The stream broke, or could not be opened: the server is away, or the login is over. It does not say which. */
  onBroken(): void
  /** Called again and again while there is no stream. */
  onPoll(): void
}

export const firstRetryMs = 1_000
export const longestRetryMs = 30_000
export const pollMs = 15_000

const eventTypes = ['hello', 'inventory', 'cluster', 'cluster-gone', 'traffic'] as const

/** A stream that is closed until `open`. */
export function eventStream({ connect, clock, onBroken, onEvent, onState, onPoll }: StreamOptions): EventStream {
  let state: StreamState = 'closed'
  let socket: Socket | undefined
  let retryMs = firstRetryMs
  let retry: unknown
  let poll: unknown

  const become = (next: StreamState) => {
    if (next === state) return
    state = next
    onState(next)
  }

  const attempt = () => {
    const own = connect()
    socket = own
    const alive = () => own === socket
    for (const type of eventTypes) {
      own.addEventListener(type, ({ data }) => {
        if (!alive()) return
        settle()
        const event = parsed(data)
        if (event) onEvent(event)
      })
    }
    own.addEventListener('open', () => alive() && settle())
    own.addEventListener('error', () => alive() && broken())
  }

  /** The stream speaks: stop polling, and forget earlier failures. */
  const settle = () => {
    clock.clearTimeout(poll)
    poll = undefined
    retryMs = firstRetryMs
    become('live')
  }

  const broken = () => {
    socket?.close()
    socket = undefined
    retry = clock.setTimeout(attempt, retryMs)
    retryMs = Math.min(retryMs * 2, longestRetryMs)
    if (poll === undefined) poll = clock.setTimeout(pollOnce, pollMs)
    become('polling')
    onBroken()
  }

  const pollOnce = () => {
    poll = clock.setTimeout(pollOnce, pollMs)
    onPoll()
  }

  return {
    get state() {
      return state
    },
    open() {
      if (state !== 'closed') return
      retryMs = firstRetryMs
      become('connecting')
      attempt()
    },
    close() {
      socket?.close()
      socket = undefined
      clock.clearTimeout(retry)
      clock.clearTimeout(poll)
      poll = undefined
      become('closed')
    },
  }
}

function parsed(data: unknown): MeshEvent | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const event: unknown = JSON.parse(data)
    return isMeshEvent(event) ? event : undefined
  } catch {
    return undefined
  }
}
