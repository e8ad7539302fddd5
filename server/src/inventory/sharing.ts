/**
 * Equal sub-values of the inventory are kept once: the label set of a workload's pods, the container list of its
 * replicas, the same VirtualService in twenty clusters. The table is of fixed size and forgets by being overwritten,
 * so that it cannot grow with what once was; a forgotten value is merely kept twice.
 */
import { isRecord } from './json.ts'

export interface Sharing {
  /** The canonical form of a JSON value: equal to it, and mostly identical with earlier equal ones. Never change it. */
  share<T>(value: T): T
}

/** `slots` is a power of two; each holds one value. */
export function createSharing(slots = 1 << 15): Sharing {
  const table: unknown[] = new Array(slots).fill(undefined)
  const mask = slots - 1
  return { share: (value) => shared(value, table, mask).value }
}

interface Hashed<T> {
  readonly value: T
  readonly hash: number
}

function shared<T>(value: T, table: unknown[], mask: number): Hashed<T> {
  if (typeof value === 'string') return settle(value, hashText(value), table, mask, sameText)
  if (Array.isArray(value)) return settle(value, shareParts(value, table, mask), table, mask, sameList)
  if (isRecord(value)) return settle(value, shareFields(value, table, mask), table, mask, sameRecord)
  return { value, hash: typeof value === 'number' ? value | 0 : value === true ? 1231 : 1237 }
}

function shareParts(list: unknown[], table: unknown[], mask: number): number {
  const fixed = Object.isFrozen(list)
  let hash = 17
  for (let at = 0; at < list.length; at++) {
    const part = shared(list[at], table, mask)
    if (!fixed) list[at] = part.value
    hash = mix(hash, part.hash)
  }
  return hash
}

function shareFields(fields: Record<string, unknown>, table: unknown[], mask: number): number {
  const fixed = Object.isFrozen(fields)
  let hash = 31
  for (const key in fields) {
    const part = shared(fields[key], table, mask)
    if (!fixed) fields[key] = part.value
    hash = mix(mix(hash, hashText(key)), part.hash)
  }
  return hash
}

function settle<T>(value: T, hash: number, table: unknown[], mask: number, same: Same): Hashed<T> {
  const slot = (hash ^ (hash >>> 15)) & mask
  const kept = table[slot]
  if (isSame(kept, value, same)) return { value: kept, hash }
  table[slot] = value
  return { value, hash }
}

type Same = (kept: unknown, value: unknown) => boolean

const isSame = <T>(kept: unknown, value: T, same: Same): kept is T => same(kept, value)

const sameText: Same = (kept, value) => kept === value

/** Parts are canonical already, so identity decides; a part forgotten meanwhile only costs a second copy. */
const sameList: Same = (kept, value) =>
  Array.isArray(kept) &&
  Array.isArray(value) &&
  kept.length === value.length &&
  kept.every((part, at) => part === value[at])

const sameRecord: Same = (kept, value) => {
  if (!isRecord(kept) || !isRecord(value)) return false
  let fields = 0
  for (const key in value) {
    if (kept[key] !== value[key]) return false
    fields++
  }
  return Object.keys(kept).length === fields
}

/** Long texts are sampled: certificates and configurations would cost more to hash than to compare. */
function hashText(text: string): number {
  const step = text.length > 96 ? text.length >> 5 : 1
  let hash = 0x811c9dc5 ^ text.length
  for (let at = 0; at < text.length; at += step) hash = mix(hash, text.charCodeAt(at))
  return hash
}

const mix = (hash: number, part: number): number => Math.imul(hash ^ part, 0x01000193)
