/**
 * Reads a sample of an instant vector from its bytes as Prometheus writes them, `{"metric":{...},"value":[1,"2"]}`, without
 * making a string of a label: of a whole mesh there are hundreds of thousands. What is written otherwise, holds escapes
 * or ends in the next piece is left to the parser of JSON.
 */
import { absent, hashByte, hashSeed, type LabelTexts } from './labelTexts.ts'

export class SampleBytes {
  /** Of the sample last read: the number of each label's text, in the order of `labels`. */
  readonly numbers: Uint32Array
  /** Of the sample last read. */
  value = Number.NaN
  private readonly slots: ReadonlyMap<string, number>
  private readonly texts: LabelTexts
  /** The labels of the sample before, as they are written: the next one has nearly the same. */
  private readonly expected: { readonly written: Uint8Array; readonly slot: number }[] = []

  constructor(texts: LabelTexts, labels: readonly string[]) {
    this.texts = texts
    this.slots = new Map(labels.map((label, slot) => [label, slot]))
    this.numbers = new Uint32Array(labels.length)
  }

  /** Reads the sample that begins at `at`. Returns where it ends; -1 when it is not for us. */
  read(piece: Uint8Array, at: number): number {
    this.numbers.fill(absent)
    if (!isWritten(piece, at, metricOpens)) return -1
    let end = at + metricOpens.length
    if (piece[end] === closeBrace) end++
    else {
      for (let nth = 0; ; nth++) {
        end = this.readLabel(piece, end, nth)
        if (end < 0) return -1
        const after = piece[end++]
        if (after === closeBrace) break
        if (after !== comma) return -1
      }
    }
    return this.readValue(piece, end)
  }

  private readLabel(piece: Uint8Array, at: number, nth: number): number {
    let label = this.expected[nth]
    if (label === undefined || !isWritten(piece, at, label.written)) {
      const written = nameAt(piece, at)
      if (written === undefined) return -1
      label = { written, slot: this.slots.get(Buffer.from(written).toString('latin1', 1, written.length - 3)) ?? -1 }
      this.expected[nth] = label
    }
    const from = at + label.written.length
    const { length } = piece
    let hash = hashSeed
    for (let to = from; to < length; to++) {
      const byte = piece[to] ?? 0
      if (byte === quote) {
        if (label.slot >= 0) this.numbers[label.slot] = this.texts.numberOfBytes(piece, from, to, hash)
        return to + 1
      }
      if (!isPlain(byte)) return -1
      hash = hashByte(hash, byte)
    }
    return -1
  }

  /** `,"value":[1700000000.123,"0.5"]}` */
  private readValue(piece: Uint8Array, at: number): number {
    if (!isWritten(piece, at, valueOpens)) return -1
    let from = at + valueOpens.length
    while (isNumeric(piece[from])) from++
    if (piece[from] !== comma || piece[from + 1] !== quote) return -1
    from += 2
    let to = from
    while (isNumeric(piece[to])) to++
    // Infinities, and what is no number, are read elsewhere.
    if (to === from || !isWritten(piece, to, valueCloses)) return -1
    this.value = Number(Buffer.from(piece.buffer, piece.byteOffset + from, to - from).toString('latin1'))
    return to + valueCloses.length
  }
}

const quote = 0x22
const comma = 0x2c
const closeBrace = 0x7d
const backslash = 0x5c
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const metricOpens = bytesOf('{"metric":{')
const valueOpens = bytesOf(',"value":[')
const valueCloses = bytesOf('"]}')

/** Stands for itself in JSON, and is one byte of ASCII. */
const isPlain = (byte: number): boolean => byte >= 0x20 && byte < 0x7f && byte !== backslash

/** Of a finite number: digits, signs, a point and an exponent. */
const isNumeric = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2d || byte === 0x2b || byte === 0x65)

function isWritten(piece: Uint8Array, at: number, written: Uint8Array): boolean {
  if (at + written.length > piece.length) return false
  for (let i = 0; i < written.length; i++) if (piece[at + i] !== written[i]) return false
  return true
}

/** `"name":"` as it is written at `at`; undefined when no plain name is. */
function nameAt(piece: Uint8Array, at: number): Uint8Array | undefined {
  if (piece[at] !== quote) return undefined
  for (let to = at + 1; to < piece.length; to++) {
    const byte = piece[to] ?? 0
    if (byte === quote)
      return isWritten(piece, to, nameCloses) ? new Uint8Array(piece.subarray(at, to + nameCloses.length)) : undefined
    if (!isPlain(byte)) return undefined
  }
  return undefined
}

const nameCloses = bytesOf('":"')
