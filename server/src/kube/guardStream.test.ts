import { describe, expect, it } from 'vitest'
import { guardStream, type StreamLife } from './guardStream.ts'
import { fakeTime, settled } from './testing.ts'

/** A stream that has begun. */
function scene(life: StreamLife, isThere: () => Promise<boolean> = () => Promise.resolve(true)) {
  const time = fakeTime()
  let lastByteAt = 0
  const caller = new AbortController()
  const guard = guardStream({
    isThere,
    life,
    timers: time.timers,
    clock: time.clock,
    lastByteAt: () => lastByteAt,
    signal: caller.signal,
  })
  guard.begins()
  const hears = (work = Promise.resolve()): Promise<void> => {
    lastByteAt = time.clock()
    return guard.whileWorking(work)
  }
  return { time, guard, caller, hears }
}

const fourSeconds = { endsAfterS: 4 }
const noAnswer = (): Promise<boolean> => Promise.resolve(false)

describe('a stream that should have ended', () => {
  it('is dead half a second later', async () => {
    const { time, guard } = scene(fourSeconds)
    await time.advance(4_400)
    expect(guard.verdict).toBeUndefined()
    await time.advance(100)
    expect(guard.verdict).toBe('silent')
    expect(guard.signal.aborted).toBe(true)
  })

  it('is not judged while the server does not answer', async () => {
    const { time, guard } = scene(fourSeconds, noAnswer)
    await time.advance(100_000)
    expect(guard.verdict).toBeUndefined()
  })

  it('is not dead when it spoke while the server was asked', async () => {
    let answer = (_: boolean): void => {}
    const { time, guard, hears } = scene(fourSeconds, () => new Promise((resolve) => (answer = resolve)))
    await time.advance(4_500)
    await hears()
    answer(true)
    await settled()
    expect(guard.verdict).toBeUndefined()
    await time.advance(500)
    answer(true)
    await settled()
    expect(guard.verdict).toBe('silent')
  })

  it('is not dead while we are slow to take in what it brought', async () => {
    const { time, guard, hears } = scene(fourSeconds)
    let done = (): void => {}
    const working = hears(new Promise((resolve) => (done = resolve)))
    await time.advance(60_000)
    expect(guard.verdict).toBeUndefined()
    done()
    await working
    await time.advance(500)
    expect(guard.verdict).toBe('silent')
  })

  it('is not judged any more once it has ended', async () => {
    const { time, guard } = scene(fourSeconds)
    guard.ends()
    await time.advance(100_000)
    expect(guard.verdict).toBeUndefined()
    expect(time.pending()).toEqual([])
  })
})

describe('a stream of which no end was asked', () => {
  it('is dead after two and a half minutes without a byte', async () => {
    const { time, guard, hears } = scene({})
    await time.advance(100_000)
    await hears()
    await time.advance(149_900)
    expect(guard.verdict).toBeUndefined()
    await time.advance(100)
    expect(guard.verdict).toBe('silent')
  })

  it('is dead when its first byte does not come in time; later silence is no matter', async () => {
    const { time, guard } = scene({ firstByteMs: 15_000 })
    await time.advance(15_000)
    expect(guard.verdict).toBe('silent')
    const other = scene({ firstByteMs: 15_000 })
    await other.hears()
    await other.time.advance(100_000)
    expect(other.guard.verdict).toBeUndefined()
  })
})

describe('a stream that goes on for so long as we want', () => {
  it('is ended by us, counted from when we first said so', async () => {
    let goesOnMs: number | undefined
    const { time, guard, hears } = scene({ goesOnMs: () => goesOnMs })
    await hears()
    await time.advance(60_000)
    goesOnMs = 3_000
    await hears()
    await time.advance(2_000)
    await hears()
    await time.advance(900)
    expect(guard.verdict).toBeUndefined()
    await time.advance(100)
    expect(guard.verdict).toBe('enough')
  })
})

describe('a caller that gives up', () => {
  it('ends the stream without a verdict', () => {
    const { guard, caller } = scene(fourSeconds)
    caller.abort()
    expect([guard.signal.aborted, guard.verdict]).toEqual([true, undefined])
  })
})
