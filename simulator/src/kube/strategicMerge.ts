/**
 * Strategic merge patch of the built-in kinds: lists of objects merge by a key instead of replacing each other, and a
 * few `$` directives steer it. The keys stand here by field name, which is unambiguous among the kinds of a mesh.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Fields, isFields, textAt } from './json.ts'

/** The key that makes two list members the same one; several where the field means different things in different kinds. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ownerReferences: ['uid'],
  conditions: ['type'],
  addresses: ['type'],
  webhooks: ['name'],
}

/** Lists of plain values that merge as sets. */
const sets = new Set(['finalizers'])

export function strategicMerge(target: Fields, patch: Fields): Fields {
  if (patch.$patch === 'replace') return withoutDirectives(patch)
  const kept = patch.$retainKeys
  const base = Array.isArray(kept)
    ? Object.entries(target).filter(([key]) => kept.includes(key))
    : Object.entries(target)
  const merged: Record<string, unknown> = Object.fromEntries(base)
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice('$deleteFromPrimitiveList/'.length)
      merged[field] = listOf(merged[field]).filter((one) => !listOf(value).includes(one))
    } else if (key.startsWith('$')) continue
    else if (value === null || (isFields(value) && value.$patch === 'delete')) delete merged[key]
    else merged[key] = mergedValue(key, merged[key], value)
  }
  return merged
}

function mergedValue(key: string, before: unknown, change: unknown): unknown {
  if (isFields(change)) return strategicMerge(isFields(before) ? before : {}, change)
  if (!Array.isArray(change)) return change
  if (sets.has(key)) return [...new Set([...listOf(before), ...change])]
  const mergeKey = mergeKeyOf(key, [...listOf(before), ...change])
  return mergeKey === undefined ? change.map(plain) : mergedList(mergeKey, listOf(before), change)
}

/** Undefined: the list is replaced as a whole. */
function mergeKeyOf(field: string, members: readonly unknown[]): string | undefined {
  const named = members.filter((one) => isFields(one) && !isReplace(one))
  return mergeKeys[field]?.find((key) => named.length > 0 && named.every((one) => isFields(one) && key in one))
}

const isReplace = (one: unknown): boolean => textAt(one, '$patch') === 'replace'

function mergedList(key: string, before: readonly unknown[], change: readonly unknown[]): unknown[] {
  const merged = change.some(isReplace) ? [] : [...before]
  for (const one of change) {
    if (!isFields(one) || isReplace(one)) continue
    const index = merged.findIndex((other) => isFields(other) && isDeepStrictEqual(other[key], one[key]))
    const found = merged[index]
    if (one.$patch === 'delete') {
      if (index >= 0) merged.splice(index, 1)
    } else if (isFields(found)) merged[index] = strategicMerge(found, one)
    else merged.push(strategicMerge({}, one))
  }
  return merged
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const plain = (value: unknown): unknown => (isFields(value) ? withoutDirectives(value) : value)

const withoutDirectives = (value: Fields): Fields =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')))
