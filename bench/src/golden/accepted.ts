/** The requests whose answers are equal, in `bench/golden/equal.json`: a test fails when one of them stops being so. */
import { readFile, writeFile } from 'node:fs/promises'
import { isList, isObject, parseJson } from './json.ts'
import type { Verdict } from './verdict.ts'

/** Relative to the repository. */
const file = 'bench/golden/equal.json'

export async function readAccepted(root: string): Promise<readonly number[]> {
  const value = parseJson(await readFile(`${root}/${file}`, 'utf8'))
  const equal = isObject(value) ? value.equal : undefined
  return isList(equal) ? equal.filter((n) => typeof n === 'number') : []
}

/** Writes the equal ones, replacing only what was replayed. */
export async function acceptEqual(verdicts: readonly Verdict[], root = '.'): Promise<void> {
  const replayed = new Set(verdicts.map(({ request }) => request.n))
  const others = (await readAccepted(root).catch(() => [])).filter((n) => !replayed.has(n))
  const equal = verdicts.filter(({ outcome }) => outcome === 'equal').map(({ request }) => request.n)
  const all = [...others, ...equal].sort((a, b) => a - b)
  await writeFile(`${root}/${file}`, `${JSON.stringify({ equal: all })}\n`)
}
