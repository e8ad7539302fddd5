import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allShown, checklist, checklistDocument, gaps, shownByRows, shownByTests } from './lib/checklist.ts'

const root = join(import.meta.dirname, '..')

describe('the security checklist', () => {
  it('is shown number by number, by a test or a reason', () => {
    expect(gaps(allShown(root, 'scripts/securityChecklist.test.ts'))).toEqual({ missing: [], unknown: [] })
  })

  it('is written down as it is shown', () => {
    const file = join(root, 'docs/security-checklist.md')
    const document = checklistDocument(allShown(root, 'scripts/securityChecklist.test.ts'))
    if (process.env.BINOCLE_WRITE_DOCS === '1') writeFileSync(file, document)
    expect(readFileSync(file, 'utf8')).toBe(document)
  })

  it('misses what neither a title nor a row names', () => {
    const source = [
      "it('AUTH-1: starts', () => {})",
      'it(`AUTH-T2: it is refused`, run)',
      "it('says AUTH-3: no', run)",
      "it.each([['AUTH-5', 1], ['AUTH-6', 2]])('%s: counts', run)",
      "it.each([['AUTH-7', 1]])('counts %s', run)",
    ]
    const shown = [
      ...shownByTests('a.test.ts', source.join('\n')),
      ...shownByRows('| AUTH-4, AUTH-T8 | not served yet |\n'),
    ]
    const ids = ['AUTH-1', 'AUTH-T2', 'AUTH-5', 'AUTH-6', 'AUTH-4', 'AUTH-T8']
    expect(shown.map(({ id }) => id)).toEqual(ids)
    expect(gaps(shown).missing).toEqual(checklist.filter((id) => !ids.includes(id)))
  })

  it('knows a number that does not exist', () => {
    expect(gaps(shownByTests('a.test.ts', "it('AUTH-999: starts', () => {})")).unknown).toEqual(['AUTH-999'])
  })
})
