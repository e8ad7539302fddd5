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
    const { allAmbient, allGateways, allSidecars } = membersOf(node, context)
    // Of workloads that do not exist all of this holds, so Kiali takes them for ambient ones.
    if (allAmbient || marks.waypoint === true) marks.ambient = true
    else if (!allGateways && !allSidecars) marks.outOfMesh = true
  }
}

/** What holds of all workloads behind a node. */
interface Members {
  readonly allAmbient: boolean
  readonly allGateways: boolean
  readonly allSidecars: boolean
}

/** App nodes are looked up by their labels, also those that name a workload. */
function membersOf(node: Node, context: GraphContext): Members {
  const facts = context.factsOf(node)
  if (node.type === 'workload') {
    const workload = facts.workload(node.workload)
    return sumUp(workload === undefined ? [] : [workload])
  }
  const version = isVersionOk(node.version) ? node.version : ''
  const ofApp = byApp(facts).get(node.app)
  return ofApp === undefined ? sumUp([]) : ofVersion(ofApp, version)
}

interface AppMembers {
  readonly workloads: Workload[]
  /** By version; '' = whatever the version. */
  readonly summed: Map<string, Members>
}

function ofVersion({ workloads, summed }: AppMembers, version: string): Members {
  let members = summed.get(version)
  if (members === undefined) {
    members = sumUp(version === '' ? workloads : workloads.filter((workload) => workload.version === version))
    // Versions come from outside: what proxies make up must not fill the memory.
    if (summed.size < 100) summed.set(version, members)
  }
  return members
}

const sumUp = (workloads: readonly Workload[]): Members => ({
  allAmbient: workloads.every(({ isAmbient }) => isAmbient),
  allGateways: workloads.every(({ isGateway }) => isGateway),
  allSidecars: workloads.every(({ sidecar }) => sidecar),
})

const kept = new WeakMap<NamespaceFacts, ReadonlyMap<string, AppMembers>>()

/** Waypoints among them. */
function byApp(facts: NamespaceFacts): ReadonlyMap<string, AppMembers> {
  const known = kept.get(facts)
  if (known !== undefined) return known
  const apps = new Map<string, AppMembers>()
  for (const workload of facts.workloads) {
    const { app } = workload
    if (app === undefined) continue
    const members = apps.get(app)
    if (members === undefined) apps.set(app, { workloads: [workload], summed: new Map() })
    else members.workloads.push(workload)
  }
  kept.set(facts, apps)
  return apps
}
