/** Puts operation nodes between caller and called (reference: graph.md 4.7). */
import type { Call } from '../../telemetry/callTable.ts'
import { responseCode } from '../addCalls.ts'
import type { GraphContext } from '../context.ts'
import { isRestricted } from '../ends.ts'
import { aggregateIdentity } from '../nodeIdentity.ts'
import { addTraffic } from '../rates.ts'
import { nodeCalls, reportersOf } from '../selections.ts'
import type { Tables } from '../tables.ts'
import { type Selected, selected } from '../trafficIndex.ts'
import { addEdge, addNode, type Node, type TrafficMap } from '../trafficMap.ts'
import { fromElsewhere, isShown } from './edgeTraffic.ts'

export function splitByOperation(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  const { options } = context
  for (const { call, rate } of operationCalls(context, tables, namespace)) {
    const code = responseCode(call)
    const ends = context.endsOf(call.pair)
    if (ends === undefined || code === undefined || call.protocol === undefined || call.flags === undefined) continue
    if (call.aggregate === undefined || !isShown(call, options)) continue
    // The label may name either end.
    if (isRestricted(ends)) continue
    const source = map.get(ends.source.key)
    const target = map.get((ends.anyService ?? ends.destination).key)
    if (source === undefined || target === undefined) continue
    const operation = addNode(map, operationOf(ends, call.aggregate, options.aggregate))
    for (const [key, { destination }] of source.edges) if (destination === target) source.edges.delete(key)
    addOperation(source, operation, target, { protocol: call.protocol, rate, code, flags: call.flags, host: ends.host })
  }
}

type EndsOf = NonNullable<ReturnType<GraphContext['endsOf']>>

function operationOf(ends: EndsOf, value: string, label: string) {
  const { anyService, destination, destinationApp } = ends
  return anyService === undefined
    ? aggregateIdentity(destination.cluster, destination.namespace, label, value, '', '')
    : aggregateIdentity(anyService.cluster, anyService.namespace, label, value, anyService.service, destinationApp)
}

interface Operation {
  readonly protocol: string
  readonly rate: number
  readonly code: string
  readonly flags: string
  readonly host: string
}

/** Operations are reported by one side only: their series need no fingerprint. */
const none = -1

/** Only the operation's own numbers grow: caller and called have had this traffic already. */
function addOperation(source: Node, operation: Node, target: Node, { protocol, ...series }: Operation): void {
  const sourceRates = { ...source.rates }
  addTraffic(addEdge(source, operation, protocol), { ...series, fingerprint: none })
  Object.assign(source.rates, sourceRates)
  const targetRates = { ...target.rates }
  addTraffic(addEdge(operation, target, protocol), { ...series, fingerprint: none })
  Object.assign(target.rates, targetRates)
}

function* operationCalls(context: GraphContext, tables: Tables, namespace: string): Generator<Selected> {
  const { options } = context
  const index = tables.aggregate
  if (index === undefined) return
  const { node } = options
  if (node?.kind === 'aggregate') {
    const facts = { namespaceIsAmbient: false, isWaypoint: false }
    yield* nodeCalls(index, 'requests', node, '', facts, options, context.sees)
    return
  }
  const elsewhere = fromElsewhere(namespace)
  const reporters = reportersOf('destination', options.ambientTraffic)
  const isKnown = (call: Call) => call.aggregate !== 'unknown'
  const fits = (call: Call) => isKnown(call) && elsewhere(call)
  yield* selected(index, index.byServiceNamespace.get(namespace), reporters, fits)
  yield* selected(index, index.bySourceNamespace.get(namespace), reporters, isKnown)
}
