/**
 * Names and numbers that look random and are not: equal inputs give equal pod suffixes, uids and addresses, so that
 * Kubernetes objects, metrics and istiod agree about a pod without asking each other.
 */

/** FNV-1a, 32 bits. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** A UUID of version 4 in form, made of `text`. */
export function uid(text: string): string {
  const hex = ['a', 'b', 'c', 'd']
    .map((salt) =>
      mix(hash32(salt + text))
        .toString(16)
        .padStart(8, '0'),
    )
    .join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** The letters Kubernetes uses in generated names: no vowels, hence no words. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** A generated name's tail. */
export function suffix(text: string, length: number): string {
  let tail = ''
  let state = hash32(text)
  for (let i = 0; i < length; i++) {
    state = mix(state + i)
    tail += LETTERS[state % LETTERS.length] ?? 'b'
  }
  return tail
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function mix(value: number): number {
  let h = value >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
