/**
 * Cuts JSON into the elements of the lists that lie at one depth while it arrives, without secrets: no step over what is
 * tens of megabytes may hold the event loop. Elements stay text until somebody reads them.
 */
import { isRecord, type Json } from '../inventory/json.ts'
import { backslashMark, closeMark, marks, openMark, quoteMark } from '../outbound/jsonMarks.ts'
import { redacted, redactedElement } from './redactDump.ts'

/** A field of an object: `elements` of a list, each as JSON text. */
export type Field = { readonly name: string } & ({ readonly elements: readonly string[] } | { readonly value: unknown })

/** All but the elements of the lists, and these in the order in which they came. */
export interface Cut {
  /** Parsed, with an empty object in the place of each element that is one. */
  readonly frame: unknown
  /** The fields of an object of the frame, which must be asked for in the order of the frame. */
  fieldsOf(object: Json): readonly Field[]
}

export interface Cutter {
  /** Throws `SyntaxError`. */
  push(chunk: Uint8Array): void
  /** Throws `SyntaxError` on what is not complete. */
  end(): Cut
}

/** `listDepth`: how many brackets are open within such a list; the list must be the value of a field. */
export function createCutter(listDepth: number): Cutter {
  const elements: string[] = []
  /** All but the elements, with `{}` in the place of each. */
  const frame: string[] = []
  let pieces: Uint8Array[] = []
  let depth = 0
  let inString = false
  let escaped = false
  let inList = false

  function taken(last: Uint8Array): string {
    pieces.push(last)
    const text = Buffer.concat(pieces).toString('utf8')
    pieces = []
    return text
  }

  return {
    push: (chunk) => {
      const { length } = chunk
      let from = 0
      let at = escaped ? 1 : 0
      escaped = false
      for (; at < length; at++) {
        const mark = marks[chunk[at] ?? 0]
        if (mark === 0) continue
        if (inString) {
          if (mark === quoteMark) inString = false
          else if (mark === backslashMark && ++at === length) escaped = true
        } else if (mark === quoteMark) inString = true
        else if (mark === openMark) {
          const isBracket = chunk[at] === openBracket
          if (inList && depth === listDepth && !isBracket) {
            frame.push(taken(chunk.subarray(from, at)), '{}')
            from = at
          }
          depth++
          if (isBracket && depth === listDepth) inList = true
        } else if (mark === closeMark) {
          depth--
          if (depth < 0) throw new SyntaxError('it is not JSON')
          if (!inList) continue
          if (depth < listDepth) inList = false
          else if (depth === listDepth && chunk[at] !== closeBracket) {
            elements.push(redactedElement(taken(chunk.subarray(from, at + 1))))
            from = at + 1
          }
        }
      }
      if (from < length) pieces.push(chunk.subarray(from))
    },
    end: () => {
      if (depth !== 0) throw new SyntaxError('it is not complete')
      frame.push(taken(new Uint8Array()))
      let next = 0
      const element = (): string => elements[next++] ?? '{}'
      return { frame: JSON.parse(frame.join('')), fieldsOf: (object) => fieldsOf(object, element) }
    },
  }
}

const fieldsOf = (object: Json, next: () => string): Field[] =>
  Object.entries(object).map(([name, value]) => {
    if (!Array.isArray(value)) return { name, value: redacted(value, name) }
    // Objects were cut out; whatever else stands in a list stayed.
    return { name, elements: value.map((each: unknown) => (isRecord(each) ? next() : JSON.stringify(each))) }
  })

const openBracket = 0x5b
const closeBracket = 0x5d
