/** Which appenders run, in which order: some on the map of each namespace, some on the whole (reference: graph.md 4). */
import type { GraphContext } from '../context.ts'
import type { NodeHealth } from '../nodeHealth.ts'
import type { AppenderName } from '../options.ts'
import type { Tables } from '../tables.ts'
import type { Node, TrafficMap } from '../trafficMap.ts'
import { splitByOperation } from './aggregateNode.ts'
import { markAmbient } from './ambient.ts'
import { removeDeadNodes } from './deadNode.ts'
import { judgeHealth } from './health.ts'
import { addIdleNodes } from './idleNode.ts'
import { markIstioConfig } from './istio.ts'
import { addLabels } from './labeler.ts'
import { checkMembership } from './meshCheck.ts'
import { markOutsiders } from './outsider.ts'
import { addResponseTimes } from './responseTime.ts'
import { addSecurity } from './securityPolicy.ts'
import { replaceServiceEntries } from './serviceEntry.ts'
import { addThroughput } from './throughput.ts'
import { markRoots } from './trafficGenerator.ts'
import { addWorkloadEntries } from './workloadEntry.ts'

/** What runs on the map of one namespace. All but idle nodes need traffic to say something about. */
export function applyToNamespace(map: TrafficMap, context: GraphContext, tables: Tables, namespace: string): void {
  const asked = (name: AppenderName) => context.options.appenders.has(name) && (map.size > 0 || name === 'idleNode')
  if (asked('serviceEntry')) replaceServiceEntries(map, context, namespace)
  if (asked('deadNode')) removeDeadNodes(map, context, namespace)
  if (asked('workloadEntry')) addWorkloadEntries(map, context, namespace)
  if (asked('responseTime')) addResponseTimes(map, context, tables, namespace)
  if (asked('securityPolicy')) addSecurity(map, context, tables, namespace)
  if (asked('throughput')) addThroughput(map, context, tables, namespace)
  if (asked('aggregateNode')) splitByOperation(map, context, tables, namespace)
  if (asked('idleNode')) addIdleNodes(map, context, namespace)
  if (asked('meshCheck')) checkMembership(map, context)
}

/** What runs on the joined map. Gives the health of nodes, where asked for. */
export function applyToWhole(map: TrafficMap, context: GraphContext): ReadonlyMap<Node, NodeHealth> {
  const asked = (name: AppenderName) => context.options.appenders.has(name)
  markOutsiders(map, context)
  if (asked('istio')) markIstioConfig(map, context)
  if (asked('ambient')) markAmbient(map, context.options.waypoints)
  const health = asked('health') ? judgeHealth(map, context) : new Map<Node, NodeHealth>()
  if (asked('labeler')) addLabels(map, context)
  markRoots(map)
  return health
}
