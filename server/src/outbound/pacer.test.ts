import { describe, expect, it } from 'vitest'
import { createPacer } from './pacer.ts'

/** Each piece of work takes 2 ms; `turns` are the moments at which the event loop serves others. */
function scene() {
  let now = 0
  const done: string[] = []
  const pacer = createPacer({
    budgetMs: 5,
    quietMs: 10,
    patienceMs: 20,
    now: () => now,
    later: (callback, delayMs) => {
      queueMicrotask(() => {
        now += delayMs
        done.push(`${delayMs} ms`)
        callback()
      })
    },
    turn: (callback) => {
      queueMicrotask(() => {
        done.push('turn')
        callback()
      })
    },
  })
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

  it('spares what follows until nothing waits any more', async () => {
    const { pacer, done, work } = scene()
    const read = ['a', 'b', 'c', 'd', 'e'].map((name) => pacer.run(work(name)))
    await new Promise<void>((resolve) => pacer.spare(resolve)).then(() => done.push('judged'))
    await Promise.all(read)
    expect(done.filter((each) => each !== 'turn')).toEqual(['a', 'b', 'c', 'd', 'e', '10 ms', 'judged'])
  })

  it('lets what is spared have a turn when it has waited long enough, though there is work', async () => {
    const { pacer, done, work } = scene()
    const read = Array.from({ length: 20 }, (_, at) => pacer.run(work(String(at))))
    pacer.spare(() => done.push('judged'))
    await Promise.all(read)
    // 20 ms, after a turn of which the first piece is 2 ms and others of 6 ms.
    expect(done.filter((each) => each !== 'turn').indexOf('judged')).toBe(13)
  })

  it('wakes up for what is spared alone', async () => {
    const { pacer, done } = scene()
    await new Promise<void>((resolve) => pacer.spare(resolve))
    expect(done).toEqual(['turn'])
  })
})
