/**
 * One Prometheus, asked over HTTP: instant queries by POST (they exceed what URLs may hold), answers gzipped and bounded.
 * Whatever goes wrong is a `BinocleError` of the `BIN-PROMETHEUS-*` codes; its text holds no credential.
 */
import { readFile } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { Agent, errors, request } from 'undici'
import type { Config } from '../config/config.ts'
import { BinocleError } from '../errors.ts'
import { notPrometheus, parseVector, type Sample } from './vector.ts'

export interface Prometheus {
  /** Evaluates `query` at `timeS` (Unix seconds). */
  query(query: string, timeS: number): Promise<Sample[]>
  close(): Promise<void>
}

const maxAnswerBytes = 512 * 1024 * 1024

/** Connects lazily. `onQuery` is told of each query sent, for our own metrics. */
export async function connectPrometheus(
  config: Config['prometheus'],
  onQuery: (query: string) => void = () => {},
): Promise<Prometheus> {
  const dispatcher = new Agent({
    connect: {
      timeout: config.timeoutMs,
      rejectUnauthorized: !config.insecureSkipVerify,
      ...(config.caFile === undefined ? {} : { ca: await readFile(config.caFile, 'utf8') }),
    },
    headersTimeout: config.timeoutMs,
    bodyTimeout: config.timeoutMs,
    connections: 8,
  })
  return {
    async query(query, timeS) {
      onQuery(query)
      const body = new URLSearchParams({ query, time: String(timeS), timeout: `${config.timeoutMs}ms` }).toString()
      const answer = await post(`${config.url.replace(/\/+$/, '')}/api/v1/query`, body, dispatcher, config)
      return parseVector(answer)
    },
    close: () => dispatcher.close(),
  }
}

async function post(url: string, body: string, dispatcher: Agent, config: Config['prometheus']): Promise<string> {
  try {
    const token = config.tokenFile === undefined ? undefined : (await readFile(config.tokenFile, 'utf8')).trim()
    const answer = await request(url, {
      method: 'POST',
      body,
      dispatcher,
      signal: AbortSignal.timeout(config.timeoutMs),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'accept-encoding': 'gzip',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
    const gzipped = answer.headers['content-encoding'] === 'gzip'
    const decoded = await readBounded(gzipped ? answer.body.pipe(createGunzip()) : answer.body, maxAnswerBytes)
    // Prometheus says why a query failed in a JSON body with a 4xx or 5xx; a proxy in front of it says it in HTML.
    if (answer.statusCode >= 400 && !decoded.startsWith('{'))
      throw notPrometheus(`it answered status ${answer.statusCode}`)
    return decoded
  } catch (error) {
    if (error instanceof BinocleError) throw error
    throw unreachable(error, config.timeoutMs)
  }
}

async function readBounded(body: AsyncIterable<unknown>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > maxBytes) throw notPrometheus(`its answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function unreachable(error: unknown, timeoutMs: number): BinocleError {
  const timedOut =
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    (error instanceof Error && error.name === 'TimeoutError')
  const why = timedOut ? `no answer within ${timeoutMs} ms` : reason(error)
  return new BinocleError('BIN-PROMETHEUS-UNREACHABLE', `Prometheus does not answer: ${why}.`, {
    remedy: 'Check external_services.prometheus.url and that Prometheus is up.',
    cause: error,
  })
}

/** The error's code when it has one (`ECONNREFUSED`): messages of the network layer may hold addresses. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
