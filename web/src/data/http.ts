/** One request to the server: JSON in, a checked answer or a `RequestFailure` out. Addresses are relative to `<base>`. */
import type { Problem } from '@binocle/api/problem'

/** Thrown when there is no usable answer. `status` 0: the server could not be reached at all. */
export class RequestFailure extends Error {
  readonly status: number
  readonly problem: Problem

  constructor(status: number, problem: Problem) {
    super(problem.message)
    this.name = 'RequestFailure'
    this.status = status
    this.problem = problem
  }
}

/** Says whether an answer has the shape that the page reads. */
export type Shape<T> = (answer: unknown) => answer is T

/** `undefined`, '' and empty lists are left out; lists become comma lists. */
export type Parameters = Record<string, string | number | boolean | readonly string[] | undefined>

/** GET `path` (below the web root, no leading slash). */
export async function get<T>(path: string, parameters: Parameters, shape: Shape<T>, signal?: AbortSignal): Promise<T> {
  return readBody(path, await reach(address(path, parameters), signal), shape)
}

/** The checked body of an answer. */
export async function readBody<T>(path: string, answer: Response, shape: Shape<T>): Promise<T> {
  const body = parsed(await answer.text())
  if (!answer.ok) throw new RequestFailure(answer.status, problemOf(answer.status, body))
  if (!shape(body)) throw new RequestFailure(answer.status, garbled(path))
  return body
}

/** POST `path`, with a form or with nothing in it. The answer's document; undefined when it has none. */
export async function send(path: string, form?: Readonly<Record<string, string>>): Promise<unknown> {
  const answer = await reach(path, undefined, { method: 'POST', ...(form ? { body: new URLSearchParams(form) } : {}) })
  const body = parsed(await answer.text())
  if (!answer.ok) throw new RequestFailure(answer.status, problemOf(answer.status, body))
  return body
}

/** The address of a request, relative to the web root. */
export function address(path: string, parameters: Parameters): string {
  const query = Object.entries(parameters).flatMap(([name, value]) => {
    const text = typeof value === 'object' ? value.join(',') : value === undefined ? '' : String(value)
    return text === '' ? [] : [`${name}=${encodeURIComponent(text).replaceAll('%2C', ',')}`]
  })
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

/** Rejects only when there is no answer at all. */
export async function reach(
  url: string,
  signal?: AbortSignal,
  how: Pick<RequestInit, 'body' | 'method'> = {},
): Promise<Response> {
  try {
    return await fetch(url, {
      ...how,
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (failure) {
    if (signal?.aborted) throw failure
    throw new RequestFailure(0, {
      code: 'BIN-PAGE-OFFLINE',
      message: 'The console does not answer.',
      remedy: 'Check that binocle is still running and that you can reach it; the page tries again by itself.',
    })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The server's `{error, code, remedy}`, or what the status alone says. */
export function problemOf(status: number, body: unknown): Problem {
  if (isRecord(body) && typeof body.error === 'string') {
    return {
      code: typeof body.code === 'string' ? body.code : `HTTP-${status}`,
      message: body.error,
      ...(typeof body.cluster === 'string' ? { cluster: body.cluster } : {}),
      ...(typeof body.remedy === 'string' ? { remedy: body.remedy } : {}),
    }
  }
  return { code: `HTTP-${status}`, message: `The console answered with status ${status}.` }
}

const garbled = (path: string): Problem => ({
  code: 'BIN-PAGE-ANSWER',
  message: `The answer of ${path} is not what this page expects.`,
  remedy: 'Reload the page: it may be older than the server. A proxy in between may also have changed the answer.',
})

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
