/**
 * The recorded answers of `answers-writes`: objects that are made, read back, changed and deleted, each step on what the
 * steps before it left behind.
 */
import { join } from 'node:path'
import { type Answer, readObject, text } from '../answers.ts'
import { isList, isObject } from '../json.ts'
import type { Judged } from '../verdict.ts'

export interface WriteStep extends Judged {
  readonly file: string
}

/** In order. */
export async function readSteps(folder: string): Promise<readonly WriteStep[]> {
  const { requests } = await readObject(join(folder, 'answers-writes/index.json'))
  if (!isList(requests)) throw new Error(`${folder}/answers-writes/index.json has no list of requests`)
  return requests.filter(isObject).map(({ file, method, n, path }) => ({
    n: Number(n),
    method: text(method),
    path: text(path),
    file: text(file),
  }))
}

export async function readStep(
  folder: string,
  { file }: WriteStep,
): Promise<Answer & { readonly requestBody: unknown }> {
  const { body, contentType, requestBody, status } = await readObject(join(folder, 'answers-writes', file))
  return { status: Number(status), contentType: text(contentType), body, requestBody }
}
