import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPacer } from '../outbound/pacer.ts'
import { parseVector, readVector, type Sample } from './vector.ts'

const answerOf = (result: readonly unknown[]) =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result } })

/** As it arrives, in pieces of `size` bytes. */
async function read(answer: string, size: number) {
  const bytes = Buffer.from(answer)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )
  const samples: Sample[] = []
  const body = (async function* () {
    yield* pieces
  })()
  await readVector(body, 1 << 20, createPacer(), { put: (sample) => samples.push(sample) })
  return samples
}

describe('large answers', () => {
  it('hold the same, whatever the size of their pieces', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"', '\\', '\\"', ']}', '},{', '"result":[', ','),
    )
    const element = fc.record({
      metric: fc.dictionary(text, text),
      value: fc.tuple(fc.constant(1), fc.constantFrom('1', '2.5')),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(element), fc.integer({ min: 1, max: 200 }), async (elements, size) => {
        const whole = elements.map(({ metric, value }) => ({ labels: { ...metric }, value: Number(value[1]) }))
        expect(await read(answerOf(elements), size)).toEqual(whole)
        expect(parseVector(answerOf(elements))).toEqual(whole)
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
    await expect(read(answer, 10)).rejects.toMatchObject({ code: 'BIN-PROMETHEUS-ANSWER' })
    expect(() => parseVector(answer)).toThrow(expect.objectContaining({ code: 'BIN-PROMETHEUS-ANSWER' }))
  })

  it('are refused when they are larger than they may be', async () => {
    const answer = answerOf(Array.from({ length: 30_000 }, () => one))
    await expect(read(answer, 1 << 16)).rejects.toThrow('longer than 1048576 bytes')
  })
})
