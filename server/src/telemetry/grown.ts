/** Puts what `from` holds at the beginning of `to`, which takes its place. */
export function grown<T extends Float64Array | Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
