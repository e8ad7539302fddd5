/** What a wire node says about itself beyond health, in words (reference: ui.md 9.5, badges). */
import type { GraphNode } from '@binocle/api/graph'
import { isRestricted } from '../../graph/model/leaves.ts'
import type { MeshNode } from '../../graph/model/meshGraph.ts'

export const marksOf = (node: MeshNode): string[] =>
  node.wire ? marks.flatMap(([word, has]) => (node.wire && has(node.wire) ? [word] : [])) : []

const marks: readonly (readonly [string, (wire: GraphNode) => unknown])[] = [
  ['gateway', (wire) => wire.isGateway],
  ['waypoint', (wire) => wire.isWaypoint],
  ['ambient', (wire) => wire.isAmbient],
  ['missing sidecar', (wire) => wire.isOutOfMesh],
  ['outside the selected namespaces', (wire) => wire.isOutside],
  ['traffic source', (wire) => wire.isRoot],
  ['restricted', isRestricted],
  ['dead', (wire) => wire.isDead],
  ['idle', (wire) => wire.isIdle],
  ['workload entry', (wire) => wire.hasWorkloadEntry],
  ['circuit breaker', (wire) => wire.hasCB],
  ['virtual service', (wire) => wire.hasVS],
  ['fault injection', (wire) => wire.hasFaultInjection],
  ['mirroring', (wire) => wire.hasMirroring],
  ['request routing', (wire) => wire.hasRequestRouting],
  ['request timeout', (wire) => wire.hasRequestTimeout],
  ['traffic shifting', (wire) => wire.hasTrafficShifting],
  ['TCP traffic shifting', (wire) => wire.hasTCPTrafficShifting],
]
