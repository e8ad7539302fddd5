/**
 * Parses Prometheus' answers. That to an instant query of a whole mesh has a hundred megabytes: it is parsed sample by
 * sample as it arrives, and never becomes one text.
 */
import { BinocleError } from '../errors.ts'
import { TooLong } from '../outbound/boundedText.ts'
import { createListScanner, type ListPlace } from '../outbound/listScanner.ts'
import type { Pacer } from '../outbound/pacer.ts'
import { redactText } from '../redact.ts'
import type { TimeSeries } from './timeSeries.ts'

/** One element of an instant vector. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  /** NaN and infinities as JavaScript has them. */
  readonly value: number
}

/** Who wants the samples of an answer, one after the other. */
export interface SampleSink {
  /** Takes the sample that begins at `at` from its bytes; returns where it ends, -1 when it wants it parsed. */
  take?(piece: Uint8Array, at: number): number
  put(sample: Sample): void
}

/**
 * Reads `{status, data: {resultType: 'vector', result}}` as it arrives, in turns with others. Rejects with
 * BIN-PROMETHEUS-ANSWER, with `TooLong`, and with what reading throws; the sink may have got samples before.
 */
export async function readVector(
  body: AsyncIterable<unknown>,
  maxBytes: number,
  pacer: Pick<Pacer, 'run'>,
  sink: SampleSink,
): Promise<void> {
  const scanner = createListScanner(maxSampleBytes, resultList, {
    take: (piece, at) => sink.take?.(piece, at) ?? -1,
    put: (text) => sink.put(parseSample(parseJson(text))),
  })
  const pieceBytes = sink.take ? takenBytes : parsedBytes
  let bytes = 0
  let beginning = ''
  const scanned = <T>(scan: () => T): T => {
    try {
      return scan()
    } catch (error) {
      throw error instanceof SyntaxError ? noObject(beginning) : error
    }
  }
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.length
    if (bytes > maxBytes) throw new TooLong(`longer than ${maxBytes} bytes`)
    beginning ||= Buffer.from(chunk.subarray(0, 100)).toString('utf8')
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      const piece = chunk.subarray(from, from + pieceBytes)
      await pacer.run(() => scanned(() => scanner.push(piece)))
    }
  }
  resultOf(parseJson(scanned(scanner.end)))
}

/** Parses the same at once, of which not much is expected. Throws BIN-PROMETHEUS-ANSWER. */
export const parseVector = (answer: string): Sample[] => resultOf(parseJson(answer)).map(parseSample)

const resultList: ListPlace = { key: 'result', depth: 3 }
const maxSampleBytes = 1 << 20
/** Right after the start, while the code is cold, parsing 64 KB takes fifteen milliseconds. */
const parsedBytes = 1 << 14
const takenBytes = 1 << 16

/** Parses `{status, data: {resultType: 'matrix', result}}`, which a request bounds. Throws BIN-PROMETHEUS-ANSWER. */
export function parseMatrix(answer: string): TimeSeries[] {
  return resultOf(parseJson(answer), 'matrix').map((series) => {
    if (!isRecord(series) || !isLabels(series.metric) || !Array.isArray(series.values))
      throw notPrometheus('a series is malformed')
    return { labels: series.metric, points: series.values.map(pointOf) }
  })
}

function pointOf(point: unknown): readonly [number, string] {
  if (!Array.isArray(point) || typeof point[0] !== 'number' || typeof point[1] !== 'string')
    throw notPrometheus('a point is malformed')
  return [point[0], point[1]]
}

/** What answers is not Prometheus, or not what we asked for. */
export const notPrometheus = (why: string): BinocleError =>
  new BinocleError('BIN-PROMETHEUS-ANSWER', `This is not the Prometheus API: ${why}.`, {
    remedy: 'Check that external_services.prometheus.url leads to Prometheus itself, not to a login page or a proxy.',
  })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw noObject(text)
  }
}

function noObject(text: string): BinocleError {
  const first = text.trimStart().slice(0, 1)
  if (first === '<') return notPrometheus('it answered HTML')
  return notPrometheus(first === '[' ? 'it did not answer a JSON object' : 'it did not answer JSON')
}

function resultOf(document: unknown, type: 'matrix' | 'vector' = 'vector'): readonly unknown[] {
  if (!isRecord(document)) throw notPrometheus('it did not answer a JSON object')
  if (document.status === 'error') throw refused(document)
  const { data } = document
  if (document.status !== 'success' || !isRecord(data)) throw notPrometheus('its answer has no status')
  if (data.resultType !== type || !Array.isArray(data.result)) throw notPrometheus(`its answer is not a ${type}`)
  return data.result
}

function refused(document: Readonly<Record<string, unknown>>): BinocleError {
  const why = typeof document.error === 'string' ? document.error : 'no reason given'
  // What stands before it may repeat what it was sent, our credential too.
  return new BinocleError('BIN-PROMETHEUS-ANSWER', `Prometheus refused the query: ${redactText(why.slice(0, 500))}`)
}

function parseSample(sample: unknown): Sample {
  if (!isRecord(sample) || !isLabels(sample.metric) || !Array.isArray(sample.value)) {
    throw notPrometheus('a sample is malformed')
  }
  return { labels: sample.metric, value: sampleValue(sample.value[1]) }
}

function sampleValue(value: unknown): number {
  if (value === '+Inf') return Number.POSITIVE_INFINITY
  if (value === '-Inf') return Number.NEGATIVE_INFINITY
  return typeof value === 'string' ? Number(value) : Number.NaN
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  if (!isRecord(value)) return false
  for (const label in value) if (typeof value[label] !== 'string') return false
  return true
}
