/** Reading JSON of unknown shape: the few guards that the comparer needs. */

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

export const parseJson = (text: string): unknown => JSON.parse(text)

/** The value at a chain of keys; undefined where there is none. */
export function at(value: unknown, ...keys: string[]): unknown {
  let here = value
  for (const key of keys) {
    if (!isObject(here)) return undefined
    here = here[key]
  }
  return here
}

/** JSON with sorted keys: equal texts mean equal values. */
export function canonical(value: unknown): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined'
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}
