import { describe, expect, it } from 'vitest'
import { BinocleError } from '../errors.ts'
import { KubeFailure } from '../kube/failure.ts'
import { ok, runStep } from './step.ts'

/** Time that passes when told. */
function fakeTime() {
  let now = 0
  const pending = new Set<{ readonly at: number; readonly callback: () => void }>()
  return {
    surroundings: {
      clock: () => now,
      timers: {
        after: (delayMs: number, callback: () => void) => {
          const timer = { at: now + delayMs, callback }
          pending.add(timer)
          return () => pending.delete(timer)
        },
      },
    },
    pending,
    pass: (ms: number) => {
      now += ms
      for (const timer of [...pending]) if (timer.at <= now) timer.callback()
    },
  }
}

describe('a step', () => {
  it('says how long it took, and leaves no timer behind', async () => {
    const { pass, pending, surroundings } = fakeTime()
    const step = await runStep('dns', surroundings, 3_000, () => {
      pass(12)
      return ok('Found.')
    })
    expect(step).toEqual({ name: 'dns', title: 'DNS', state: 'ok', found: 'Found.', durationMs: 12 })
    expect(pending.size).toBe(0)
  })

  it('that hangs fails when its time is over, and its work is told to stop', async () => {
    const { pass, surroundings } = fakeTime()
    let told: AbortSignal | undefined
    const step = runStep('tls', surroundings, 3_000, (signal) => {
      told = signal
      return new Promise(() => {})
    })
    pass(3_000)
    expect(await step).toMatchObject({ state: 'failed', found: 'No answer within 3 s.', durationMs: 3_000 })
    expect(told?.aborted).toBe(true)
  })

  it('whose answer arrives in the turn in which its time is over is in time', async () => {
    const { pass, surroundings } = fakeTime()
    let answer: () => void = () => {}
    const step = runStep(
      'tcp',
      surroundings,
      3_000,
      () => new Promise((resolve) => (answer = () => resolve(ok('Late.')))),
    )
    pass(3_000)
    answer()
    expect((await step).state).toBe('ok')
  })

  it.each([
    ['a failure of the cluster', new KubeFailure('forbidden', 'west', 'not you'), 'failed', 'BIN-CLUSTER-FORBIDDEN'],
    ['an error of ours', new BinocleError('BIN-PROMETHEUS-EMPTY', 'nothing'), 'failed', 'BIN-PROMETHEUS-EMPTY'],
    ['anything else', new TypeError('odd'), 'unknown', undefined],
  ])('that throws %s carries it as its cause', async (_what, error, state, code) => {
    const step = await runStep('istiod', fakeTime().surroundings, 3_000, () => Promise.reject(error))
    expect(step.state).toBe(state)
    expect(step.code).toBe(code)
    expect(step.cause).toBe(error.message)
  })
})
