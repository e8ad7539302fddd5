/** For tests: time that moves when told, and an API server that answers by script. */
import type { KubeApi } from './api.ts'
import { KubeFailure } from './failure.ts'
import type { Surroundings } from './surroundings.ts'

export interface FakeTime extends Surroundings {
  /** Moves the clock, calling what is due in order; promises settle in between. */
  advance(ms: number): Promise<void>
  /** Delays of the timers that are set now, in ms from now, shortest first. */
  pending(): number[]
  readonly logged: string[]
}

/** `random` is always 0.5: delays are what they are named. */
export function fakeTime(): FakeTime {
  let now = 1_000_000
  const timers = new Set<{ at: number; callback: () => void }>()
  const logged: string[] = []
  return {
    logged,
    clock: () => now,
    random: () => 0.5,
    log: (_level, message) => logged.push(message),
    timers: {
      after: (delayMs, callback) => {
        const timer = { at: now + delayMs, callback }
        timers.add(timer)
        return () => timers.delete(timer)
      },
    },
    pending: () => [...timers].map(({ at }) => at - now).sort((a, b) => a - b),
    advance: async (ms) => {
      const until = now + ms
      await settled()
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.callback()
        await settled()
      }
      now = until
    },
  }
}

/** Lets everything run that waits for nothing but promises and turns of the event loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** One answer to a stream request: what to send, and how it ends. */
export type Script =
  | { readonly fails: KubeFailure }
  | { readonly sends: readonly string[]; readonly end: 'closed' | 'cut' | 'open' }

export interface ScriptedApi extends KubeApi {
  /** Paths with their queries, in the order of asking. */
  readonly asked: string[]
  /** Cuts the stream that is there to be cut. */
  cut(): Promise<void>
  /** Sends more on the stream that stays open. */
  send(text: string): Promise<void>
  /** Answers that a credential was read anew so often. */
  readonly reloads: () => number
}

/** Answers stream requests in order; after the last one requests stay without an answer. */
export function scriptedApi(scripts: readonly Script[], reloadable = false): ScriptedApi {
  const asked: string[] = []
  let reloads = 0
  let push: (text: string) => void = () => {}
  let cut: () => void = () => {}

  async function* answer(
    script: Extract<Script, { sends: readonly string[] }>,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    for (const text of script.sends) yield Buffer.from(text)
    if (script.end === 'cut') {
      await new Promise<void>((_, reject) => {
        cut = () => reject(new KubeFailure('unreachable', 'west', 'the connection was reset'))
        signal.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')))
      })
    }
    while (script.end === 'open') {
      yield Buffer.from(
        await new Promise<string>((resolve, reject) => {
          push = resolve
          signal.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')))
        }),
      )
    }
  }

  const notScripted = (): never => {
    throw new Error('not scripted')
  }
  return {
    cluster: 'west',
    asked,
    // Whether the server is there: it is.
    get: () => Promise.resolve({ gitVersion: 'v1.34.4' }),
    request: notScripted,
    stream: async (path, { signal }) => {
      asked.push(path)
      const script = scripts[asked.length - 1]
      if (script === undefined) return answer({ sends: [], end: 'open' }, signal)
      if ('fails' in script) throw script.fails
      return answer(script, signal)
    },
    cut: async () => {
      cut()
      await settled()
    },
    send: async (text) => {
      push(text)
      await settled()
    },
    reloads: () => reloads,
    reloadCredential: () => {
      reloads++
      return reloadable
    },
    close: () => Promise.resolve(),
  }
}
