/**
 * Rights that were taken from us may be given back any moment, and pages wait for it. Asking for every refused kind all
 * the time would be a storm: with each probe one of them is tried, and when one may be read again, all of them are.
 */
import type { Kind } from '../inventory/inventory.ts'

export interface Refusable {
  readonly isRefused: boolean
  retryWhole(): void
}

export interface Regain {
  /** After a probe that was answered. */
  tryOne(): void
  /** A watch of this kind has said something. */
  heard(kind: Kind): void
}

/** `matters`: worth to be asked for so often. What a role never granted is tried by its own watch, now and then. */
export function createRegain(watches: ReadonlyMap<Kind, Refusable>, matters: (kind: Kind) => boolean): Regain {
  const refused = new Set<Kind>()
  let turn = 0
  return {
    tryOne() {
      const waiting = [...refused].filter((kind) => matters(kind) && watches.get(kind)?.isRefused === true)
      const kind = waiting[turn++ % waiting.length]
      if (kind !== undefined) watches.get(kind)?.retryWhole()
    },
    heard(kind) {
      if (watches.get(kind)?.isRefused === true) refused.add(kind)
      else if (refused.delete(kind)) for (const other of refused) watches.get(other)?.retryWhole()
    },
  }
}
