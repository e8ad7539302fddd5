/**
 * Texts of labels, each once, by the bytes in which they arrive. An answer about a whole mesh holds hundreds of thousands
 * of label values but only some thousands of different ones: looking a value up among those costs less than making a
 * string of it. Exact: bytes are compared, the hash only says where to look.
 */

/** `hashSeed` of the bytes' hash, `hashByte` one step of it; the seed differs from process to process. */
export const hashSeed = Math.floor(Math.random() * 0x7fffffff)
export const hashByte = (hash: number, byte: number): number => {
  const mixed = Math.imul(hash ^ byte, 0x01000193)
  return mixed ^ (mixed >>> 15)
}

/** Number of a label that is not there. */
export const absent = 0

export class LabelTexts {
  /** By number. */
  private readonly texts: (string | undefined)[] = [undefined]
  /** Where the bytes of each begin; those of the next begin where they end. */
  private starts = new Uint32Array(64)
  private hashes = new Int32Array(64)
  private bytes = new Uint8Array(1024)
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

  /** The number of the ASCII text between `from` and `to`; `hash` is that of its bytes. */
  numberOfBytes(piece: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.places.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = this.places[place] ?? 0
      if (number === 0) return this.add(piece, from, to, hash)
      if (this.hashes[number] === hash && this.holds(number, piece, from, to)) return number
    }
  }

  numberOf(text: string | undefined): number {
    if (text === undefined) return absent
    const bytes = Buffer.from(text)
    if (bytes.length === text.length) {
      let hash = hashSeed
      for (const byte of bytes) hash = hashByte(hash, byte)
      return this.numberOfBytes(bytes, 0, bytes.length, hash)
    }
    const known = this.others.get(text)
    if (known !== undefined) return known
    const number = this.append(text, 0)
    this.others.set(text, number)
    return number
  }

  private holds(number: number, piece: Uint8Array, from: number, to: number): boolean {
    const { bytes } = this
    const start = this.starts[number] ?? 0
    if ((this.starts[number + 1] ?? 0) - start !== to - from) return false
    for (let at = from, own = start; at < to; at++, own++) if (bytes[own] !== piece[at]) return false
    return true
  }

  private add(piece: Uint8Array, from: number, to: number, hash: number): number {
    const text = Buffer.from(piece.buffer, piece.byteOffset + from, to - from).toString('latin1')
    const start = this.starts[this.texts.length] ?? 0
    if (start + text.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, start + text.length))
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes.set(piece.subarray(from, to), start)
    const number = this.append(text, text.length)
    this.hashes[number] = hash
    if (this.texts.length * 2 > this.places.length) this.replace()
    else this.put(number)
    return number
  }

  private append(text: string, length: number): number {
    const number = this.texts.length
    if (number + 2 > this.starts.length) {
      this.starts = doubled(this.starts, new Uint32Array(this.starts.length * 2))
      this.hashes = doubled(this.hashes, new Int32Array(this.hashes.length * 2))
    }
    this.texts.push(text)
    this.starts[number + 1] = (this.starts[number] ?? 0) + length
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

function doubled<T extends Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
