/** The recorded answers of a folder: `answers/index.json` and one file for each request. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isList, isObject, type JsonObject, parseJson } from './json.ts'

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: unknown
}

export interface Recorded {
  /** Without a trailing slash. */
  readonly webRoot: string
  /** Unix seconds: "now" of the recording. */
  readonly queryTime: number
  readonly homeCluster: string
  readonly requests: readonly RecordedRequest[]
}

export interface RecordedRequest {
  readonly n: number
  readonly group: string
  readonly method: string
  /** Without the web root. */
  readonly path: string
  /** What differed between two samples. */
  readonly volatile: readonly string[]
  readonly file: string
}

export async function readRecorded(folder: string): Promise<Recorded> {
  const index = await readObject(join(folder, 'answers/index.json'))
  if (!isList(index.requests)) throw new Error(`${folder}/answers/index.json has no list of requests`)
  return {
    webRoot: text(index.webRoot).replace(/\/+$/, ''),
    queryTime: Number(index.queryTime),
    homeCluster: text(index.homeCluster),
    requests: index.requests.filter(isObject).map((request) => ({
      n: Number(request.n),
      group: text(request.group),
      method: text(request.method),
      path: text(request.path),
      volatile: isList(request.volatile) ? request.volatile.map(text) : [],
      file: text(request.file),
    })),
  }
}

export async function readAnswer(
  folder: string,
  request: RecordedRequest,
): Promise<Answer & { readonly requestBody: unknown }> {
  const recorded = await readObject(join(folder, 'answers', request.file))
  return {
    status: Number(recorded.status),
    contentType: text(recorded.contentType),
    body: recorded.body,
    requestBody: recorded.requestBody,
  }
}

export async function readObject(path: string): Promise<JsonObject> {
  const bytes = await readFile(path).catch(() => readFile(`${path}.gz`))
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  const value = parseJson((zipped ? gunzipSync(bytes) : bytes).toString('utf8'))
  if (!isObject(value)) throw new Error(`${path} is not a JSON object`)
  return value
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
