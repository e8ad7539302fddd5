/**
 * From which namespaces an object is seen, and so judged (reference: validations.md 2.2, 2.4). Two objects meet only
 * where both are seen; most are seen from everywhere, which is said in one word.
 */
import type { ConfigObject } from '../inventory/objects.ts'
import type { Severity } from './catalogue.ts'
import type { Frame } from './frame.ts'
import { exportTo } from './parsed.ts'

/** `all`: all managed namespaces; never an empty cluster. */
export type Viewers = 'all' | readonly string[]

/** The own namespace is not implied. An unknown name makes the object visible everywhere. */
export function viewersOf(frame: Frame, object: ConfigObject): Viewers {
  const { namespace } = object
  if (frame.ambient.has(namespace)) return frame.planes.has(namespace) ? [namespace] : []
  const list = exportList(frame, object)
  const open = list.length === 0 || list.some((name) => name === '*' || (name !== '.' && !frame.names.has(name)))
  if (open) return frame.viewers.length === 0 ? [] : 'all'
  const named = new Set(list.map((name) => (name === '.' ? namespace : name)))
  return [...named].filter((name) => frame.planes.has(name))
}

function exportList(frame: Frame, object: ConfigObject): readonly string[] {
  const own = exportTo(object)
  if (own.length > 0) return own
  const defaults = frame.planes.get(object.namespace)?.exports
  if (object.kind === 'VirtualService') return defaults?.VirtualService ?? []
  return (object.kind === 'DestinationRule' ? defaults?.DestinationRule : defaults?.Service) ?? []
}

export const isNobody = (viewers: Viewers): boolean => viewers !== 'all' && viewers.length === 0

export const namesOf = (frame: Frame, viewers: Viewers): readonly string[] =>
  viewers === 'all' ? frame.viewers : viewers

export const sees = (viewers: Viewers, name: string): boolean => viewers === 'all' || viewers.includes(name)

export function meet(a: Viewers, b: Viewers): Viewers {
  if (a === 'all') return b
  return b === 'all' ? a : a.filter((name) => b.includes(name))
}

/** Those of `viewers` that see none of the objects. */
export function blind(frame: Frame, viewers: Viewers, objects: readonly ConfigObject[]): Viewers {
  let left = viewers
  for (const object of objects) {
    const seenBy = viewersOf(frame, object)
    if (seenBy === 'all') return []
    if (seenBy.length > 0) left = namesOf(frame, left).filter((name) => !seenBy.includes(name))
  }
  return left
}

/** What a missing registry entry is, as these viewers see it: an error where nothing outside may be called. */
export function severities(frame: Frame, viewers: Viewers): readonly Severity[] {
  const found = new Set<Severity>()
  for (const name of namesOf(frame, viewers)) found.add(frame.planes.get(name)?.allowAny ? 'warning' : 'error')
  return [...found].sort()
}
