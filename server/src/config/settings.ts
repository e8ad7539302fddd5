/**
 * The settings that were actually written, by key: file, then environment, then flags. Reads them by the table of
 * `keys.ts`, so that a value is checked once and a default stands in one place.
 */
import { BinocleError } from '../errors.ts'
import { durationS } from './duration.ts'
import { type Key, keys } from './keys.ts'

/** What the loader has to say without being stopped by it. */
export interface Diagnostic {
  readonly key: string
  readonly message: string
}

export interface Settings {
  text(path: string): string
  integer(path: string): number
  boolean(path: string): boolean
  /** Seconds. */
  duration(path: string): number
  texts(path: string): readonly string[]
  map(path: string): Readonly<Record<string, string>>
  /** undefined when it was not set. */
  tree(path: string): unknown
}

export const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const byPath = new Map(keys.map((key) => [key.path, key]))

/** Layers of decreasing precedence, each keyed by the path of `keys.ts`. */
export function settingsOf(layers: readonly ReadonlyMap<string, unknown>[]): Settings {
  const find = (path: string): { key: Key; value: unknown } => {
    const key = byPath.get(path)
    if (!key) throw new Error(`No such configuration key: ${path}`)
    const layer = layers.find((candidate) => candidate.get(path) !== undefined && candidate.get(path) !== null)
    return { key, value: layer?.get(path) ?? (key.default === '' ? '' : key.default) }
  }
  return {
    text: (path) => {
      const { key, value } = find(path)
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
        throw wrong(key, value, 'a text')
      if (key.oneOf && !key.oneOf.includes(String(value)))
        throw wrong(key, value, `one of ${key.oneOf.filter(Boolean).join(', ')}`)
      return String(value)
    },
    integer: (path) => {
      const { key, value } = find(path)
      const number = typeof value === 'string' && value !== '' ? Number(value) : value
      if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
        throw wrong(key, value, 'a whole number of 0 or more')
      return number
    },
    boolean: (path) => {
      const { key, value } = find(path)
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      throw wrong(key, value, '`true` or `false`')
    },
    duration: (path) => {
      const { key, value } = find(path)
      const text = String(value)
      const seconds = /^[0-9]{1,9}$/.test(text) ? Number(text) : durationS(text)
      if (seconds === undefined) throw wrong(key, value, 'a duration such as `30s` or `5m`')
      return seconds
    },
    texts: (path) => {
      const { key, value } = find(path)
      if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value
      if (typeof value === 'string')
        return value
          .replace(/^\[|\]$/g, '')
          .split(',')
          .map((text) => text.trim())
          .filter((text) => text !== '')
      throw wrong(key, value, 'a list of texts')
    },
    map: (path) => {
      const { key, value } = find(path)
      if (value === '{}') return {}
      if (!isTree(value)) throw wrong(key, value, 'a map of texts')
      return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
    },
    tree: (path) => layers.find((layer) => layer.get(path) !== undefined)?.get(path),
  }
}

/** What was written is repeated only where it can be no secret. */
function wrong(key: Key, value: unknown, expected: string): BinocleError {
  const isPlain = key.oneOf !== undefined || ['boolean', 'duration', 'integer'].includes(key.type)
  const written = isPlain ? `is ${JSON.stringify(value)} but ` : ''
  return new BinocleError('BIN-CONFIG-KEY', `${key.path} ${written}must be ${expected}.`, {
    remedy: `See ${key.path} in docs/configuration.md.`,
  })
}

/** Flattens a parsed file to the keys it sets, and names what is unknown or not acted upon. */
export function settingsIn(file: unknown): { settings: Map<string, unknown>; diagnostics: Diagnostic[] } {
  const settings = new Map<string, unknown>()
  const diagnostics: Diagnostic[] = []
  const walk = (value: unknown, path: string): void => {
    const key = byPath.get(path)
    if (key && (key.honoured !== 'no' || !hasKeysBelow(path))) {
      settings.set(path, value)
      if (key.honoured === 'no') diagnostics.push({ key: path, message: `${path} is not acted upon: ${key.meaning}` })
      return
    }
    if (isTree(value) && hasKeysBelow(path))
      for (const [name, below] of Object.entries(value)) walk(below, path === '' ? name : `${path}.${name}`)
    else if (value !== null || !hasKeysBelow(path))
      diagnostics.push(
        underIgnored(path)
          ? { key: path, message: `${path} is not acted upon.` }
          : { key: path, message: `${path} is not a known key.` },
      )
  }
  if (file !== null && file !== undefined) walk(file, '')
  return { settings, diagnostics }
}

const hasKeysBelow = (path: string): boolean => path === '' || keys.some((key) => key.path.startsWith(`${path}.`))

const underIgnored = (path: string): boolean =>
  keys.some((key) => key.honoured === 'no' && path.startsWith(`${key.path}.`))

/** `BINOCLE_SERVER_PORT` sets `server.port`; trees and maps cannot be set by the environment. */
export const variableOf = (path: string): string => `BINOCLE_${path.replaceAll('.', '_').toUpperCase()}`

export function settingsInEnvironment(env: Readonly<Record<string, string | undefined>>): Map<string, unknown> {
  const settings = new Map<string, unknown>()
  for (const key of keys) {
    const value = env[variableOf(key.path)]
    if (value !== undefined && key.honoured !== 'no' && key.type !== 'tree' && key.type !== 'map')
      settings.set(key.path, value)
  }
  return settings
}
