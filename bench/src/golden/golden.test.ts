import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAccepted } from './accepted.ts'
import { runGolden } from './run.ts'

const folder = '../shared/golden/A'
const isThere = existsSync(folder)
const accepted = isThere ? new Set(await readAccepted('.')) : new Set<number>()

describe('the recorded mesh', () => {
  it.skipIf(!isThere)(
    isThere ? 'is answered as before where we were equal' : `is compared (skipped: there is no recording at ${folder})`,
    async () => {
      const verdicts = await runGolden({ folder, wants: ({ n }) => accepted.has(n) })
      const worse = verdicts
        .filter(({ outcome }) => outcome !== 'equal')
        .map(
          ({ request, unlisted }) => `${request.n} ${request.path} at ${unlisted[0]?.place ?? 'a listed difference'}`,
        )
      expect(worse).toEqual([])
      expect(verdicts).toHaveLength(accepted.size)
    },
    120_000,
  )
})
