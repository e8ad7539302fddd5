import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAcceptedWrites } from '../accepted.ts'
import { runWrites } from './run.ts'

const folder = '../shared/golden/A'
const isThere = existsSync(`${folder}/answers-writes`)
const accepted = isThere ? new Set(await readAcceptedWrites('.')) : new Set<number>()

describe('what is answered to changes of the recorded mesh', () => {
  it.skipIf(!isThere)(
    isThere
      ? 'is as before where we were equal, and nowhere different without a reason'
      : `is compared (skipped: there is no recording at ${folder}/answers-writes)`,
    async () => {
      const verdicts = await runWrites({ folder })
      const worse = verdicts
        .filter(({ outcome, request }) => outcome === 'different' || (outcome === 'listed' && accepted.has(request.n)))
        .map(
          ({ request, unlisted }) => `${request.n} ${request.path} at ${unlisted[0]?.place ?? 'a listed difference'}`,
        )
      expect(worse).toEqual([])
      expect(verdicts.map(({ request }) => request.n)).toEqual(expect.arrayContaining([...accepted]))
    },
    120_000,
  )
})
