/**
 * Maps keyed by response code. A plain `{}` with the key `200` makes V8 lay out an array of 300 slots, 2.5 KB for one
 * number; with tens of thousands of edges and workloads that is most of the memory. One far key, removed again, makes
 * it a small dictionary.
 */
export function codeMap<T>(): Record<string, T> {
  const map: Record<string, T> = {}
  Object.defineProperty(map, farKey, { configurable: true, value: undefined })
  delete map[farKey]
  return map
}

/** Beyond what V8 keeps as an array. */
const farKey = '1000000'
