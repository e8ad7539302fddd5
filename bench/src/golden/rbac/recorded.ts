/**
 * The recorded answers of `answers-rbac`: what people of different rights were told, a strategy after the other, in the order
 * in which they asked. Rights are part of the recorded clusters, as roles and bindings.
 */
import { join } from 'node:path'
import type { Answer } from '../answers.ts'
import { readObject, text } from '../answers.ts'
import { isList, isObject } from '../json.ts'

export type RecordedStrategy = 'header' | 'openid' | 'token'

export interface RbacRecording {
  /** Unix seconds: "now" of the recording. */
  readonly queryTime: number
  /** Names, as Kubernetes knows them. */
  readonly people: readonly string[]
  readonly requests: readonly RbacRequest[]
}

export interface RbacRequest {
  readonly n: number
  readonly strategy: RecordedStrategy
  /** Undefined: somebody who is not logged in. */
  readonly user: string | undefined
  readonly method: string
  /** Without the web root. */
  readonly path: string
  readonly file: string
}

export interface RbacAnswer extends Answer {
  /** What was special about the request: `login`, `bad token`, ...; '' for most. */
  readonly note: string
  /** `Set-Cookie` lines, their values blanked; recorded at logins and logouts only. */
  readonly setCookie: readonly string[] | undefined
}

const strategies = ['header', 'openid', 'token'] as const

export async function readRbac(folder: string): Promise<RbacRecording> {
  const index = await readObject(join(folder, 'answers-rbac/index.json'))
  if (!isList(index.requests) || !isObject(index.users)) throw new Error(`${folder}/answers-rbac has no requests`)
  return {
    queryTime: Number(index.queryTime),
    people: Object.keys(index.users),
    requests: index.requests.filter(isObject).map((request) => ({
      n: Number(request.n),
      strategy: strategyOf(text(request.strategy)),
      user: typeof request.user === 'string' ? request.user : undefined,
      method: text(request.method),
      path: text(request.path),
      file: text(request.file),
    })),
  }
}

export async function readRbacAnswer(folder: string, request: RbacRequest): Promise<RbacAnswer> {
  const recorded = await readObject(join(folder, 'answers-rbac', request.file.replace(/\.gz$/, '')))
  return {
    status: Number(recorded.status),
    contentType: text(recorded.contentType),
    body: recorded.body,
    note: text(recorded.note),
    setCookie: isList(recorded.setCookie) ? recorded.setCookie.map(text) : undefined,
  }
}

function strategyOf(name: string): RecordedStrategy {
  const strategy = strategies.find((known) => known === name)
  if (strategy === undefined) throw new Error(`The recording holds a strategy ${name}`)
  return strategy
}
