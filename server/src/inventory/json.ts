/**
 * Reads unknown JSON into types. What is absent or null reads as empty; what has the wrong type is a `Malformed` that
 * names the place, so that an odd object becomes one rejection and never a crash.
 */

export type Json = Readonly<Record<string, unknown>>

/** Thrown inside a parser; its message names the field and the type it should have. Holds no value of the object. */
export class Malformed extends Error {
  constructor(field: string, expected: string) {
    super(`${field} is not ${expected}`)
    this.name = 'Malformed'
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: Json = Object.freeze({})
const none: readonly unknown[] = Object.freeze([])

export function record(parent: Json, field: string): Json {
  const value = parent[field]
  if (value === undefined || value === null) return nothing
  if (!isRecord(value)) throw new Malformed(field, 'an object')
  return value
}

export function list(parent: Json, field: string): readonly unknown[] {
  const value = parent[field]
  if (value === undefined || value === null) return none
  if (!Array.isArray(value)) throw new Malformed(field, 'a list')
  return value
}

export function records(parent: Json, field: string): readonly Json[] {
  return list(parent, field).map((value) => {
    if (!isRecord(value)) throw new Malformed(`${field}[]`, 'an object')
    return value
  })
}

export function text(parent: Json, field: string): string {
  const value = parent[field]
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw new Malformed(field, 'a string')
  return value
}

export function texts(parent: Json, field: string): readonly string[] {
  return list(parent, field).map((value) => {
    if (typeof value !== 'string') throw new Malformed(`${field}[]`, 'a string')
    return value
  })
}

export function count(parent: Json, field: string, byDefault = 0): number {
  const value = parent[field]
  if (value === undefined || value === null) return byDefault
  if (typeof value !== 'number') throw new Malformed(field, 'a number')
  return value
}

export function flag(parent: Json, field: string): boolean {
  const value = parent[field]
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw new Malformed(field, 'a boolean')
  return value
}
