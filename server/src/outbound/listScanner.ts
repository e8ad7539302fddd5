/**
 * Cuts the body of a Kubernetes List, or of another answer that holds one long list, into its items while it arrives, so
 * that each item is parsed alone: parsing a page of 500 pods at once would hold the event loop for a tenth of a second.
 * It knows braces, strings and one key, and leaves everything else to the parser of the item.
 */
import {
  backslash,
  backslashMark,
  closeBrace,
  closeBracket,
  closeMark,
  marks,
  openBrace,
  openBracket,
  openMark,
  quote,
  quoteMark,
} from './jsonMarks.ts'

export interface ListScanner {
  /** Whole items, as JSON text, that the chunk completes. Throws `SyntaxError` on what is no JSON object. */
  push(chunk: Uint8Array): string[]
  /** The rest of the body as JSON text, with `"items":[]`. Throws `SyntaxError` when the body is not complete. */
  end(): string
}

/** Where the list stands. */
export interface ListPlace {
  readonly key: string
  /** Of the list itself: that of a field of the outermost object is 2. */
  readonly depth: number
}

const kubernetesItems: ListPlace = { key: 'items', depth: 2 }

/** Who gets the items one by one, in their order, rather than from `push`. */
export interface ItemSink {
  /**
   * Reads an item that begins at `at` of a chunk from its bytes: returns where it ends, or -1 for one that is to be put.
   * What it reads is an object of whose end it is sure.
   */
  take(chunk: Uint8Array, at: number): number
  put(text: string): void
}

/** `maxBytes` bounds one item, and all that is not an item. With a `sink`, `push` returns nothing. */
export function createListScanner(maxBytes: number, place = kubernetesItems, sink?: ItemSink): ListScanner {
  const itemsDepth = place.depth
  const keyDepth = itemsDepth - 1
  const item = createPieces(maxBytes)
  const envelope = createPieces(maxBytes)
  const key = createPieces(maxBytes)
  let depth = 0
  let inString = false
  let escaped = false
  let inItems = false
  let begun = false

  /** An item that came in several pieces is taken as one. */
  function give(sink: ItemSink, pieces: Pieces): void {
    const whole = pieces.whole()
    if (sink.take(whole, 0) !== whole.length) sink.put(decode(whole))
  }

  /** A byte outside strings and items. Returns where the part of the chunk begins that is not yet kept. */
  function outside(chunk: Uint8Array, at: number, from: number): number {
    const byte = chunk[at]
    if (byte === quote) {
      inString = true
      if (depth === keyDepth) key.clear()
    } else if (byte === openBrace || byte === openBracket) {
      if (!begun && byte !== openBrace) throw new SyntaxError('it is not a JSON object')
      begun = true
      depth++
      if (byte === openBracket && depth === itemsDepth && key.text() === place.key) {
        envelope.keep(chunk.subarray(from, at + 1))
        inItems = true
        return at + 1
      }
    } else if (byte === closeBrace || byte === closeBracket) depth--
    else if (!begun && byte !== undefined && byte > space) throw new SyntaxError('it is not JSON')
    return from
  }

  return {
    push: (chunk) => {
      const items: string[] = []
      let from = 0
      let keyFrom = 0
      for (let at = 0; at < chunk.length; at++) {
        if (inItems) {
          // The hot loop, on local variables: hundreds of megabytes pass through it when a big mesh is synced.
          const { length } = chunk
          let nested = depth
          let quoted = inString
          let skip = false
          if (escaped) at++
          for (; at < length; at++) {
            const mark = marks[chunk[at] ?? 0]
            if (mark === 0) continue
            if (quoted) {
              // What a backslash precedes is no mark; only the next byte can be one.
              if (mark === quoteMark) quoted = false
              else if (mark === backslashMark) {
                at++
                if (at === length) skip = true
              }
            } else if (mark === quoteMark) quoted = true
            else if (mark === openMark) {
              if (nested === itemsDepth) {
                const end = sink === undefined ? -1 : sink.take(chunk, at)
                from = end < 0 ? at : end
                if (end >= 0) {
                  at = end - 1
                  continue
                }
              }
              nested++
            } else if (mark === closeMark) {
              nested--
              if (nested === itemsDepth) {
                item.keep(chunk.subarray(from, at + 1))
                if (sink === undefined) items.push(item.text())
                else give(sink, item)
                item.clear()
                from = at + 1
              } else if (nested < itemsDepth) {
                inItems = false
                from = at
                break
              }
            }
          }
          depth = nested
          inString = quoted
          escaped = skip
        } else if (inString) {
          const byte = chunk[at]
          if (escaped) escaped = false
          else if (byte === backslash) escaped = true
          else if (byte === quote) {
            inString = false
            if (depth === keyDepth) key.keep(chunk.subarray(keyFrom, at))
            keyFrom = 0
          }
        } else {
          from = outside(chunk, at, from)
          keyFrom = at + 1
        }
      }
      if (!inItems) {
        if (inString && depth === keyDepth) key.keep(chunk.subarray(keyFrom))
        envelope.keep(chunk.subarray(from))
      } else if (depth > itemsDepth) item.keep(chunk.subarray(from))
      return items
    },
    end: () => {
      if (!begun || depth !== 0) throw new SyntaxError('it is not complete')
      return envelope.text()
    },
  }
}

interface Pieces {
  keep(piece: Uint8Array): void
  whole(): Uint8Array
  text(): string
  clear(): void
}

function createPieces(maxBytes: number): Pieces {
  let pieces: Uint8Array[] = []
  let bytes = 0
  const whole = () => {
    const [only] = pieces
    return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces, bytes)
  }
  return {
    whole,
    keep: (piece) => {
      bytes += piece.length
      if (bytes > maxBytes) throw new SyntaxError(`a part of it is longer than ${maxBytes} bytes`)
      if (piece.length > 0) pieces.push(piece)
    },
    text: () => decode(whole()),
    clear: () => {
      pieces = []
      bytes = 0
    },
  }
}

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

const space = 0x20
