/** Is a node's workload in the mesh: by sidecar, by ambient, as a gateway? (reference: graph.md 4.7) */
import type { NamespaceFacts } from '../../catalog/namespaceFacts.ts'
import type { Workload } from '../../catalog/workload.ts'
import type { GraphContext } from '../context.ts'
import { isVersionOk } from '../nodeIdentity.ts'
import type { Node, TrafficMap } from '../trafficMap.ts'

export function checkMembership(map: TrafficMap, context: GraphContext): void {
  for (const node of map.values()) {
    if (node.type !== 'workload' && node.type !== 'app') continue
    const { marks } = node
    if (marks.outOfMesh === true || marks.dead === true || !context.accessible(node)) continue
    if (context.holdsControlPlane(node)) continue
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
  const ofApp = byApp(facts).get(node.app) ?? []
  return isVersionOk(node.version) ? ofApp.filter(({ version }) => version === node.version) : ofApp
}

const kept = new WeakMap<NamespaceFacts, ReadonlyMap<string, readonly Workload[]>>()

/** Waypoints among them. */
function byApp(facts: NamespaceFacts): ReadonlyMap<string, readonly Workload[]> {
  const known = kept.get(facts)
  if (known !== undefined) return known
  const apps = new Map<string, Workload[]>()
  for (const workload of facts.workloads) {
    const { app } = workload
    if (app === undefined) continue
    const members = apps.get(app)
    if (members === undefined) apps.set(app, [workload])
    else members.push(workload)
  }
  kept.set(facts, apps)
  return apps
}
