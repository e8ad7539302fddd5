import { describe, expect, it } from 'vitest'
import { createPacer } from './pacer.ts'

/** Each piece of work takes 2 ms; `turns` are the moments at which the event loop serves others. */
function scene(): { pacer: ReturnType<typeof createPacer>; done: string[]; work: (name: string) => () => void } {
  let now = 0
  const done: string[] = []
  const pacer = createPacer(
    5,
    () => now,
    (callback) => {
      queueMicrotask(() => {
        done.push('turn')
        callback()
      })
    },
  )
  const work = (name: string) => () => {
    now += 2
    done.push(name)
  }
  return { pacer, done, work }
}

describe('pacer', () => {
  it('lets the event loop turn when the budget is used up', async () => {
    const { pacer, done, work } = scene()
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => pacer.run(work(name))))
    // The first begins at once; what comes meanwhile waits for the next turn.
    expect(done.slice(0, 8)).toEqual(['a', 'turn', 'b', 'c', 'd', 'turn', 'e', 'f'])
  })

  it('gives an error back to who brought the work, and goes on', async () => {
    const { pacer, done, work } = scene()
    const failing = pacer.run(() => {
      throw new Error('bad line')
    })
    const next = pacer.run(work('next'))
    await expect(failing).rejects.toThrow('bad line')
    await next
    expect(done).toContain('next')
  })
})
