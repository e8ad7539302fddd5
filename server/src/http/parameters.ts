/**
 * Query parameters, read as Kiali reads them and refused in Kiali's words. A parameter that a route does not name is
 * refused where Kiali refuses it; the same scalar given twice always is.
 */
import { durationS } from '../config/duration.ts'
import { BinocleError } from '../errors.ts'

export interface Parameters {
  /** '' when absent. */
  text(name: string): string
  boolean(name: string, byDefault: boolean): boolean
  /** Seconds. `byDefault` likewise. */
  duration(name: string, byDefault: number): number
  /** Unix seconds; undefined when absent. */
  time(name: string): number | undefined
  /** Empty is allowed and gives ''. */
  oneOf<T extends string>(name: string, values: readonly T[]): T | ''
  /** Comma-separated; empty parts are left out. */
  list(name: string): readonly string[]
  /** For parsers of their own, such as the graph's. */
  readonly raw: URLSearchParams
}

/** More than any client sends, and cheap to refuse. */
const maxParameters = 100

/** `known`: the names that the route allows; undefined = any. Throws BIN-QUERY-PARAM. */
export function readParameters(search: string, known: readonly string[] | undefined): Parameters {
  const raw = new URLSearchParams(search)
  const names = [...raw.keys()]
  if (names.length > maxParameters)
    throw refused(`too many query parameters: ${names.length}`, `Send at most ${maxParameters}.`)
  const unknown = known && names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw refused(`unsupported query parameter '${clip(unknown)}'`, `Allowed here: ${known?.join(', ') || 'none'}.`)
  const text = (name: string): string => {
    const values = raw.getAll(name)
    if (values.length > 1) throw refused(`query parameter '${name}' is given ${values.length} times`, 'Give it once.')
    return values[0] ?? ''
  }
  return {
    raw,
    text,
    boolean: (name, byDefault) => {
      const value = text(name)
      if (value === '') return byDefault
      if (truths.includes(value)) return true
      if (falsehoods.includes(value)) return false
      throw refused(`cannot parse query parameter '${name}'`, 'Use `true` or `false`.')
    },
    duration: (name, byDefault) => {
      const value = text(name)
      if (value === '') return byDefault
      const seconds = durationS(value)
      if (seconds === undefined || seconds > maxDurationS)
        throw refused(
          `invalid '${name}' value: ${JSON.stringify(clip(value))}`,
          'Use a duration such as `30s`, `5m` or `1h`.',
        )
      return seconds
    },
    time: (name) => {
      const value = text(name)
      if (value === '') return undefined
      if (!/^[+-]?[0-9]{1,15}$/.test(value) || Number(value) < 0)
        throw refused(`cannot parse query parameter '${name}'`, 'Use Unix seconds.')
      return Number(value)
    },
    oneOf: (name, values) => {
      const value = text(name)
      const found = values.find((candidate) => candidate === value)
      if (found !== undefined || value === '') return found ?? ''
      throw refused(
        `query parameter '${name}' must be one of [${values.join(' ')}]`,
        'Use one of them, or leave it out.',
      )
    },
    list: (name) => {
      const parts = text(name)
        .split(',')
        .map((part) => part.trim())
      return [...new Set(parts.filter((part) => part !== ''))]
    },
  }
}

/** As Go's strconv.ParseBool. */
const truths = ['1', 't', 'T', 'TRUE', 'true', 'True']
const falsehoods = ['0', 'f', 'F', 'FALSE', 'false', 'False']

/** Longer than any metrics store remembers. */
const maxDurationS = 100 * 31_536_000

const clip = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text)

const refused = (message: string, remedy: string): BinocleError =>
  new BinocleError('BIN-QUERY-PARAM', message, { remedy })
