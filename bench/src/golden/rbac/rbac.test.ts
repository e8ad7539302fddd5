import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAcceptedRbac } from '../accepted.ts'
import { runRbac } from './run.ts'

const folder = '../shared/golden/A'
const isThere = existsSync(`${folder}/answers-rbac`)
const accepted = isThere ? new Set(await readAcceptedRbac('.')) : new Set<number>()

describe('what people of different rights are told of the recorded mesh', () => {
  it.skipIf(!isThere)(
    isThere
      ? 'is as before where we were equal, and nothing that they may not know'
      : `is compared (skipped: there is no recording at ${folder}/answers-rbac)`,
    async () => {
      const { foreign, verdicts } = await runRbac({ folder })
      const worse = verdicts
        .filter(({ outcome, request }) => outcome === 'different' || (outcome === 'listed' && accepted.has(request.n)))
        .map(
          ({ request, unlisted }) => `${request.n} ${request.path} at ${unlisted[0]?.place ?? 'a listed difference'}`,
        )
      expect(worse).toEqual([])
      expect(foreign).toBe(0)
      expect(verdicts.map(({ request }) => request.n)).toEqual(expect.arrayContaining([...accepted]))
    },
    120_000,
  )
})
