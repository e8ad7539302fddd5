/**
 * Reads a sample of an instant vector from its bytes as Prometheus writes them, `{"metric":{...},"value":[1,"2"]}`, without
 * making a string of a label: of a whole mesh there are hundreds of thousands. It goes by four bytes at a time. What is
 * written otherwise, holds escapes or ends in the next piece is left to the parser of JSON.
 */
import { backslash, closeBrace, closeBracket, colon, comma, quote } from '../outbound/jsonMarks.ts'
import { absent, hashSeed, type LabelTexts, mixed } from './labelTexts.ts'

export class SampleBytes {
  /** Of the sample last read: the number of each label's text, in the order of `labels`. */
  readonly numbers: Uint32Array
  /** Of the sample last read. */
  value = Number.NaN
  private readonly slots: ReadonlyMap<string, number>
  private readonly texts: LabelTexts
  /** The labels of the sample before, as they are written, and their values: the next one has nearly the same. */
  private readonly before: Said[] = []
  private readonly labels: Label[] = []
  private piece: Uint8Array = new Uint8Array()
  private bytes: DataView = new DataView(this.piece.buffer)
  private buffer: Buffer = Buffer.alloc(0)

  constructor(texts: LabelTexts, labels: readonly string[]) {
    this.texts = texts
    this.slots = new Map(labels.map((label, slot) => [label, slot]))
    this.numbers = new Uint32Array(labels.length)
  }

  /** Reads the sample that begins at `at`. Returns where it ends; -1 when it is not for us. */
  read(piece: Uint8Array, at: number): number {
    if (this.piece !== piece) {
      this.piece = piece
      this.bytes = new DataView(piece.buffer, piece.byteOffset, piece.length)
      this.buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
      for (const said of this.before) said.length = -1
    }
    this.numbers.fill(absent)
    if (!isWritten(this.bytes, at, metricOpens)) return -1
    let end = at + metricOpens.length
    if (piece[end] === closeBrace) end++
    else {
      for (let nth = 0; ; nth++) {
        end = this.readLabel(end, nth)
        if (end < 0) return -1
        const after = piece[end++]
        if (after === closeBrace) break
        if (after !== comma) return -1
      }
    }
    return this.readValue(end)
  }

  private readLabel(begin: number, nth: number): number {
    const { bytes } = this
    let said = this.before[nth]
    if (said === undefined || !isWritten(bytes, begin, said.label)) {
      const label = this.labelAt(begin)
      if (label === undefined) return -1
      said = { label, from: 0, length: -1, number: absent }
      this.before[nth] = said
    }
    const from = begin + said.label.length
    const { slot } = said.label
    if (said.length >= 0 && this.isSaidAgain(from, said)) {
      if (slot >= 0) this.numbers[slot] = said.number
      said.from = from
      return from + said.length + 1
    }
    const lastWord = bytes.byteLength - 4
    let hash = hashSeed
    let at = from
    for (; at <= lastWord; at += 4) {
      const word = bytes.getInt32(at, true)
      if (!isPlainWord(word)) break
      hash = mixed(hash, word)
    }
    const end = this.readEnd(slot, from, at, hash)
    said.from = from
    said.length = end < 0 ? -1 : end - 1 - from
    said.number = slot < 0 ? absent : (this.numbers[slot] ?? absent)
    return end
  }

  /** Does the value of the sample before stand here too, up to its quote? */
  private isSaidAgain(at: number, { from, length }: Said): boolean {
    const { piece, bytes } = this
    if (piece[at + length] !== quote) return false
    let i = 0
    for (; i <= length - 4; i += 4) if (bytes.getInt32(at + i, true) !== bytes.getInt32(from + i, true)) return false
    for (; i < length; i++) if (piece[at + i] !== piece[from + i]) return false
    return true
  }

  /** The rest of a label's value, of which the text ends within the next four bytes, or which is not for us. */
  private readEnd(slot: number, from: number, lastWord: number, hash: number): number {
    const { piece } = this
    let tail = 0
    for (let at = lastWord; at < piece.length && at <= lastWord + 3; at++) {
      const byte = piece[at] ?? 0
      if (byte === quote) {
        const whole = at === lastWord ? hash : mixed(hash, tail)
        if (slot >= 0) this.numbers[slot] = this.texts.numberOfBytes(this.bytes, from, at - from, whole, tail)
        return at + 1
      }
      if (!isPlain(byte)) return -1
      tail |= byte << (8 * (at - lastWord))
    }
    return -1
  }

  /** `,"value":[1700000000.123,"0.5"]}` */
  private readValue(at: number): number {
    const { piece } = this
    if (!isWritten(this.bytes, at, valueOpens)) return -1
    let from = at + valueOpens.length
    while (isNumeric(piece[from])) from++
    if (piece[from] !== comma || piece[from + 1] !== quote) return -1
    from += 2
    let to = from
    while (isNumeric(piece[to])) to++
    // Infinities, and what is no number, are read elsewhere.
    if (to === from || piece[to] !== quote || piece[to + 1] !== closeBracket || piece[to + 2] !== closeBrace) return -1
    this.value = Number(this.buffer.toString('latin1', from, to))
    return to + 3
  }

  /** `"name":"` as it is written at `at`; undefined when no plain name is. */
  private labelAt(at: number): Label | undefined {
    const { piece, buffer } = this
    if (piece[at] !== quote) return undefined
    for (const label of this.labels) if (isWritten(this.bytes, at, label)) return label
    for (let to = at + 1; to < piece.length; to++) {
      const byte = piece[to] ?? 0
      if (byte === quote) {
        if (piece[to + 1] !== colon || piece[to + 2] !== quote) return undefined
        const name = buffer.toString('latin1', at + 1, to)
        const label = { slot: this.slots.get(name) ?? -1, ...written(`"${name}":"`) }
        if (this.labels.length < manyLabels) this.labels.push(label)
        return label
      }
      if (!isPlain(byte)) return undefined
    }
    return undefined
  }
}

/** A text as it is written, of at least four bytes. */
interface Written {
  readonly length: number
  readonly words: Int32Array
  /** The last four bytes, some of which the last whole word may hold too. */
  readonly last: number
}

interface Label extends Written {
  /** -1: of no interest. */
  readonly slot: number
}

/** What the sample before said at this place. */
interface Said {
  readonly label: Label
  /** Where its value begins in this piece, and how long it is; -1: it does not stand in this piece. */
  from: number
  length: number
  number: number
}

/** More than any query groups by. */
const manyLabels = 64

function written(text: string): Written {
  const bytes = Buffer.from(text, 'latin1')
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readInt32LE(4 * i))
  return { length: bytes.length, words, last: bytes.readInt32LE(bytes.length - 4) }
}

function isWritten(bytes: DataView, at: number, { length, words, last }: Written): boolean {
  if (at + length > bytes.byteLength) return false
  for (let i = 0; i < words.length; i++) if (bytes.getInt32(at + 4 * i, true) !== words[i]) return false
  return bytes.getInt32(at + length - 4, true) === last
}

const metricOpens = written('{"metric":{')
const valueOpens = written(',"value":[')

/** Stands for itself in JSON, and is one byte of ASCII. */
const isPlain = (byte: number): boolean => byte >= 0x20 && byte < 0x80 && byte !== backslash

/** Four plain bytes, none of them a quote. In `x - ones & ~x` the highest bit of a byte says that it is zero. */
function isPlainWord(word: number): boolean {
  const quotes = word ^ 0x22222222
  const backslashes = word ^ 0x5c5c5c5c
  const zeros = ((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes)
  const controls = (word - 0x20202020) & ~word
  return ((zeros | controls | word) & highest) === 0
}

const ones = 0x01010101
const highest = 0x80808080

/** Of a finite number: digits, signs, a point and an exponent. */
const isNumeric = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2d || byte === 0x2b || byte === 0x65)
