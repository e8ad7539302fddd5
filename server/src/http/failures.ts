/** How failures leave the server: `{error, code, remedy}` from the catalogue, and nothing of the inside. */
import { BinocleError } from '../errors.ts'

export interface Failure {
  readonly status: number
  readonly retryAfterS?: number
  readonly body: { readonly error: string; readonly code: string; readonly remedy?: string }
}

/** What the client is told; `log` hears of what is our own defect. */
export function failureOf(error: unknown, log: (error: unknown) => void): Failure {
  if (error instanceof BinocleError) {
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy }
    const again = error.retryAfterS === undefined ? {} : { retryAfterS: error.retryAfterS }
    return { status: error.status, ...again, body: { error: error.message, code: error.code, ...remedy } }
  }
  const status = statusOf(error)
  if (status !== undefined)
    return {
      status,
      body: { error: 'The request cannot be read.', code: 'BIN-REQUEST', remedy: remedies[status] ?? remedies[400] },
    }
  if (isTimeout(error))
    return {
      status: 503,
      body: { error: 'The answer took too long.', code: 'BIN-TIMEOUT', remedy: 'Ask for less, or try again.' },
    }
  log(error)
  return {
    status: 500,
    body: { error: 'Internal error.', code: 'BIN-INTERNAL', remedy: 'The log of the console has the cause.' },
  }
}

const remedies: Readonly<Record<number, string>> & { readonly 400: string } = {
  400: 'Check the path, its encoding and the headers.',
  413: 'Send a smaller body.',
  414: 'Ask for fewer names at once, or leave the list out to mean all.',
  415: 'Send JSON, or a form where a form is expected.',
}

/** Fastify's own refusals of what a client sent carry their status. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  const { statusCode } = error
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined
}

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'FST_ERR_HANDLER_TIMEOUT'
