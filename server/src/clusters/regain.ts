/**
 * Rights that were taken from us may be given back any moment, and watches that bring nothing may bring something
 * again; pages wait for it. Asking for every such kind all the time would be a storm: with each probe one of them is
 * tried, and when one may be read again, all of them are.
 */
import type { Kind } from '../inventory/inventory.ts'

export interface Losable {
  readonly isRefused: boolean
  readonly isSilent: boolean
  /** At once. `onTrial`: it must give a sign of life before it is believed. */
  retry(onTrial: boolean): void
}

export interface Regain {
  /** Something waits to be tried. */
  readonly isWaiting: boolean
  /** After a probe that was answered. */
  tryOne(): void
  /** A watch of this kind has said something. */
  heard(kind: Kind): void
}

/** `matters`: worth to be asked for so often. What a role never granted is tried by its own watch, now and then. */
export function createRegain(watches: ReadonlyMap<Kind, Losable>, matters: (kind: Kind) => boolean): Regain {
  const lost = new Set<Kind>()
  let turn = 0

  function isWaiting(kind: Kind): boolean {
    const watch = watches.get(kind)
    return watch?.isSilent === true || (watch?.isRefused === true && matters(kind))
  }

  return {
    get isWaiting() {
      return [...lost].some(isWaiting)
    },
    tryOne() {
      const waiting = [...lost].filter(isWaiting)
      const kind = waiting[turn++ % waiting.length]
      const watch = kind === undefined ? undefined : watches.get(kind)
      watch?.retry(watch.isSilent)
    },
    heard(kind) {
      const watch = watches.get(kind)
      if (watch?.isRefused || watch?.isSilent) lost.add(kind)
      else if (lost.delete(kind)) {
        // Once each: to begin anew whenever another one is heard of would keep all of them from ever getting through.
        const others = [...lost]
        lost.clear()
        for (const other of others) watches.get(other)?.retry(false)
      }
    },
  }
}
