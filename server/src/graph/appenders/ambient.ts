/** Shows waypoints as waypoints, or takes them out (reference: graph.md 4.9). */
import { type Edge, edgeKey, type Node, type TrafficMap } from '../trafficMap.ts'

/** `show`: the edges to and from waypoints are told apart; else waypoints go, and who was only their neighbour. */
export function markAmbient(map: TrafficMap, show: boolean): void {
  const waypoints = [...map.values()].filter(({ marks }) => marks.waypoint === true)
  if (show) showWaypoints(map, waypoints)
  else removeWaypoints(map, waypoints)
}

function showWaypoints(map: TrafficMap, waypoints: readonly Node[]): void {
  for (const waypoint of waypoints) {
    waypoint.marks.outOfMesh = false
    for (const edge of waypoint.edges.values()) edge.waypoint = { direction: 'from' }
  }
  for (const node of map.values()) {
    for (const edge of node.edges.values()) {
      if (edge.destination.marks.waypoint !== true) continue
      if (node.marks.gateway?.kind === 'gatewayApi') node.marks.ingressWaypoint = true
      const back = [...edge.destination.edges.values()].filter(({ destination }) => destination === node)
      edge.waypoint = { direction: 'to', ...embedded(back) }
      for (const each of back) edge.destination.edges.delete(edgeKey(each.protocol, each.destination.key))
    }
  }
}

const embedded = (back: readonly Edge[]): { fromEdge?: Edge } => {
  const last = back.at(-1)
  return last === undefined ? {} : { fromEdge: last }
}

function removeWaypoints(map: TrafficMap, waypoints: readonly Node[]): void {
  const neighbours = new Set<Node>()
  for (const waypoint of waypoints) {
    for (const { destination } of waypoint.edges.values()) neighbours.add(destination)
    map.delete(waypoint.key)
  }
  const called = new Set<Node>()
  for (const node of map.values()) {
    for (const [key, { destination }] of node.edges) {
      if (destination.marks.waypoint === true) node.edges.delete(key)
      else called.add(destination)
    }
    if (node.edges.size === 0 && node.marks.idle !== true) neighbours.add(node)
  }
  if (waypoints.length === 0) return
  for (const node of neighbours) if (node.edges.size === 0 && !called.has(node)) map.delete(node.key)
}
