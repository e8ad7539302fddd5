/**
 * Replaces service nodes that stand for hosts of ServiceEntries by one service node per ServiceEntry (reference:
 * graph.md 4.1).
 */
import type { NamespaceRef } from '@binocle/api/identity'
import type { ConfigObject } from '../../inventory/objects.ts'
import { fieldsOf, textOf } from '../../istioconfig/read.ts'
import { entryHosts } from '../../istioconfig/routing.ts'
import type { GraphContext } from '../context.ts'
import { isOk, serviceIdentity } from '../nodeIdentity.ts'
import { addEdgeNumbers, addNodeRates } from '../rates.ts'
import { addEdge, addNode, type Edge, edgeKey, type Node, redirect, type TrafficMap } from '../trafficMap.ts'
import { isExportedTo, isForEveryone } from './exports.ts'

/** `namespace` is the one whose map this is: the new nodes are put there. */
export function replaceServiceEntries(map: TrafficMap, context: GraphContext, namespace: string): void {
  for (const { entry, seenFrom, nodes } of matches(map, context).values())
    replace(map, entry, seenFrom, nodes, namespace)
}

interface Match {
  readonly entry: ConfigObject
  readonly seenFrom: NamespaceRef
  /** A node matched through two sources stands here twice. */
  readonly nodes: Node[]
}

function matches(map: TrafficMap, context: GraphContext): Map<ConfigObject, Match> {
  const found = new Map<ConfigObject, Match>()
  const match = (from: NamespaceRef, node: Node) => {
    if (node.egressCluster || !context.accessible(from)) return
    const entry = entryFor(node.service, from, context)
    if (entry === undefined) return
    const present = found.get(entry)
    if (present === undefined) found.set(entry, { entry, seenFrom: from, nodes: [node] })
    else present.nodes.push(node)
  }
  for (const node of map.values()) {
    if (node.type === 'service') {
      if (node.marks.injected !== true && isOk(node.cluster) && isOk(node.namespace)) match(placeOf(node), node)
      continue
    }
    if (!callsUnserved(node)) continue
    const at = placeOf(node)
    for (const { destination } of node.edges.values()) if (destination.type === 'service') match(at, destination)
  }
  return found
}

const placeOf = ({ cluster, namespace }: Node): NamespaceRef => ({ cluster, namespace })

/** Does it call a service node that stands for nothing but itself? */
function callsUnserved({ edges }: Node): boolean {
  if (edges.size === 0) return false
  for (const { destination } of edges.values()) {
    if (destination.type === 'service' && destination.marks.injected !== true) return true
  }
  return false
}

/** The entry that declares the host; an exact one first, then one inside the mesh by its first label. */
function entryFor(service: string, from: NamespaceRef, context: GraphContext): ConfigObject | undefined {
  const index = hostIndex(context, from.cluster)
  const visible = (entry: ConfigObject) =>
    context.accessible(entry) && isExportedTo(entry, from, context.inventory, context.meshFacts)
  return index.exact.get(service)?.find(visible) ?? index.firstLabel.get(service)?.find(visible)
}

interface HostIndex {
  readonly exact: ReadonlyMap<string, readonly ConfigObject[]>
  readonly firstLabel: ReadonlyMap<string, readonly ConfigObject[]>
}

const indexes = new WeakMap<GraphContext['inventory'], Map<string, { version: number; index: HostIndex }>>()

/** The hosts of a cluster's entries; made anew when one of them changes. */
function hostIndex({ inventory }: GraphContext, cluster: string): HostIndex {
  const byCluster = indexes.get(inventory) ?? new Map()
  indexes.set(inventory, byCluster)
  const version = inventory.kindVersion('serviceentries.networking.istio.io', cluster)
  const kept = byCluster.get(cluster)
  if (kept?.version === version) return kept.index
  const index = makeIndex([...inventory.all('serviceentries.networking.istio.io', cluster)])
  byCluster.set(cluster, { version, index })
  return index
}

function makeIndex(entries: readonly ConfigObject[]): HostIndex {
  const exact = new Map<string, ConfigObject[]>()
  const firstLabel = new Map<string, ConfigObject[]>()
  const specificFirst = [...entries].sort((a, b) => Number(isForEveryone(a)) - Number(isForEveryone(b)))
  for (const entry of specificFirst) {
    for (const host of entryHosts(entry)) {
      put(exact, host, entry)
      const labels = host.split('.')
      const isGlobal = labels.length === 3 && labels[2] === 'global'
      if (locationOf(entry) === 'MESH_INTERNAL' && !isGlobal) put(firstLabel, labels[0] ?? '', entry)
    }
  }
  return { exact, firstLabel }
}

function put(index: Map<string, ConfigObject[]>, key: string, entry: ConfigObject): void {
  const entries = index.get(key)
  if (entries === undefined) index.set(key, [entry])
  else entries.push(entry)
}

const locationOf = (entry: ConfigObject) =>
  textOf(fieldsOf(entry.resource.spec).location) === 'MESH_INTERNAL' ? 'MESH_INTERNAL' : 'MESH_EXTERNAL'

function replace(
  map: TrafficMap,
  entry: ConfigObject,
  from: NamespaceRef,
  nodes: readonly Node[],
  namespace: string,
): void {
  const { cluster } = from
  const made = addNode(new Map(), serviceIdentity(cluster, namespace, entry.name))
  made.marks.serviceEntry = { hosts: entryHosts(entry), location: locationOf(entry), namespace: from.namespace }
  for (const node of nodes) {
    if (map.get(node.key) !== node) continue
    addNodeRates(made.rates, node.rates)
    for (const service of node.destServices) if (!made.destServices.includes(service)) made.destServices.push(service)
    let kept = false
    for (const source of map.values()) {
      for (const edge of [...source.edges.values()].filter(({ destination }) => destination === node)) {
        if (source.cluster === cluster) moveTo(edge, made)
        else kept = true
      }
    }
    for (const edge of node.edges.values()) addEdgeNumbers(addEdge(made, edge.destination, edge.protocol), edge)
    if (!kept) map.delete(node.key)
  }
  map.set(made.key, made)
}

/** Several edges of one protocol from one source become one. */
function moveTo(edge: Edge, destination: Node): void {
  const present = edge.source.edges.get(edgeKey(edge.protocol, destination.key))
  if (present === undefined || present === edge) {
    redirect(edge, destination)
    return
  }
  addEdgeNumbers(present, edge)
  edge.source.edges.delete(edgeKey(edge.protocol, edge.destination.key))
}
