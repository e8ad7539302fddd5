/** The text of an answer, up to a limit: whoever answers decides neither about our memory nor about our time. */

/** Longer than `maxBytes`, after decompression. */
export class TooLong extends Error {}

/** Throws `TooLong`, and what reading throws. */
export async function boundedText(body: AsyncIterable<unknown>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.length
    if (bytes > maxBytes) throw new TooLong(`longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes).toString('utf8')
}
