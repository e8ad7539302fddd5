/** Is a node's workload in the mesh: by sidecar, by ambient, as a gateway? (reference: graph.md 4.7) */
import type { Workload } from '../../catalog/workload.ts'
import type { GraphContext } from '../context.ts'
import { isVersionOk } from '../nodeIdentity.ts'
import type { Node, TrafficMap } from '../trafficMap.ts'

export function checkMembership(map: TrafficMap, context: GraphContext): void {
  for (const node of map.values()) {
    if (node.type !== 'workload' && node.type !== 'app') continue
    const { marks } = node
    if (marks.outOfMesh === true || marks.dead === true || !context.accessible(node)) continue
    if (context.meshFacts.controlPlanesAt(node).length > 0) continue
    const workloads = workloadsOf(node, context)
    // Of workloads that do not exist all of this holds, so Kiali takes them for ambient ones.
    if (workloads.every(({ isAmbient }) => isAmbient) || marks.waypoint === true) marks.ambient = true
    else if (!workloads.every(({ isGateway }) => isGateway) && !workloads.every(({ sidecar }) => sidecar)) {
      marks.outOfMesh = true
    }
  }
}

/** App nodes are looked up by their labels, also those that name a workload. */
function workloadsOf(node: Node, context: GraphContext): readonly Workload[] {
  const facts = context.factsOf(node)
  if (node.type === 'workload') {
    const workload = facts.workload(node.workload)
    return workload === undefined ? [] : [workload]
  }
  return facts.workloads.filter(
    ({ app, version }) => app === node.app && (!isVersionOk(node.version) || version === node.version),
  )
}
