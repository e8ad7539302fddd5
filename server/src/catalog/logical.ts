/** Lists of logical objects: one row for what is one service, workload or app of the mesh (reference: ui.md 17.6). */
import { type HealthStatus, worstOf } from '@binocle/api/health'
import type { ClusterName, LogicalKind, LogicalRef } from '@binocle/api/identity'
import type { LogicalList, LogicalObject } from '@binocle/api/multicluster'
import type { Problem } from '@binocle/api/problem'
import type { Scope } from '../access/scope.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { meshFactsOf } from '../mesh/mesh.ts'
import { type Sameness, type Separation, samenessOf, toldApart, type Whole, wholes } from '../mesh/sameness.ts'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot, Window } from '../telemetry/traffic.ts'
import { type Compared, differing } from './attributes.ts'
import { membersIn, membersVersion, type PhysicalMember } from './members.ts'
import { snapshotFor, telemetryProblem } from './snapshots.ts'
import { clusterTrouble, listedNamespaces, toldTrouble, visibleClusters } from './visible.ts'

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
    objects: [...logicalObjects(mesh, scope, kind, query, snapshot)],
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
): readonly LogicalObject[] {
  const byNamespace = new Map<string, Share[]>()
  for (const cluster of chosenClusters(mesh, scope, query.clusters)) {
    const stale = clusterTrouble(mesh, cluster) !== undefined
    const readsConfig = isConfigCluster(mesh, cluster)
    const version = membersVersion(mesh, cluster)
    for (const at of listedNamespaces(mesh, scope, cluster, query.namespaces)) {
      const share = { cluster, stale, readsConfig, members: membersIn(mesh, at, kind, snapshot, version) }
      const shares = byNamespace.get(at.namespace)
      if (shares === undefined) byNamespace.set(at.namespace, [share])
      else shares.push(share)
    }
  }
  const namespaces = [...byNamespace].sort(([a], [b]) => compare(a, b))
  return namespaces.flatMap(([namespace, shares]) => told(rowsOf(mesh, kind, namespace, shares), scope))
}

/** As unfiltered facts: what keeps it apart may stand where the viewer does not look. */
interface Row extends LogicalObject {
  readonly apart?: Separation
}

function told(rows: readonly Row[], scope: Scope): readonly LogicalObject[] {
  if (rows.every(({ apart }) => apart === undefined)) return rows
  return rows.map(({ apart, ...row }) =>
    apart === undefined ? row : { ...row, apart: toldApart(apart, (at) => scope.sees(at) === 'yes') },
  )
}

/** What one cluster holds of a logical namespace. */
interface Share {
  readonly cluster: ClusterName
  readonly stale: boolean
  readonly readsConfig: boolean
  readonly members: readonly PhysicalMember[]
}

interface Rows {
  readonly sameness: Sameness
  readonly shares: readonly Share[]
  readonly rows: readonly Row[]
}

/** Rows by kind, namespace and clusters; unfiltered facts of exactly the clusters that the key names. */
const kept = new WeakMap<Inventory, Map<string, Rows>>()
/** Viewers with ever new sets of clusters must not fill the memory. */
const keptAtMost = 30_000

/** The rows of one namespace; made anew only when one of its shares was. */
function rowsOf(mesh: Mesh, kind: LogicalKind, namespace: string, shares: readonly Share[]): readonly Row[] {
  let cache = kept.get(mesh.inventory)
  if (cache === undefined || cache.size > keptAtMost) {
    cache = new Map()
    kept.set(mesh.inventory, cache)
  }
  const key = `${kind} ${namespace} ${shares.map(({ cluster }) => cluster).join()}`
  const sameness = samenessOf(mesh)
  const last = cache.get(key)
  if (
    last !== undefined &&
    last.sameness === sameness &&
    shares.every((share, index) => same(share, last.shares[index]))
  ) {
    return last.rows
  }
  const rows = makeRows(mesh, kind, namespace, shares)
  cache.set(key, { sameness, shares, rows })
  return rows
}

const same = (a: Share, b: Share | undefined): boolean =>
  a.members === b?.members && a.stale === b.stale && a.readsConfig === b.readsConfig

function makeRows(mesh: Mesh, kind: LogicalKind, namespace: string, shares: readonly Share[]): Row[] {
  const byName = new Map<string, CountedMember[]>()
  for (const { stale, readsConfig, members } of shares) {
    for (const physical of members) {
      const member = { ...physical, stale, readsConfig }
      const namesakes = byName.get(physical.name)
      if (namesakes === undefined) byName.set(physical.name, [member])
      else namesakes.push(member)
    }
  }
  return [...byName]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([name, namesakes]) =>
      wholes(mesh, kind, { namespace, name }, namesakes).map((whole) =>
        logicalObject({ kind, namespace, name }, whole),
      ),
    )
}

interface CountedMember extends PhysicalMember, Compared {
  readonly stale: boolean
}

function logicalObject(ref: LogicalRef, { parts, apart }: Whole<CountedMember>): Row {
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
    const trouble = toldTrouble(mesh, scope, cluster)
    return trouble === undefined ? [] : [trouble]
  })
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
