import { grown } from './grown.ts'

/** Tuples of numbers, each once: a tuple's number is its place in the order in which they came. */
export class Tuples {
  private readonly width: number
  private values: Uint32Array
  /** Open addressing: numbers + 1, 0 for nothing; never more than half full. */
  private places = new Uint32Array(64)
  private count = 0

  constructor(width: number) {
    this.width = width
    this.values = new Uint32Array(32 * width)
  }

  get size(): number {
    return this.count
  }

  /** The number of the tuple that stands in `from` at `at`; a new one gets the number `size` had. */
  numberOf(from: Uint32Array, at = 0): number {
    const mask = this.places.length - 1
    for (let place = this.hash(from, at) & mask; ; place = (place + 1) & mask) {
      const number = (this.places[place] ?? 0) - 1
      if (number < 0) return this.add(from, at, place)
      if (this.holds(number, from, at)) return number
    }
  }

  private holds(number: number, from: Uint32Array, at: number): boolean {
    const { values, width } = this
    const start = number * width
    for (let i = 0; i < width; i++) if (values[start + i] !== from[at + i]) return false
    return true
  }

  private hash(from: Uint32Array, at: number): number {
    let hash = 0
    for (let i = at; i < at + this.width; i++) {
      hash = Math.imul(hash ^ (from[i] ?? 0), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    return hash
  }

  private add(from: Uint32Array, at: number, place: number): number {
    const number = this.count++
    if (this.count * this.width > this.values.length) {
      this.values = grown(this.values, new Uint32Array(this.values.length * 2))
    }
    this.values.set(from.subarray(at, at + this.width), number * this.width)
    this.places[place] = number + 1
    if (this.count * 2 > this.places.length) this.replace()
    return number
  }

  private replace(): void {
    this.places = new Uint32Array(this.places.length * 2)
    const mask = this.places.length - 1
    for (let number = 0; number < this.count; number++) {
      let place = this.hash(this.values, number * this.width) & mask
      while (this.places[place] !== 0) place = (place + 1) & mask
      this.places[place] = number + 1
    }
  }
}
