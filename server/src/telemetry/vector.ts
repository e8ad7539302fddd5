/**
 * Parses Prometheus' answer to an instant query. That of a whole mesh has tens of megabytes: large answers are parsed a
 * slice at a time, so that other requests get their turn in between.
 */
import { setImmediate as pause } from 'node:timers/promises'
import { BinocleError } from '../errors.ts'
import { redactText } from '../redact.ts'
import type { TimeSeries } from './series.ts'

/** One element of an instant vector. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  /** NaN and infinities as JavaScript has them. */
  readonly value: number
}

/** Parses `{status, data: {resultType: 'vector', result}}`. Rejects with BIN-PROMETHEUS-ANSWER. */
export async function parseVector(answer: string, sliceChars = 512 * 1024): Promise<Sample[]> {
  const start = answer.indexOf(listStart) + listStart.length
  if (answer.length <= sliceChars || start < listStart.length) return samplesOf(resultOf(parseJson(answer)))
  const samples: Sample[] = []
  let from = start
  for (;;) {
    const to = elementsEnd(answer, from, sliceChars)
    const elements = parseJson(`[${answer.slice(from, to)}]`)
    if (!Array.isArray(elements)) throw notPrometheus('its answer is not a vector')
    for (const sample of samplesOf(elements)) samples.push(sample)
    from = to + 1
    if (answer[to] === ',') await pause()
    else break
  }
  // What stands around the list must be right as well.
  resultOf(parseJson(`${answer.slice(0, start)}${answer.slice(from - 1)}`))
  return samples
}

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

const listStart = '"result":['

/**
 * Where the elements that begin at `from` may be cut: at the first comma between two of them after `sliceChars`, else at
 * the bracket that closes their list.
 */
function elementsEnd(text: string, from: number, sliceChars: number): number {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === quote) i = stringEnd(text, i)
    else if (char === openBrace || char === openBracket) depth++
    else if (char === closeBrace || char === closeBracket) {
      if (depth === 0) return i
      depth--
    } else if (char === comma && depth === 0 && i - from >= sliceChars) return i
  }
  throw notPrometheus('its answer is cut short')
}

/** The closing quote of the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes++
  return backslashes % 2 === 1
}

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notPrometheus(text.trimStart().startsWith('<') ? 'it answered HTML' : 'it did not answer JSON')
  }
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

const samplesOf = (elements: readonly unknown[]): Sample[] => elements.map(parseSample)

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
