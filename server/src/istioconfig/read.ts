/**
 * Lenient readers of Istio's objects: whoever may write configuration may write nonsense, so what has the wrong type
 * reads as absent and nothing here throws.
 */
import type { Labels } from '../inventory/objects.ts'

export type Fields = Readonly<Record<string, unknown>>

const nothing: Fields = Object.freeze({})
const noLabels: Labels = Object.freeze({})

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : nothing
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The members that are objects. */
export const recordsOf = (value: unknown): readonly Fields[] => listOf(value).filter(isFields)

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((member) => typeof member === 'string')

export const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A map of texts; members of another type are dropped. */
export function labelsOf(value: unknown): Labels {
  if (!isFields(value)) return noLabels
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(entries)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
