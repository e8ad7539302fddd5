/**
 * Cuts the body of a Kubernetes List into its items while it arrives, so that each item is parsed alone: parsing a page
 * of 500 pods at once would hold the event loop for a tenth of a second.
 */

export interface ListScanner {
  /** Whole items, as JSON text, that the chunk completes. Throws `SyntaxError` on what is no JSON object. */
  push(chunk: Uint8Array): string[]
  /** The rest of the List as JSON text, with `"items":[]`. Throws `SyntaxError` when the body is not complete. */
  end(): string
}

/** `maxBytes` bounds one item, and all that is not an item. */
export function createListScanner(maxBytes: number): ListScanner {
  let depth = 0
  let inString = false
  let escaped = false
  /** Depth inside which top-level items are found; 0 outside. */
  let itemsDepth = 0
  /** Bytes of the top-level key that was read last. */
  let key: number[] = []
  let keyText = ''
  let readingKey = false
  let begun = false
  let ended = false
  let kept: Uint8Array[] = []
  let keptBytes = 0
  const envelope: Uint8Array[] = []
  let envelopeBytes = 0

  function keep(part: Uint8Array): void {
    if (part.length === 0) return
    keptBytes += part.length
    if (keptBytes > maxBytes) throw new SyntaxError(`an item is longer than ${maxBytes} bytes`)
    kept.push(part)
  }

  function keepEnvelope(part: Uint8Array): void {
    envelopeBytes += part.length
    if (envelopeBytes > maxBytes) throw new SyntaxError(`a list's head is longer than ${maxBytes} bytes`)
    envelope.push(part)
  }

  return {
    push: (chunk) => {
      const items: string[] = []
      // Where the part of this chunk begins that is not yet kept: of the open item, or of the envelope.
      let from = 0
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at]
        if (inString) {
          if (escaped) escaped = false
          else if (byte === backslash) escaped = true
          else if (byte === quote) {
            inString = false
            if (readingKey) keyText = String.fromCharCode(...key)
            readingKey = false
          } else if (readingKey && byte !== undefined && key.length < 16) key.push(byte)
          continue
        }
        switch (byte) {
          case quote:
            inString = true
            if (depth === 1) {
              readingKey = true
              key = []
            }
            break
          case openBrace:
          case openBracket:
            if (!begun && byte !== openBrace) throw new SyntaxError('the answer is not a JSON object')
            begun = true
            if (itemsDepth > 0 && depth === itemsDepth) from = at
            depth++
            if (byte === openBracket && depth === 2 && keyText === 'items') {
              keepEnvelope(chunk.subarray(from, at + 1))
              from = at + 1
              itemsDepth = 2
            }
            break
          case closeBrace:
          case closeBracket:
            depth--
            if (itemsDepth > 0 && depth === itemsDepth) {
              keep(chunk.subarray(from, at + 1))
              items.push(Buffer.concat(kept, keptBytes).toString('utf8'))
              kept = []
              keptBytes = 0
              from = at + 1
            } else if (itemsDepth > 0 && depth === itemsDepth - 1) {
              itemsDepth = 0
              from = at
            } else if (depth === 0) ended = true
            break
          default:
            if (!begun && byte !== undefined && byte > space) throw new SyntaxError('the answer is not JSON')
        }
      }
      if (itemsDepth === 0) keepEnvelope(chunk.subarray(from))
      else if (depth > itemsDepth) keep(chunk.subarray(from))
      return items
    },
    end: () => {
      if (!ended) throw new SyntaxError('the answer is not complete')
      return Buffer.concat(envelope, envelopeBytes).toString('utf8')
    },
  }
}

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const space = 0x20
