/**
 * An edge as the document carries it (reference: graph.md 5.2). Written as text at once: a graph has tens of thousands, and
 * objects that live only to be serialised cost more than the text.
 */
import { edgeTraffic } from './edgeNumbers.ts'
import { edgeId, edgeIdOf, idOf } from './ids.ts'
import { wholeText } from './numbers.ts'
import type { Edge, Node } from './trafficMap.ts'

/** `key` is the edge's among those of its source. */
export const edgeJson = (edge: Edge, key: string): string =>
  jsonOf(edge, edge.source, edgeIdOf(edge.source.identity, key, edge.destination.identity, edge.protocol))

/** `source` is the edge's own, but of an embedded edge that of the edge around it, as Kiali has it. */
function jsonOf(edge: Edge, source: Node, id: string): string {
  const { destination, destinationPrincipal, health, mtlsPercent, responseTime, sourcePrincipal, throughput } = edge
  let json = `{"id":"${id}","source":"${idOf(source.identity)}","target":"${idOf(destination.identity)}"`
  if (destinationPrincipal) json += `,"destPrincipal":${JSON.stringify(destinationPrincipal)}`
  if (health !== undefined) json += `,"healthStatus":"${health}"`
  if (mtlsPercent !== undefined) json += `,"isMTLS":"${wholeText(mtlsPercent)}"`
  if (responseTime !== undefined) json += `,"responseTime":"${wholeText(responseTime)}"`
  if (sourcePrincipal) json += `,"sourcePrincipal":${JSON.stringify(sourcePrincipal)}`
  if (throughput !== undefined) json += `,"throughput":"${wholeText(throughput)}"`
  json += `,"traffic":${edgeTraffic(edge, source)}`
  return edge.waypoint === undefined ? `${json}}` : `${json},"waypoint":${waypointJson(edge.waypoint, source)}}`
}

function waypointJson({ direction, fromEdge }: NonNullable<Edge['waypoint']>, source: Node): string {
  if (fromEdge === undefined) return `{"direction":"${direction}"}`
  const id = edgeId(idOf(source.identity), idOf(fromEdge.destination.identity), fromEdge.protocol)
  return `{"direction":"${direction}","fromEdge":${jsonOf(fromEdge, source, id)}}`
}
