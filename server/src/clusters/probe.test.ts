import { describe, expect, it } from 'vitest'
import type { KubeApi } from '../kube/api.ts'
import { KubeFailure } from '../kube/failure.ts'
import { fakeTime, settled } from '../kube/testing.ts'
import { probe } from './probe.ts'

type Attempt = 'hangs' | 'refused' | { readonly gitVersion: string }

/** An API server that answers each attempt as it is told; what hangs ends when its time is over. */
function scene(answers: readonly Attempt[], attempts: number) {
  const time = fakeTime()
  const timeouts: number[] = []
  const left = [...answers]
  const api: KubeApi = {
    cluster: 'west',
    get: (_path, { timeoutMs = 0 } = {}) => {
      timeouts.push(timeoutMs)
      const next = left.shift() ?? 'hangs'
      if (next === 'refused') return Promise.reject(new KubeFailure('unreachable', 'west', 'it refuses connections'))
      if (next !== 'hangs') return Promise.resolve(next)
      return new Promise((_resolve, reject) => {
        time.timers.after(timeoutMs, () => reject(new KubeFailure('unreachable', 'west', 'out of time')))
      })
    },
    request: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
    reloadCredential: () => false,
    close: () => Promise.resolve(),
  }
  let result: Awaited<ReturnType<typeof probe>>
  void probe(api, new AbortController().signal, time, () => 0, attempts).then((now) => {
    result = now
  })
  return { time, timeouts, result: () => result }
}

describe('a probe', () => {
  it('of a server that is well is one question', async () => {
    const { time, timeouts, result } = scene([{ gitVersion: 'v1.34.4' }], 3)
    await settled()
    expect(result()).toMatchObject({ ok: true, version: 'v1.34.4' })
    await time.advance(5_000)
    expect(timeouts).toEqual([3_000])
  })

  it('of a server that thaws is answered within a second, though what it was asked before hangs', async () => {
    const { time, result } = scene(['hangs', { gitVersion: 'v1.34.4' }], 3)
    await time.advance(900)
    expect(result()).toBeUndefined()
    await time.advance(100)
    // How long it took is how long that answer took: the server is not slow.
    expect(result()).toMatchObject({ ok: true, tookMs: 0 })
  })

  it('that is refused is not repeated', async () => {
    const { time, timeouts, result } = scene(['refused', { gitVersion: 'v1.34.4' }], 3)
    await settled()
    expect(result()).toMatchObject({ ok: false, reason: 'unreachable' })
    await time.advance(5_000)
    expect(timeouts).toEqual([3_000])
  })

  it('is over after three seconds, whatever hangs', async () => {
    const { time, timeouts, result } = scene(['hangs', 'hangs', 'hangs'], 3)
    await time.advance(2_999)
    expect(result()).toBeUndefined()
    await time.advance(1)
    expect(result()).toMatchObject({ ok: false })
    expect(timeouts).toEqual([3_000, 2_000, 1_000])
  })
})
