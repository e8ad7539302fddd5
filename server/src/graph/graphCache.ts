/**
 * Graphs that were built: viewers of the same view share one, and get the very same object while nothing changed, so that
 * its encoded form is shared as well. On a mesh that never rests a graph may be as old as a few times what it costs to
 * build: building takes at most a fifth of the processor, however many look on.
 */
import type { Scope } from '../access/scope.ts'
import type { Clock, Mesh } from '../model.ts'
import type { GraphJson } from './document.ts'
import { type GraphOptions, optionsKey } from './options.ts'

export interface GraphCache {
  graph(scope: Scope, options: GraphOptions): Promise<GraphJson>
}

export type BuildGraph = (mesh: Mesh, scope: Scope, options: GraphOptions) => Promise<GraphJson>

/** How often a building pays for itself before the next one. */
const restFactor = 4
/** Bytes in memory, of all graphs together; the newest is kept whatever it takes. */
const maxKeptBytes = 32 * 1024 * 1024

export function createGraphCache(mesh: Mesh, build: BuildGraph, maxBytes = maxKeptBytes): GraphCache {
  const kept = new Map<string, Kept>()
  let bytes = 0

  const forget = (key: string): void => {
    bytes -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }
  return {
    graph(scope, options) {
      const key = `${scope.key} ${optionsKey(options)}`
      const known = kept.get(key)
      const traffic = trafficState(mesh)
      if (known && known.traffic === traffic && isFresh(known, mesh)) {
        // Least recently used first.
        kept.delete(key)
        kept.set(key, known)
        return known.graph
      }
      forget(key)
      const entry: Kept = {
        generation: stateOf(mesh),
        traffic,
        startedMs: mesh.clock(),
        builtMs: undefined,
        bytes: 0,
        graph: build(mesh, scope, options),
      }
      kept.set(key, entry)
      entry.graph.then(
        (graph) => {
          entry.builtMs = mesh.clock()
          if (kept.get(key) !== entry) return
          entry.bytes = graph.json.length
          bytes += entry.bytes
          for (const oldest of kept.keys()) {
            if (bytes <= maxBytes || oldest === key) break
            forget(oldest)
          }
        },
        // A failure is not kept: the next viewer asks again.
        () => {
          if (kept.get(key) === entry) forget(key)
        },
      )
      return entry.graph
    },
  }
}

interface Kept {
  readonly generation: string
  readonly traffic: string
  readonly startedMs: number
  /** undefined while it is being built. */
  builtMs: number | undefined
  bytes: number
  readonly graph: Promise<GraphJson>
}

const stateOf = ({ inventory, istiod }: Mesh): string => `${inventory.generation} ${istiod?.version ?? 0}`

/** Health comes from the last snapshot of the health window. */
function trafficState({ traffic }: Mesh): string {
  const current = traffic.current()
  return current.state === 'unknown' ? current.cause.code : `${current.state} ${current.asOf}`
}

function isFresh(known: Kept, mesh: Mesh & { readonly clock: Clock }): boolean {
  if (known.builtMs === undefined) return true
  const costMs = known.builtMs - known.startedMs
  return known.generation === stateOf(mesh) || mesh.clock() - known.builtMs < costMs * restFactor
}
