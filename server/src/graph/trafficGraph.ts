/**
 * The traffic graph: the snapshot's calls of the requested namespaces or node, and what the inventory says of them, for
 * one viewer (reference: graph.md 0).
 */
import { setImmediate as pause } from 'node:timers/promises'
import type { Scope } from '../access/scope.ts'
import type { Mesh } from '../model.ts'
import type { Call } from '../telemetry/callTable.ts'
import { addCalls } from './addCalls.ts'
import { applyToNamespace, applyToWhole } from './appenders/appenders.ts'
import { type GraphContext, graphContext, graphView, windowsOf } from './context.ts'
import { type GraphJson, graphDocument } from './document.ts'
import { waypointKey } from './endHalves.ts'
import { type Ends, isRestricted } from './ends.ts'
import { mergeInto, reduceToServices, tieEdges } from './merge.ts'
import type { GraphOptions, NodeTarget } from './options.ts'
import { namespaceCalls, nodeCalls } from './selections.ts'
import { loadTables, type Tables } from './tables.ts'
import type { TrafficMap } from './trafficMap.ts'

/**
 * Builds the graph. Rejects with `BinocleError` 503 when Prometheus fails; with none configured, or one that knows no
 * Istio metric, the graph has no traffic and says why.
 */
export async function trafficGraph(mesh: Mesh, scope: Scope, options: GraphOptions): Promise<GraphJson> {
  const windows = windowsOf(mesh.inventory, scope, options)
  const view = graphView(mesh, scope)
  const tables = await Promise.all(
    windows.map(({ window, namespaces }) =>
      loadTables(mesh.traffic, window, options, () => namespaces.some(view.isAmbient)),
    ),
  )
  const context = graphContext(mesh, scope, options, view, tables[0]?.pairs ?? {})
  const whole: TrafficMap = new Map()
  let built = 0
  for (const [i, { namespaces }] of windows.entries()) {
    const table = tables[i]
    if (table === undefined) continue
    for (const namespace of namespaces) {
      const part =
        options.node === undefined ? namespaceMap(context, table, namespace) : nodeMap(context, table, options.node)
      applyToNamespace(part, context, table, namespace)
      mergeInto(whole, part, namespace)
      built += part.size
      if (built < nodesPerTurn) continue
      built = 0
      await pause()
    }
  }
  tieEdges(whole)
  if (whole.size > nodesPerTurn) await pause()
  const health = applyToWhole(whole, context)
  if (whole.size > nodesPerTurn) await pause()
  const final = options.graphType === 'service' && options.node === undefined ? reduceToServices(whole) : whole
  return graphDocument(final, options, health, tables.find((table) => table.telemetry !== undefined)?.telemetry)
}

/** The graph of a whole mesh takes longer than other requests should wait: they get their turn in between. */
const nodesPerTurn = 500

function namespaceMap(context: GraphContext, tables: Tables, namespace: string): TrafficMap {
  const map: TrafficMap = new Map()
  const { options } = context
  const isAmbient = context.isAmbient(namespace)
  for (const [family, index] of tables.families) {
    const calls = namespaceCalls(index, family, namespace, isAmbient, options.ambientTraffic, context.sees)
    addCalls(map, family, calls, ({ pair }) => context.endsOf(pair), options, context.kinds)
  }
  return map
}

function nodeMap(context: GraphContext, tables: Tables, node: NodeTarget): TrafficMap {
  const map: TrafficMap = new Map()
  const { options } = context
  const facts = {
    namespaceIsAmbient: context.isAmbient(node.namespace),
    isWaypoint:
      node.kind === 'workload' &&
      context.waypoints.has(waypointKey(options.cluster || 'unknown', node.namespace, node.workload)),
  }
  const endsOf = ({ pair }: Call): Ends | undefined => {
    const ends = context.endsOf(pair)
    // A value that was guessed right would tell of who may not be seen.
    return node.kind === 'aggregate' && ends !== undefined && isRestricted(ends) ? undefined : ends
  }
  const families = node.kind === 'aggregate' ? new Map([['requests', tables.aggregate] as const]) : tables.families
  for (const [family, index] of families) {
    if (index === undefined) continue
    const calls = nodeCalls(index, family, node, options.cluster, facts, options, context.sees)
    addCalls(map, family, calls, endsOf, options, context.kinds)
  }
  return map
}
