/** What a process remembers of sessions for a while: who logged out, who was seen lately. */

/** Numbers by name until a time; bounded: the oldest go first. */
export class Expiring {
  readonly #values = new Map<string, { value: number; until: number }>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get(name: string, now: number): number | undefined {
    const held = this.#values.get(name)
    return held !== undefined && held.until > now ? held.value : undefined
  }

  set(name: string, value: number, until: number, now: number): void {
    this.#values.delete(name)
    this.#values.set(name, { value, until })
    for (const [oldest, held] of this.#values) {
      if (held.until > now && this.#values.size <= this.#most) break
      this.#values.delete(oldest)
    }
  }
}
