/**
 * A secret in memory. Whatever prints it (a log, a template, JSON, an inspector, an error) prints `xxx`: only who asks by
 * name gets the text.
 */
import { inspect } from 'node:util'

export const masked = 'xxx'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** For the one place that needs it: a header, a key, a comparison. */
  reveal(): string {
    return this.#text
  }

  get isEmpty(): boolean {
    return this.#text === ''
  }

  toString(): string {
    return masked
  }

  toJSON(): string {
    return masked
  }

  [inspect.custom](): string {
    return masked
  }
}
