import { describe, expect, it } from 'vitest'
import { answered, KubeFailure } from './failure.ts'
import { createQuestion } from './question.ts'
import { scriptedApi, settled } from './testing.ts'

/** A server that answers when told. */
function scene() {
  const answers: ((answer: unknown) => void)[] = []
  const get = (): Promise<unknown> => new Promise((resolve) => answers.push(resolve))
  return { answers, ask: createQuestion({ ...scriptedApi([]), get }) }
}

const failing = (failure: KubeFailure): (() => Promise<boolean>) =>
  createQuestion({ ...scriptedApi([]), get: () => Promise.reject(failure) })

describe('whether a server is there', () => {
  it('is asked once for all who want to know at the same time', async () => {
    const { answers, ask } = scene()
    const both = Promise.all([ask(), ask()])
    await settled()
    expect(answers).toHaveLength(1)
    answers[0]?.({})
    expect(await both).toEqual([true, true])
  })

  it('is asked again for who comes later: the first answer says nothing about his time', async () => {
    const { answers, ask } = scene()
    const first = ask()
    await settled()
    const later = ask()
    answers[0]?.({})
    expect(await first).toBe(true)
    await settled()
    expect(answers).toHaveLength(2)
    answers[1]?.({})
    expect(await later).toBe(true)
  })

  it.each([
    ['a refusal is an answer', answered('west', 'GET /version', 403, {}), true],
    ['no connection is none', new KubeFailure('unreachable', 'west', 'no connection'), false],
  ])('%s', async (_what, failure, expected) => {
    expect(await failing(failure)()).toBe(expected)
  })
})
