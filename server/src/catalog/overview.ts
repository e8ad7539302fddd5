/** "What is wrong now?": the problems of the mesh in words, worst first, with how much there is of everything. */
import { type HealthStatus, severity } from '@binocle/api/health'
import type { LogicalKind } from '@binocle/api/identity'
import type { Counts, LogicalObject, MeshProblem, Overview } from '@binocle/api/multicluster'
import type { Scope } from '../access/scope.ts'
import { percent } from '../health/errors.ts'
import { matrixOf } from '../health/matrix.ts'
import type { Mesh } from '../model.ts'
import type { TrafficSnapshot } from '../telemetry/traffic.ts'
import { seenCells } from './acrossClusters.ts'
import { chosenClusters, type LogicalQuery, logicalObjects } from './logical.ts'
import { objectProblems } from './problems.ts'
import { snapshotFor, telemetryProblem } from './snapshots.ts'
import { clusterTrouble, listedNamespaces, toldTrouble } from './visible.ts'

/** GET /api/multicluster/overview */
export async function overview(mesh: Mesh, scope: Scope, query: LogicalQuery = {}): Promise<Overview> {
  const snapshot = await snapshotFor(mesh, query.window)
  const telemetry = telemetryProblem(mesh, snapshot)
  const objects = (kind: LogicalKind) => logicalObjects(mesh, scope, kind, query, snapshot)
  const services = objects('service')
  const workloads = objects('workload')
  const apps = objects('app')
  const clusters = chosenClusters(mesh, scope, query.clusters)
  const namespaces = new Set(
    clusters.flatMap((cluster) =>
      listedNamespaces(mesh, scope, cluster, query.namespaces).map(({ namespace }) => namespace),
    ),
  )
  const problems = [
    ...clusterProblems(mesh, scope, clusters),
    ...(telemetry === undefined ? [] : [telemetryTrouble(telemetry.message)]),
    ...objectProblems(services, workloads),
  ]
  return {
    problems: problems.sort(worstFirst),
    counts: {
      clusters: clusters.length,
      namespaces: namespaces.size,
      apps: countsOf(apps),
      services: countsOf(services),
      workloads: countsOf(workloads),
    },
    ...(snapshot === null ? {} : { traffic: trafficOf(snapshot, scope) }),
    ...(telemetry === undefined ? {} : { telemetry }),
  }
}

function clusterProblems(mesh: Mesh, scope: Scope, clusters: readonly string[]): MeshProblem[] {
  return clusters.flatMap((cluster) => {
    const trouble = toldTrouble(mesh, scope, cluster)
    const state = mesh.clusters.get(cluster)
    if (trouble === undefined || state === undefined) return []
    const isNew = state.state === 'syncing'
    const isWell = clusterTrouble(mesh, cluster) === undefined
    return [
      {
        severity: isNew ? ('Not Ready' as const) : isWell ? ('Degraded' as const) : ('Failure' as const),
        text: isNew
          ? `${cluster} is being read for the first time`
          : isWell
            ? trouble.message
            : `${cluster} is ${state.state}: ${trouble.message}`,
        href: `/overview?cluster=${encodeURIComponent(cluster)}`,
        cluster,
        kind: 'cluster' as const,
        name: cluster,
        since: state.since,
      },
    ]
  })
}

const telemetryTrouble = (message: string): MeshProblem => ({
  severity: 'Degraded',
  text: `Traffic and request health are unknown: ${message}`,
  href: '/overview',
  kind: 'telemetry',
})

/** Worst first; then by words, so that the order stays while nothing changes. */
const worstFirst = (a: MeshProblem, b: MeshProblem): number =>
  severity(b.severity) - severity(a.severity) || (a.text < b.text ? -1 : 1)

function countsOf(objects: readonly LogicalObject[]): Counts {
  const byHealth: Partial<Record<HealthStatus, number>> = {}
  let instances = 0
  for (const { health, members } of objects) {
    byHealth[health] = (byHealth[health] ?? 0) + 1
    instances += members.length
  }
  return { objects: objects.length, instances, byHealth }
}

/** Of the namespaces that the viewer sees, between clusters he may know of. */
function trafficOf(snapshot: TrafficSnapshot, scope: Scope): NonNullable<Overview['traffic']> {
  const matrix = seenCells(
    matrixOf(snapshot).whole((at) => scope.sees(at) === 'yes'),
    scope,
  )
  let rps = 0
  let failed = 0
  let crossClusterRps = 0
  for (const cell of matrix) {
    rps += cell.rps
    failed += (cell.rps * cell.errorPercent) / 100
    const named = cell.source !== 'unknown' && cell.destination !== 'unknown'
    if (named && cell.source !== cell.destination) crossClusterRps += cell.rps
  }
  return { rps, errorPercent: percent(failed, rps), crossClusterRps, matrix }
}
