/** Works through many pieces of JSON in short turns, so that others have theirs. */
import type { Pacer } from '../outbound/pacer.ts'

/** So many characters are parsed in one turn, about. */
const turnLength = 128 << 10

/** What `rows` makes of each element, in order. Throws `SyntaxError`. */
export async function inTurns<Row>(
  elements: readonly string[],
  rows: (element: unknown) => readonly Row[],
  pacer: Pacer,
): Promise<Row[]> {
  const made: Row[] = []
  for (let next = 0; next < elements.length; ) {
    await pacer.run(() => {
      for (let length = 0; length < turnLength && next < elements.length; next++) {
        const text = elements[next] ?? ''
        length += text.length
        for (const row of rows(JSON.parse(text))) made.push(row)
      }
    })
  }
  return made
}
