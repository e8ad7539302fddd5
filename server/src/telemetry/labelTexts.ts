/**
 * Texts of labels, each once, by the bytes in which they arrive. An answer about a whole mesh holds hundreds of thousands
 * of label values but only some thousands of different ones: looking a value up among those costs less than making a
 * string of it. Exact: bytes are compared, four at a time; the hash only says where to look.
 */
import { grown } from './grown.ts'

/** Number of a label that is not there. */
export const absent = 0

/** Differs from process to process, so that nobody can choose texts that are looked for in the same place. */
export const hashSeed = Math.floor(Math.random() * 0x7fffffff)

/** Of a text: `mixed` with each of its words of four bytes, the last one filled up with zeros if there is one. */
export function mixed(hash: number, word: number): number {
  const next = Math.imul(hash ^ word, 0x9e3779b1)
  return next ^ (next >>> 15)
}

export class LabelTexts {
  /** By number. */
  private readonly texts: (string | undefined)[] = [undefined]
  /** Where the words of each begin; those of the next begin where they end. */
  private starts = new Uint32Array(64)
  private lengths = new Uint32Array(64)
  private hashes = new Int32Array(64)
  private words = new Int32Array(256)
  /** Open addressing: numbers, 0 for nothing; never more than half full. */
  private places = new Uint32Array(128)
  /** Texts with other characters than ASCII: nobody gives these by their bytes. */
  private readonly others = new Map<string, number>()

  text(number: number): string | undefined {
    return this.texts[number]
  }

  get size(): number {
    return this.texts.length - 1
  }

  /** The number of the ASCII text of `length` bytes from `from` on. `tail`: its last word if that is not whole. */
  numberOfBytes(bytes: DataView, from: number, length: number, hash: number, tail: number): number {
    const mask = this.places.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = this.places[place] ?? 0
      if (number === 0) return this.add(bytes, from, length, hash, tail)
      if (this.hashes[number] === hash && this.holds(number, bytes, from, length, tail)) return number
    }
  }

  numberOf(text: string | undefined): number {
    if (text === undefined) return absent
    const { buffer, byteOffset, byteLength } = Buffer.from(text)
    if (byteLength !== text.length) return this.numberOfOther(text)
    const bytes = new DataView(buffer, byteOffset, byteLength)
    const whole = byteLength & ~3
    let hash = hashSeed
    for (let at = 0; at < whole; at += 4) hash = mixed(hash, bytes.getInt32(at, true))
    let tail = 0
    for (let at = whole; at < byteLength; at++) tail |= bytes.getUint8(at) << (8 * (at - whole))
    if (whole < byteLength) hash = mixed(hash, tail)
    return this.numberOfBytes(bytes, 0, byteLength, hash, tail)
  }

  private numberOfOther(text: string): number {
    const known = this.others.get(text)
    if (known !== undefined) return known
    const number = this.append(text, 0)
    this.others.set(text, number)
    return number
  }

  private holds(number: number, bytes: DataView, from: number, length: number, tail: number): boolean {
    if (this.lengths[number] !== length) return false
    const { words } = this
    let word = this.starts[number] ?? 0
    const whole = from + (length & ~3)
    for (let at = from; at < whole; at += 4, word++) if (words[word] !== bytes.getInt32(at, true)) return false
    return (length & 3) === 0 || words[word] === tail
  }

  private add(bytes: DataView, from: number, length: number, hash: number, tail: number): number {
    const whole = length >> 2
    let word = this.starts[this.texts.length] ?? 0
    if (word + whole + 1 > this.words.length) {
      this.words = grown(this.words, new Int32Array(Math.max(this.words.length * 2, word + whole + 1)))
    }
    for (let i = 0; i < whole; i++) this.words[word++] = bytes.getInt32(from + 4 * i, true)
    if ((length & 3) !== 0) this.words[word++] = tail
    const number = this.append(Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('latin1'), length)
    this.starts[number + 1] = word
    this.hashes[number] = hash
    if (this.texts.length * 2 > this.places.length) this.replace()
    else this.put(number)
    return number
  }

  /** Without words yet. */
  private append(text: string, length: number): number {
    const number = this.texts.length
    if (number + 2 > this.starts.length) {
      this.starts = grown(this.starts, new Uint32Array(this.starts.length * 2))
      this.lengths = grown(this.lengths, new Uint32Array(this.lengths.length * 2))
      this.hashes = grown(this.hashes, new Int32Array(this.hashes.length * 2))
    }
    this.texts.push(text)
    this.lengths[number] = length
    this.starts[number + 1] = this.starts[number] ?? 0
    return number
  }

  private put(number: number): void {
    const mask = this.places.length - 1
    let place = (this.hashes[number] ?? 0) & mask
    while (this.places[place] !== 0) place = (place + 1) & mask
    this.places[place] = number
  }

  private replace(): void {
    const numbers = this.places
    this.places = new Uint32Array(numbers.length * 2)
    for (const number of numbers) if (number !== 0) this.put(number)
    this.put(this.texts.length - 1)
  }
}
