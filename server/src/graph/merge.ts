/**
 * Joins the maps of several namespaces, and reduces a workload graph to services (reference: graph.md 3.8). Afterwards
 * every edge leads to a node of the joined map: what appenders add to a node is seen through all of its edges.
 */
import { worstOf } from '@binocle/api/health'
import { addEdgeNumbers, addOut } from './rates.ts'
import { addEdge, type Edge, edgeKey, type Node, type TrafficMap } from './trafficMap.ts'

/** Adds the map of `namespace` to `whole`. Of a node in both, that of its own namespace counts, and keeps its numbers. */
export function mergeInto(whole: TrafficMap, part: TrafficMap, namespace: string): void {
  for (const node of part.values()) {
    const present = whole.get(node.key)
    if (present === undefined) {
      whole.set(node.key, node)
      continue
    }
    const [primary, other] = node.namespace === namespace ? [node, present] : [present, node]
    for (const [key, edge] of other.edges) {
      if (primary.edges.has(key)) continue
      primary.edges.set(key, edge)
      addOut(primary.rates, edge.protocol, edge.total)
    }
    whole.set(node.key, primary)
  }
}

/** Lets every edge start and end at the nodes of this map. */
export function tieEdges(map: TrafficMap): void {
  for (const node of map.values()) {
    for (const [key, edge] of node.edges) {
      const destination = map.get(edge.destination.key)
      if (destination === undefined) {
        node.edges.delete(key)
        continue
      }
      edge.source = node
      edge.destination = destination
    }
  }
}

/** Only services, and the roots that call them: a service's edges become those of the workloads behind it. */
export function reduceToServices(map: TrafficMap): TrafficMap {
  const reduced: TrafficMap = new Map()
  const kept = new Map<Node, readonly Edge[]>()
  for (const node of map.values()) {
    const edges = node.type === 'service' ? behind(node) : toServices(node)
    if (node.type !== 'service' && (node.marks.root !== true || edges.length === 0)) continue
    kept.set(node, edges)
    reduced.set(node.key, node)
  }
  for (const [node, edges] of kept) {
    const rates = node.rates
    rates.httpOut = 0
    rates.grpcOut = 0
    rates.tcpOut = 0
    node.edges.clear()
    for (const edge of edges) takeOver(node, edge)
    for (const edge of node.edges.values()) addOut(rates, edge.protocol, edge.total)
  }
  return reduced
}

const toServices = (node: Node): Edge[] =>
  [...node.edges.values()].filter(({ destination }) => destination.type === 'service')

const behind = (service: Node): Edge[] =>
  [...service.edges.values()].flatMap(({ destination }) =>
    destination.type === 'service' ? [] : toServices(destination),
  )

/**
 * Copies: a workload may stand behind several services. Of several edges to one service the numbers add up and the worst
 * health counts; response times, principals and the like are those of the first.
 */
function takeOver(node: Node, edge: Edge): void {
  const isFirst = !node.edges.has(edgeKey(edge.protocol, edge.destination.key))
  const own = addEdge(node, edge.destination, edge.protocol)
  addEdgeNumbers(own, edge)
  const { health, responseTime, throughput, mtlsPercent, sourcePrincipal, destinationPrincipal, waypoint } = edge
  if (health !== undefined) own.health = own.health === undefined ? health : worstOf([own.health, health])
  if (!isFirst) return
  if (responseTime !== undefined) own.responseTime = responseTime
  if (throughput !== undefined) own.throughput = throughput
  if (mtlsPercent !== undefined) own.mtlsPercent = mtlsPercent
  if (sourcePrincipal !== undefined) own.sourcePrincipal = sourcePrincipal
  if (destinationPrincipal !== undefined) own.destinationPrincipal = destinationPrincipal
  if (waypoint !== undefined) own.waypoint = waypoint
}
