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
  const answer = await reach(address(path, parameters), signal)
  const text = await answer.text()
  const body = parsed(text)
  if (!answer.ok) throw new RequestFailure(answer.status, problemOf(answer.status, body))
  if (!shape(body)) throw new RequestFailure(answer.status, garbled(path))
  return body
}

/** POST `path` with nothing in it; for what only asks the server to act. */
export async function post(path: string): Promise<void> {
  const answer = await reach(path, undefined, 'POST')
  if (!answer.ok) throw new RequestFailure(answer.status, problemOf(answer.status, parsed(await answer.text())))
}

/** The address of a request, relative to the web root. */
export function address(path: string, parameters: Parameters): string {
  const query = Object.entries(parameters).flatMap(([name, value]) => {
    const text = typeof value === 'object' ? value.join(',') : value === undefined ? '' : String(value)
    return text === '' ? [] : [`${name}=${encodeURIComponent(text).replaceAll('%2C', ',')}`]
  })
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

async function reach(url: string, signal: AbortSignal | undefined, method = 'GET'): Promise<Response> {
  try {
    return await fetch(url, {
      method,
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
