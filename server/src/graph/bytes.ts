/**
 * Text that becomes bytes as it comes: a long text would be copied to be encoded, and be garbage right after. Slabs, because
 * nobody knows the length before.
 */
const slabBytes = 64 * 1024
/** Pieces are encoded together, a call each would cost more. */
const pieceChars = 4 * 1024
const maxBytesPerChar = 3

export class Bytes {
  private readonly parts: Buffer[] = []
  private slab = Buffer.allocUnsafe(slabBytes)
  private used = 0
  private text = ''

  add(text: string): void {
    this.text += text
    if (this.text.length > pieceChars) this.encode()
  }

  /** The elements of a JSON array. Rests after each half megabyte. */
  async list<T>(elements: readonly T[], jsonOf: (element: T) => string, rest: () => Promise<unknown>): Promise<void> {
    let slabs = this.parts.length
    let comma = ''
    for (const element of elements) {
      this.add(comma)
      this.add(jsonOf(element))
      comma = ','
      if (this.parts.length < slabs + slabsPerTurn) continue
      slabs = this.parts.length
      await rest()
    }
  }

  /** Everything, in UTF-8. */
  whole(): Buffer {
    this.encode()
    this.parts.push(this.slab.subarray(0, this.used))
    return Buffer.concat(this.parts)
  }

  private encode(): void {
    const most = this.text.length * maxBytesPerChar
    if (most > slabBytes - this.used) {
      this.parts.push(this.slab.subarray(0, this.used))
      this.slab = Buffer.allocUnsafe(Math.max(slabBytes, most))
      this.used = 0
    }
    this.used += this.slab.write(this.text, this.used)
    this.text = ''
  }
}

const slabsPerTurn = 8
