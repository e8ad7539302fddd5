/** The requests whose answers are equal, in `bench/golden/`: a test fails when one of them stops being so. */
import { readFile, writeFile } from 'node:fs/promises'
import { isList, isObject, parseJson } from './json.ts'
import type { Verdict } from './verdict.ts'

/** Relative to the repository. */
const all = 'bench/golden/equal.json'
const rbac = 'bench/golden/equal-rbac.json'
const writes = 'bench/golden/equal-writes.json'

export const readAccepted = (root: string): Promise<readonly number[]> => read(root, all)

export const readAcceptedRbac = (root: string): Promise<readonly number[]> => read(root, rbac)

export const readAcceptedWrites = (root: string): Promise<readonly number[]> => read(root, writes)

/** Writes the equal ones, replacing only what was replayed. */
export const acceptEqual = (verdicts: readonly Verdict[], root = '.'): Promise<void> => accept(verdicts, root, all)

/** The same of what people of different rights are told. */
export const acceptEqualRbac = (verdicts: readonly Verdict[], root = '.'): Promise<void> => accept(verdicts, root, rbac)

/** The same of what is answered to changes. */
export const acceptEqualWrites = (verdicts: readonly Verdict[], root = '.'): Promise<void> =>
  accept(verdicts, root, writes)

async function read(root: string, file: string): Promise<readonly number[]> {
  const value = parseJson(await readFile(`${root}/${file}`, 'utf8'))
  const equal = isObject(value) ? value.equal : undefined
  return isList(equal) ? equal.filter((n) => typeof n === 'number') : []
}

async function accept(verdicts: readonly Verdict[], root: string, file: string): Promise<void> {
  const replayed = new Set(verdicts.map(({ request }) => request.n))
  const others = (await read(root, file).catch(() => [])).filter((n) => !replayed.has(n))
  const equal = verdicts.filter(({ outcome }) => outcome === 'equal').map(({ request }) => request.n)
  const sorted = [...others, ...equal].sort((a, b) => a - b)
  await writeFile(`${root}/${file}`, `${JSON.stringify({ equal: sorted })}\n`)
}
