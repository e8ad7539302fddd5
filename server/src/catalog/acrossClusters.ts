/**
 * Details of a logical object: Kiali's document of the first cluster that has it, and beside it the document of each
 * cluster and what differs. An unreachable cluster is named, never an error.
 */
import type { AppDetails, ServiceDetails, WorkloadDetails } from '@binocle/api/catalog'
import type { ClusterName, LogicalKind, LogicalRef } from '@binocle/api/identity'
import type { AcrossClusters, Difference, TrafficCell } from '@binocle/api/multicluster'
import type { Scope } from '../access/scope.ts'
import { BinocleError } from '../errors.ts'
import { matrixOf } from '../health/matrix.ts'
import { toldApart, wholes } from '../mesh/sameness.ts'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot } from '../telemetry/traffic.ts'
import { appDetails } from './apps.ts'
import { type Compared, comparable, differing } from './attributes.ts'
import { isConfigCluster, unreachableClusters } from './logical.ts'
import { membersIn, type PhysicalMember } from './members.ts'
import type { DetailsQuery, WorkloadDetailsQuery } from './query.ts'
import { serviceDetails } from './serviceDetails.ts'
import { snapshotFor } from './snapshots.ts'
import { findNamespace, visibleClusters } from './visible.ts'
import { workloadDetails } from './workloadDetails.ts'

export interface LogicalName {
  readonly namespace: string
  readonly name: string
}

export const serviceAcrossClusters = (
  mesh: Mesh,
  scope: Scope,
  of: LogicalName,
  query: DetailsQuery,
): Promise<ServiceDetails & AcrossClusters<ServiceDetails>> =>
  across(mesh, scope, { ...of, kind: 'service' }, query, (cluster) =>
    serviceDetails(mesh, scope, { cluster, namespace: of.namespace }, of.name, query),
  )

export const workloadAcrossClusters = (
  mesh: Mesh,
  scope: Scope,
  of: LogicalName,
  query: WorkloadDetailsQuery,
): Promise<WorkloadDetails & AcrossClusters<WorkloadDetails>> =>
  across(mesh, scope, { ...of, kind: 'workload' }, query, (cluster) =>
    workloadDetails(mesh, scope, { cluster, namespace: of.namespace }, of.name, query),
  )

export const appAcrossClusters = (
  mesh: Mesh,
  scope: Scope,
  of: LogicalName,
  query: DetailsQuery,
): Promise<AppDetails & AcrossClusters<AppDetails>> =>
  across(mesh, scope, { ...of, kind: 'app' }, query, (cluster) =>
    appDetails(mesh, scope, { cluster, namespace: of.namespace }, of.name, query),
  )

async function across<Document>(
  mesh: Mesh,
  scope: Scope,
  ref: LogicalRef,
  query: DetailsQuery,
  documentOf: (cluster: ClusterName) => Promise<Document>,
): Promise<Document & AcrossClusters<Document>> {
  const snapshot = await snapshotFor(mesh, query.window)
  const asked = visibleClusters(mesh, scope).map(
    async (cluster) => [cluster, await orUndefined(documentOf(cluster))] as const,
  )
  const found = (await Promise.all(asked)).flatMap(([cluster, document]) =>
    document === undefined ? [] : [{ cluster, document }],
  )
  const [first] = found
  if (first === undefined) throw notFound(mesh, scope, ref)
  const members = found.flatMap(({ cluster }) => memberOf(mesh, ref, cluster, snapshot))
  const groups = wholes(mesh, ref.kind, ref, members)
  const apart = groups.find((group) => group.apart !== undefined)?.apart
  return {
    ...first.document,
    clusters: Object.fromEntries(found.map(({ cluster, document }) => [cluster, document])),
    // What is not one object cannot differ from itself.
    differences: groups.flatMap(({ parts }) => differencesOf(parts)),
    unreachable: unreachableClusters(mesh, scope, undefined),
    traffic: seenCells(
      matrixOf(snapshot).of(ref, (at) => scope.sees(at) === 'yes'),
      scope,
    ),
    ...(apart === undefined ? {} : { apart: toldApart(apart, (at) => scope.sees(at) === 'yes') }),
  }
}

/** A cluster without the object is no error. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof BinocleError && error.status < 500) return undefined
    throw error
  }
}

/** As Kiali words it for its home cluster; the same whether it does not exist or may not be seen. */
function notFound(mesh: Mesh, scope: Scope, { kind, namespace, name }: LogicalRef): BinocleError {
  const anywhere = visibleClusters(mesh, scope).some((cluster) => findNamespace(mesh, scope, { cluster, namespace }))
  if (!anywhere) return new BinocleError('BIN-NOT-FOUND', `namespaces "${namespace}" not found`)
  return new BinocleError('BIN-NOT-FOUND', `${kialiKinds[kind]}.Kiali "${name}" not found`)
}

const kialiKinds: Readonly<Record<LogicalKind, string>> = { app: 'App', service: 'Service', workload: 'Workload' }

type ComparedMember = PhysicalMember & Compared

function memberOf(
  mesh: Mesh,
  { kind, namespace, name }: LogicalRef,
  cluster: ClusterName,
  snapshot: TrafficSnapshot | null,
): ComparedMember[] {
  const found = membersIn(mesh, { cluster, namespace }, kind, snapshot).find((member) => member.name === name)
  return found === undefined ? [] : [{ ...found, readsConfig: isConfigCluster(mesh, cluster) }]
}

/** One row for each attribute in which the members differ. */
export function differencesOf(members: readonly (Compared & { readonly cluster: ClusterName })[]): Difference[] {
  return differing(members).map((attribute) => {
    const values: Record<ClusterName, string> = {}
    for (const { cluster, attributes } of comparable(attribute, members)) {
      const value = attributes.get(attribute)
      if (value !== undefined) values[cluster] = value
    }
    return { attribute, values }
  })
}

/** Without cells that touch a cluster the viewer may not know of. */
export function seenCells(cells: readonly TrafficCell[], scope: Scope): TrafficCell[] {
  const seen = (cluster: ClusterName) => cluster === 'unknown' || scope.seesCluster(cluster) !== 'no'
  return cells.filter(({ source, destination }) => seen(source) && seen(destination))
}
