/**
 * One Prometheus, asked over HTTP: instant queries by POST (they exceed what URLs may hold), answers gzipped and bounded.
 * Whatever goes wrong is a `BinocleError` of the `BIN-PROMETHEUS-*` codes; its text holds no credential.
 */
import { createGunzip } from 'node:zlib'
import { errors } from 'undici'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { boundedText, TooLong } from '../outbound/boundedText.ts'
import { networkWords } from '../outbound/networkWords.ts'
import type { ServiceClient } from '../outbound/serviceClient.ts'
import { notPrometheus, parseVector, type Sample } from './vector.ts'

export interface Prometheus {
  /** Evaluates `query` at `timeS` (Unix seconds). */
  query(query: string, timeS: number): Promise<Sample[]>
  close(): Promise<void>
}

const maxAnswerBytes = 512 * 1024 * 1024

/** Connects lazily. `onQuery` is told of each query sent, for our own metrics. `service` is closed with it. */
export function connectPrometheus(
  { timeoutMs }: Pick<Config['prometheus'], 'timeoutMs'>,
  service: ServiceClient,
  onQuery: (query: string) => void = () => {},
): Prometheus {
  return {
    async query(query, timeS) {
      onQuery(query)
      const body = new URLSearchParams({ query, time: String(timeS), timeout: `${timeoutMs}ms` }).toString()
      return parseVector(await post(service, body, timeoutMs))
    },
    close: service.close,
  }
}

async function post(service: ServiceClient, body: string, timeoutMs: number): Promise<string> {
  try {
    const answer = await service.send('/api/v1/query', {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'gzip' },
    })
    const gzipped = answer.headers['content-encoding'] === 'gzip'
    const decoded = await boundedText(gzipped ? answer.body.pipe(createGunzip()) : answer.body, maxAnswerBytes)
    // Prometheus says why a query failed in a JSON body with a 4xx or 5xx; a proxy in front of it says it in HTML.
    if (answer.statusCode >= 300 && !decoded.startsWith('{'))
      throw notPrometheus(`it answered status ${answer.statusCode}`)
    return decoded
  } catch (error) {
    if (error instanceof BinocleError) throw error
    if (error instanceof TooLong) throw notPrometheus(`its answer is larger than ${maxAnswerBytes} bytes`)
    throw unreachable(error, timeoutMs)
  }
}

function unreachable(error: unknown, timeoutMs: number): BinocleError {
  const timedOut =
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    (error instanceof Error && error.name === 'TimeoutError')
  const why = timedOut ? `no answer within ${timeoutMs} ms` : networkWords(error)
  return new BinocleError('BIN-PROMETHEUS-UNREACHABLE', `Prometheus does not answer: ${why}.`, {
    remedy: 'Check external_services.prometheus.url and that Prometheus is up.',
    cause: error,
  })
}
