/** How the console follows its clusters: live counters per cluster and kind, for who runs the console. */
import type { ClusterDiagnostics, DiagnosticsAnswer, KindDiagnostics } from '@binocle/api/multicluster'
import type { Scope } from '../../access/scope.ts'
import { seesAll, seesWhole } from '../../catalog/visible.ts'
import type { ClusterStats } from '../../clusters/clusters.ts'
import type { KindStats } from '../../clusters/kindWatch.ts'
import { insecurities } from '../../config/insecure.ts'
import type { Kind } from '../../inventory/inventory.ts'
import type { Mesh } from '../../model.ts'
import { json, type Route } from '../route.ts'

export function diagnosticsRoutes(mesh: Mesh): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/multicluster/diagnostics',
      parameters: [],
      handle: ({ viewer }) => json(diagnostics(mesh, viewer.scope)),
    },
  ]
}

/** Counters speak of all namespaces: only for who looks after the cluster and sees all of it. */
function diagnostics(mesh: Mesh, scope: Scope): DiagnosticsAnswer {
  const stats = mesh.clusters.stats?.() ?? []
  const visible = mesh.clusters.list().filter(({ name }) => seesWhole(mesh, scope, name) && seesAll(mesh, scope, name))
  return {
    clusters: visible.flatMap(({ name, notes }) => {
      const ofCluster = stats.find(({ cluster }) => cluster === name)
      return ofCluster === undefined ? [] : [clusterDiagnostics(mesh, ofCluster, [...(notes ?? [])])]
    }),
    // They name namespaces of the home cluster, and what is weak about this console.
    sources: visible.some(({ home }) => home)
      ? [...(mesh.clusters.sourceProblems?.() ?? []), ...insecurities(mesh.config)]
      : [],
  }
}

const clusterDiagnostics = (
  mesh: Mesh,
  { cluster, origin, kinds }: ClusterStats,
  notes: ClusterDiagnostics['notes'],
): ClusterDiagnostics => ({
  name: cluster,
  origin,
  notes,
  kinds: [...kinds].map(([kind, stats]) => kindDiagnostics(mesh, cluster, kind, stats)),
})

function kindDiagnostics({ inventory, clock }: Mesh, cluster: string, kind: Kind, stats: KindStats): KindDiagnostics {
  const state = inventory.state(kind, cluster)
  return {
    kind,
    version: stats.version,
    state: state.state,
    ...('cause' in state ? { cause: state.cause } : {}),
    mode: stats.mode,
    denied: state.state === 'forbidden' ? ['list'] : stats.mode === 'polled' ? ['watch'] : [],
    objects: inventory.count(kind, cluster),
    events: stats.events,
    bytes: stats.bytes,
    rejected: stats.rejected,
    relists: stats.relists,
    restarts: stats.restarts,
    ...('asOf' in state ? { ageMs: Math.max(0, clock() - state.asOf) } : {}),
    ...(stats.namespaces === undefined ? {} : { namespaces: [...stats.namespaces] }),
    ...(stats.lastByteAt === 0 ? {} : { lastByteAt: stats.lastByteAt }),
  }
}
