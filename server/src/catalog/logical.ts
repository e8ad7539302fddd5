/** Lists of logical objects: one row for what is one service, workload or app of the mesh (reference: ui.md 17.6). */
import { type HealthStatus, worstOf } from '@binocle/api/health'
import type { ClusterName, LogicalKind, LogicalRef } from '@binocle/api/identity'
import type { LogicalList, LogicalObject } from '@binocle/api/multicluster'
import type { Problem } from '@binocle/api/problem'
import type { Scope } from '../access/scope.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { type Whole, wholes } from '../mesh/sameness.ts'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot, Window } from '../telemetry/traffic.ts'
import { type Compared, differing } from './attributes.ts'
import { membersIn, type PhysicalMember } from './members.ts'
import { snapshotFor, telemetryProblem } from './snapshots.ts'
import { clusterTrouble, listedNamespaces, visibleClusters } from './visible.ts'

export interface LogicalQuery {
  /** undefined or empty: all that the viewer sees. */
  readonly namespaces?: readonly string[]
  readonly clusters?: readonly ClusterName[]
  /** Another window than the health window. */
  readonly window?: Window
}

/** GET /api/multicluster/{services|workloads|apps}: in order of namespace and name. */
export async function logicalList(
  mesh: Mesh,
  scope: Scope,
  kind: LogicalKind,
  query: LogicalQuery = {},
): Promise<LogicalList> {
  const snapshot = await snapshotFor(mesh, query.window)
  const telemetry = telemetryProblem(mesh, snapshot)
  return {
    objects: logicalObjects(mesh, scope, kind, query, snapshot),
    unreachable: unreachableClusters(mesh, scope, query.clusters),
    ...(telemetry === undefined ? {} : { telemetry }),
  }
}

/** The rows alone, from a snapshot that is at hand; null: telemetry is unknown. */
export function logicalObjects(
  mesh: Mesh,
  scope: Scope,
  kind: LogicalKind,
  query: LogicalQuery,
  snapshot: TrafficSnapshot | null,
): LogicalObject[] {
  const byName = new Map<string, CountedMember[]>()
  for (const cluster of chosenClusters(mesh, scope, query.clusters)) {
    const stale = clusterTrouble(mesh, cluster) !== undefined
    const readsConfig = isConfigCluster(mesh, cluster)
    for (const at of listedNamespaces(mesh, scope, cluster, query.namespaces)) {
      for (const physical of membersIn(mesh, at, kind, snapshot)) {
        const member = { ...physical, stale, readsConfig }
        const key = `${physical.namespace}/${physical.name}`
        const namesakes = byName.get(key)
        if (namesakes === undefined) byName.set(key, [member])
        else namesakes.push(member)
      }
    }
  }
  const facts = meshFactsOf(mesh.inventory)
  const objects: LogicalObject[] = []
  for (const namesakes of byName.values()) {
    const [first] = namesakes
    if (first === undefined) continue
    const ref = { kind, namespace: first.namespace, name: first.name }
    for (const whole of wholes(facts, mesh.config.istio, kind, first, namesakes))
      objects.push(logicalObject(ref, whole))
  }
  return objects.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
}

interface CountedMember extends PhysicalMember, Compared {
  readonly stale: boolean
}

function logicalObject(ref: LogicalRef, { parts, apart }: Whole<CountedMember>): LogicalObject {
  return {
    ...ref,
    health: healthOfKnown(parts),
    unknownMembers: parts.filter(({ stale }) => stale).length,
    members: parts.map(({ member, stale }) => (stale ? { ...member, stale } : member)),
    differs: differing(parts),
    ...(apart === undefined ? {} : { apart }),
  }
}

function healthOfKnown(parts: readonly CountedMember[]): HealthStatus {
  return worstOf(parts.filter(({ stale }) => !stale).map(({ member }) => member.health))
}

/** An istiod reads Istio's objects from this cluster. */
export const isConfigCluster = ({ inventory }: Mesh, cluster: ClusterName): boolean =>
  meshFactsOf(inventory).controlPlanes.some(({ id }) => id === cluster)

/** Of the clusters that the viewer sees, those asked for. */
export function chosenClusters(
  mesh: Mesh,
  scope: Scope,
  chosen: readonly ClusterName[] | undefined,
): readonly ClusterName[] {
  const visible = visibleClusters(mesh, scope)
  return chosen === undefined || chosen.length === 0 ? visible : visible.filter((cluster) => chosen.includes(cluster))
}

/** Why facts of some of them are old or missing. */
export function unreachableClusters(mesh: Mesh, scope: Scope, chosen: readonly ClusterName[] | undefined): Problem[] {
  return chosenClusters(mesh, scope, chosen).flatMap((cluster) => {
    const trouble = clusterTrouble(mesh, cluster)
    return trouble === undefined ? [] : [trouble]
  })
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
