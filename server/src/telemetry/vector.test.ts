import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseVector } from './vector.ts'

const answerOf = (result: readonly unknown[]) =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result } })

describe('large answers', () => {
  it('hold the same, whatever the size of the slices', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"', '\\', '\\"', ']}', '},{', '"result":[', ','),
    )
    const element = fc.record({
      metric: fc.dictionary(text, text),
      value: fc.tuple(fc.constant(1), fc.constantFrom('1', '2.5')),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(element), fc.integer({ min: 1, max: 200 }), async (elements, sliceChars) => {
        const whole = elements.map(({ metric, value }) => ({ labels: { ...metric }, value: Number(value[1]) }))
        expect(await parseVector(answerOf(elements), sliceChars)).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  const one = { metric: { a: 'b' }, value: [1, '2'] }
  it.each([
    ['cut within an element', answerOf([one, one, one]).slice(0, 90)],
    ['cut after an element', answerOf([one, one, one]).slice(0, -3)],
    ['that say they failed', answerOf([one, one, one]).replace('success', 'error')],
    ['of another kind', answerOf([one, one, one]).replace('"vector"', '"matrix"')],
  ])('%s are refused as small ones are', async (_what, answer) => {
    await expect(parseVector(answer, 10)).rejects.toMatchObject({ code: 'BIN-PROMETHEUS-ANSWER' })
    await expect(parseVector(answer)).rejects.toMatchObject({ code: 'BIN-PROMETHEUS-ANSWER' })
  })
})
