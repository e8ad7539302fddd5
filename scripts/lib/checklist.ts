/**
 * The security checklist: each number stands in the title of a test that shows it (`AUTH-47: ...`), or in a row of
 * `docs/security.md` that says why there is none. `docs/security-checklist.md` is written from both.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One number of the checklist, e.g. `AUTH-47` or `AUTH-T5`. */
export interface Shown {
  readonly id: string
  /** The title behind the number, or the reason why there is no test. */
  readonly text: string
  /** The test's file; undefined: a row of `docs/security.md`. */
  readonly file?: string
}

const requirements = 185
const threats = 78

/** All numbers that must be shown. */
export const checklist: readonly string[] = [
  ...Array.from({ length: requirements }, (_, index) => `AUTH-${index + 1}`),
  ...Array.from({ length: threats }, (_, index) => `AUTH-T${index + 1}`),
]

const title = /(['"`])(AUTH-T?\d+): (.+?)\1(?=[,)\s])/g
/** `it.each([['AUTH-1', ...]])('%s: ...', run)`: the numbers stand in the table. */
const table = /\bit\.each\(((?:(?!\bit\b)[\s\S])*?)\)\((['"`])%s: (.+?)\2(?=[,)\s])/g
const number = /\bAUTH-T?\d+\b/g

/** The tests of one file that carry a number, each behind its `describe`. A title made of a table keeps its `%s`. */
export function shownByTests(file: string, source: string): readonly Shown[] {
  const subjects = [...source.matchAll(/\bdescribe(?:\.skipIf\([^)]*\))?\((['"`])(.+?)\1/g)]
  const shown = (at: number, id: string, text: string): Shown => {
    const subject = subjects.findLast(({ index }) => index < at)?.[2] ?? ''
    return { id, text: `${subject} ${text}`.trim().replaceAll('\\', ''), file }
  }
  const single = [...source.matchAll(title)].map(({ index, 2: id = '', 3: text = '' }) => shown(index, id, text))
  const tabled = [...source.matchAll(table)].flatMap(({ index, 1: rows = '', 3: text = '' }) =>
    (rows.match(number) ?? []).map((id) => shown(index, id, text)),
  )
  return [...single, ...tabled]
}

/** The rows of a document: `| AUTH-n, AUTH-m | reason |`. */
export function shownByRows(document: string): readonly Shown[] {
  return [...document.matchAll(/^\| (AUTH-T?\d+(?:, AUTH-T?\d+)*) \| (.+?) \|$/gm)].flatMap(([, ids = '', text = '']) =>
    (ids.match(number) ?? []).map((id) => ({ id, text })),
  )
}

/** What of the checklist nobody shows, and numbers that are not in it. */
export function gaps(shown: readonly Shown[]): {
  readonly missing: readonly string[]
  readonly unknown: readonly string[]
} {
  const ids = new Set(shown.map(({ id }) => id))
  return {
    missing: checklist.filter((id) => !ids.has(id)),
    unknown: [...ids].filter((id) => !checklist.includes(id)),
  }
}

/** Test files of the house, relative to `root`. */
export function testFiles(root: string): readonly string[] {
  const folders = ['api', 'server', 'web', 'simulator', 'cli', 'bench', 'scripts', 'e2e']
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
      .map((name) => `${folder}/${name}`)
      .sort(),
  )
}

/** `but`: a test that only speaks of numbers. */
export function allShown(root: string, but: string): readonly Shown[] {
  return [
    ...testFiles(root)
      .filter((file) => file !== but)
      .flatMap((file) => shownByTests(file, readFileSync(join(root, file), 'utf8'))),
    ...shownByRows(readFileSync(join(root, 'docs/security.md'), 'utf8')),
  ]
}

/** `docs/security-checklist.md`. */
export function checklistDocument(shown: readonly Shown[]): string {
  const row = (id: string): string => {
    const mine = shown.filter((each) => each.id === id)
    const texts = [...new Set(mine.map(({ text }) => text.replaceAll('|', '\\|')))]
    const places = [...new Set(mine.map(({ file }) => (file === undefined ? '[why](security.md)' : `\`${file}\``)))]
    return `| ${id} | ${texts.join('; ')} | ${places.join(', ')} |`
  }
  return [
    '# Security checklist',
    '',
    'Written by `BINOCLE_WRITE_DOCS=1 npx vitest run scripts/securityChecklist.test.ts` from the titles of the tests and the rows of',
    '[security.md](security.md). `AUTH-1` to `AUTH-185` are requirements, `AUTH-T1` to `AUTH-T78` threats.',
    '',
    '| | Titles of its tests (`%` stands for each row of a table), or why there are none | Where |',
    '|---|---|---|',
    ...checklist.map(row),
    '',
  ].join('\n')
}
