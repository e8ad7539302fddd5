/**
 * Graphs that were built: viewers of the same view share one, and get the very same object while nothing changed, so that
 * its encoded form is shared as well. On a mesh that never rests a graph may be as old as a few times what it costs to
 * build: building takes at most a fifth of the processor, however many look on.
 */
import type { Graph } from '@binocle/api/graph'
import type { Scope } from '../access/scope.ts'
import type { Clock, Mesh } from '../model.ts'
import { type GraphOptions, optionsKey } from './options.ts'

export interface GraphCache {
  graph(scope: Scope, options: GraphOptions): Promise<Graph>
}

export type BuildGraph = (mesh: Mesh, scope: Scope, options: GraphOptions) => Promise<Graph>

/** How often a building pays for itself before the next one. */
const restFactor = 4
/** Nodes and edges in memory, of all graphs together. */
const maxElements = 80_000

export function createGraphCache(mesh: Mesh, build: BuildGraph, maxKept = maxElements): GraphCache {
  const kept = new Map<string, Kept>()
  let elements = 0

  const forget = (key: string): void => {
    elements -= kept.get(key)?.elements ?? 0
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
        elements: 0,
        graph: build(mesh, scope, options),
      }
      kept.set(key, entry)
      entry.graph.then(
        (graph) => {
          entry.builtMs = mesh.clock()
          if (kept.get(key) !== entry) return
          entry.elements = graph.elements.nodes.length + graph.elements.edges.length
          elements += entry.elements
          for (const oldest of kept.keys()) {
            if (elements <= maxKept || oldest === key) break
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
  elements: number
  readonly graph: Promise<Graph>
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
