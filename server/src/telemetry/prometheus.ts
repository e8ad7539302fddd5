/**
 * One Prometheus, asked over HTTP: queries by POST (they exceed what URLs may hold), answers gzipped and bounded.
 * Whatever goes wrong is a `BinocleError` of the `BIN-PROMETHEUS-*` codes; its text holds no credential.
 */
import { createGunzip } from 'node:zlib'
import { errors } from 'undici'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { boundedText, TooLong } from '../outbound/boundedText.ts'
import { networkWords } from '../outbound/networkWords.ts'
import type { ServiceClient } from '../outbound/serviceClient.ts'
import type { TimeRange, TimeSeries } from './series.ts'
import { notPrometheus, parseMatrix, parseVector, type Sample } from './vector.ts'

export interface Prometheus {
  /** Evaluates `query` at `timeS` (Unix seconds). */
  query(query: string, timeS: number): Promise<Sample[]>
  close(): Promise<void>
}

export interface RangePrometheus extends Prometheus {
  /** Evaluates `query` at each point of a range. */
  range(query: string, range: TimeRange): Promise<TimeSeries[]>
}

const maxAnswerBytes = 512 * 1024 * 1024

/** Connects lazily. `onQuery` is told of each query sent, for our own metrics. `service` is closed with it. */
export function connectPrometheus(
  { timeoutMs }: Pick<Config['prometheus'], 'timeoutMs'>,
  service: ServiceClient,
  onQuery: (query: string) => void = () => {},
): RangePrometheus {
  const timeout = `${timeoutMs}ms`
  return {
    async query(query, timeS) {
      onQuery(query)
      return parseVector(await post(service, '/api/v1/query', { query, time: String(timeS), timeout }, timeoutMs))
    },
    async range(query, { startS, endS, stepS }) {
      onQuery(query)
      const asked = { query, start: String(startS), end: String(endS), step: String(stepS), timeout }
      return parseMatrix(await post(service, '/api/v1/query_range', asked, timeoutMs))
    },
    close: service.close,
  }
}

async function post(
  service: ServiceClient,
  path: string,
  asked: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<string> {
  try {
    const answer = await service.send(path, {
      method: 'POST',
      body: new URLSearchParams(asked).toString(),
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
