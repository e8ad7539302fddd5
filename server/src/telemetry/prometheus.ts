/**
 * One Prometheus, asked over HTTP: queries by POST (they exceed what URLs may hold), answers bounded, and gzipped unless they
 * stay on this machine. Whatever goes wrong is a `BinocleError` of the `BIN-PROMETHEUS-*` codes; its text holds no
 * credential.
 */
import { createGunzip } from 'node:zlib'
import { errors } from 'undici'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { boundedText, TooLong } from '../outbound/boundedText.ts'
import { networkWords } from '../outbound/networkWords.ts'
import { createPacer } from '../outbound/pacer.ts'
import type { ServiceClient } from '../outbound/serviceClient.ts'
import type { TimeRange, TimeSeries } from './timeSeries.ts'
import { notPrometheus, parseMatrix, parseVector, readVector, type Sample, type SampleSink } from './vector.ts'

export interface Prometheus {
  /** Evaluates `query` at `timeS` (Unix seconds). */
  query(query: string, timeS: number): Promise<Sample[]>
  /** The same for large answers: each sample goes to `sink` as it arrives. */
  read(query: string, timeS: number, sink: SampleSink): Promise<void>
  close(): Promise<void>
}

export interface RangePrometheus extends Prometheus {
  /** Evaluates `query` at each point of a range. */
  range(query: string, range: TimeRange): Promise<TimeSeries[]>
}

const maxAnswerBytes = 512 * 1024 * 1024

/** Connects lazily. `onQuery` is told of each query sent, for our own metrics. `service` is closed with it. */
export function connectPrometheus(
  { timeoutMs, url }: Pick<Config['prometheus'], 'timeoutMs' | 'url'>,
  service: ServiceClient,
  onQuery: (query: string) => void = () => {},
): RangePrometheus {
  const timeout = `${timeoutMs}ms`
  const asking: Asking = { timeoutMs, encoding: isHere(url) ? 'identity' : 'gzip' }
  // Its own: behind all that clusters send in the beginning an answer would be out of time.
  const pacer = createPacer()
  async function read(query: string, timeS: number, sink: SampleSink): Promise<void> {
    onQuery(query)
    const asked = { query, time: String(timeS), timeout }
    const vector = (body: AsyncIterable<unknown>) => readVector(body, maxAnswerBytes, pacer, sink)
    const refusal = await post(service, '/api/v1/query', asked, asking, vector)
    if (refusal !== undefined) parseVector(refusal)
  }
  return {
    async query(query, timeS) {
      const samples: Sample[] = []
      await read(query, timeS, { put: (sample) => samples.push(sample) })
      return samples
    },
    read,
    async range(query, { startS, endS, stepS }) {
      onQuery(query)
      const asked = { query, start: String(startS), end: String(endS), step: String(stepS), timeout }
      return parseMatrix(await post(service, '/api/v1/query_range', asked, asking, text))
    },
    close: service.close,
  }
}

interface Asking {
  readonly timeoutMs: number
  readonly encoding: 'gzip' | 'identity'
}

/** Within one machine packing takes longer than carrying. */
const isHere = (url: string): boolean =>
  URL.canParse(url) && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(new URL(url).hostname)

const text = (body: AsyncIterable<unknown>): Promise<string> => boundedText(body, maxAnswerBytes)

/** What `read` makes of the answer; the text of one that says why there is none. */
async function post<T>(
  service: ServiceClient,
  path: string,
  asked: Readonly<Record<string, string>>,
  { timeoutMs, encoding }: Asking,
  read: (body: AsyncIterable<unknown>) => Promise<T>,
): Promise<T | string> {
  try {
    const answer = await service.send(path, {
      method: 'POST',
      body: new URLSearchParams(asked).toString(),
      signal: AbortSignal.timeout(timeoutMs),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': encoding },
    })
    const gzipped = answer.headers['content-encoding'] === 'gzip'
    const body = gzipped ? answer.body.pipe(createGunzip()) : answer.body
    if (answer.statusCode < 300) return await read(body)
    // Prometheus says why a query failed in a JSON body with a 4xx or 5xx; a proxy in front of it says it in HTML.
    const refusal = await text(body)
    if (!refusal.startsWith('{')) throw notPrometheus(`it answered status ${answer.statusCode}`)
    return refusal
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
