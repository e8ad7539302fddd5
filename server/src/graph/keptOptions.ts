/**
 * Options that were asked for before. A page asks for the same graph every few seconds, with a list of thousands of
 * namespaces: reading it takes longer than sending "not modified".
 */
import type { Scope } from '../access/scope.ts'
import type { Mesh } from '../model.ts'
import { creationsS } from './access.ts'
import type { GraphOptions } from './options.ts'

/** `asked` is the whole request as written. What is `parse`d of it holds until a namespace comes or goes, or time moves on. */
export function keptOptions(mesh: Mesh, scope: Scope, asked: string, parse: () => GraphOptions): GraphOptions {
  const requests = kept.get(mesh) ?? new Map<string, Kept>()
  kept.set(mesh, requests)
  const key = `${scope.key} ${asked}`
  const known = requests.get(key)
  const namespaces = creationsS(mesh.inventory, scope)
  const nowS = mesh.traffic.now()
  if (known?.namespaces === namespaces && known.nowS === nowS) return known.options
  const options = parse()
  requests.delete(key)
  requests.set(key, { options, namespaces, nowS })
  for (const oldest of requests.keys()) {
    if (requests.size <= maxRequests) break
    requests.delete(oldest)
  }
  return options
}

interface Kept {
  readonly options: GraphOptions
  readonly namespaces: ReadonlyMap<string, number>
  readonly nowS: number
}

const kept = new WeakMap<Mesh, Map<string, Kept>>()
const maxRequests = 32
