/** Reads places of a proxy's configuration, of which every part may be missing: what is not there is empty. */
import { isRecord, type Json } from '../inventory/json.ts'

/** What stands at the end of the path. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) found = isRecord(found) ? found[name] : undefined
  return found
}

export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

export function numberAt(value: unknown, ...path: readonly string[]): number {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : 0
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] =>
  listAt(value, ...path).filter((each) => typeof each === 'string')

export function recordAt(value: unknown, ...path: readonly string[]): Json {
  const found = at(value, ...path)
  return isRecord(found) ? found : {}
}
