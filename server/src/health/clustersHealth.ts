/** Health of the namespaces of one cluster, by object and in buckets (reference: api.md 9.4). */
import type { ClustersHealth, HealthBucket, NamespaceHealth } from '@binocle/api/catalog'
import {
  type AppHealth,
  type HealthStatus,
  type ServiceHealth,
  type WorkloadHealth,
  worstOf,
} from '@binocle/api/health'
import type { ClusterName } from '@binocle/api/identity'
import type { Scope } from '../access/scope.ts'
import { namespaceFacts } from '../catalog/namespaceFacts.ts'
import { externalServices } from '../catalog/services.ts'
import { listedNamespaces } from '../catalog/visible.ts'
import type { Mesh } from '../model.ts'
import { namespaceHealths } from './namespaceHealth.ts'
import type { HealthKind } from './tolerances.ts'

export interface HealthQuery {
  readonly cluster: ClusterName
  /** undefined or empty: all that the viewer sees. */
  readonly namespaces?: readonly string[]
  /** undefined: all three. */
  readonly type?: HealthKind
}

/** GET /api/clusters/health. An unknown cluster has none; a namespace that may not be seen looks like an empty one. */
export function clustersHealth(mesh: Mesh, scope: Scope, query: HealthQuery): ClustersHealth {
  const wants = (kind: HealthKind) => query.type === undefined || query.type === kind
  const apps: Record<string, Record<string, AppHealth>> = {}
  const services: Record<string, Record<string, ServiceHealth>> = {}
  const workloads: Record<string, Record<string, WorkloadHealth>> = {}
  const namespaces: Record<string, NamespaceHealth> = {}
  const visible = listedNamespaces(mesh, scope, query.cluster, query.namespaces)
  if (mesh.clusters.get(query.cluster) === undefined || scope.seesCluster(query.cluster) === 'no') return {}
  // Named namespaces are answered for in any case: whoever asks cannot tell absent from forbidden.
  for (const namespace of query.namespaces ?? []) {
    if (visible.some((at) => at.namespace === namespace)) continue
    if (wants('app')) apps[namespace] = {}
    if (wants('service')) services[namespace] = {}
    if (wants('workload')) workloads[namespace] = {}
    namespaces[namespace] = {
      ...(wants('app') ? { statusApp: bucketOf({}) } : {}),
      ...(wants('service') ? { statusService: bucketOf({}) } : {}),
      ...(wants('workload') ? { statusWorkload: bucketOf({}) } : {}),
      worstStatus: 'NA',
    }
  }
  for (const at of visible) {
    const facts = namespaceFacts(mesh, at)
    const healths = namespaceHealths(mesh, at, 'listed')
    const { namespace } = at
    const parts: NamespaceHealth = { worstStatus: 'NA' }
    if (wants('app')) {
      apps[namespace] = healthByName([...facts.apps.keys()], (name) => name, healths.app)
      parts.statusApp = bucketOf(apps[namespace])
    }
    if (wants('service')) {
      const hosts = externalServices(mesh, at).map(({ host }) => host)
      const names = [...facts.services.map(({ name }) => name), ...hosts]
      services[namespace] = healthByName(names, (name) => name, healths.service)
      parts.statusService = bucketOf(services[namespace])
    }
    if (wants('workload')) {
      workloads[namespace] = healthByName(facts.workloads, ({ name }) => name, healths.workload)
      parts.statusWorkload = bucketOf(workloads[namespace])
    }
    namespaces[namespace] = {
      ...parts,
      worstStatus: worstOf([
        ...statuses(apps[namespace]),
        ...statuses(services[namespace]),
        ...statuses(workloads[namespace]),
      ]),
    }
  }
  return {
    ...(wants('app') ? { namespaceAppHealth: apps } : {}),
    ...(wants('service') ? { namespaceServiceHealth: services } : {}),
    ...(wants('workload') ? { namespaceWorkloadHealth: workloads } : {}),
    namespaceHealth: namespaces,
  }
}

type WithStatus = { readonly status?: { readonly status: HealthStatus } }

function healthByName<T, H>(all: readonly T[], nameOf: (one: T) => string, healthOf: (one: T) => H): Record<string, H> {
  return Object.fromEntries(all.map((one) => [nameOf(one), healthOf(one)]))
}

const statuses = (healths: Record<string, WithStatus> | undefined): HealthStatus[] =>
  Object.values(healths ?? {}).map(({ status }) => status?.status ?? 'NA')

/** Names by status. */
export function bucketOf(healths: Record<string, WithStatus>): HealthBucket {
  const bucket: HealthBucket = { inError: [], inNotReady: [], inSuccess: [], inWarning: [], notAvailable: [] }
  for (const [name, { status }] of Object.entries(healths)) bucket[bucketNames[status?.status ?? 'NA']].push(name)
  return bucket
}

const bucketNames = {
  Failure: 'inError',
  Degraded: 'inWarning',
  'Not Ready': 'inNotReady',
  Healthy: 'inSuccess',
  NA: 'notAvailable',
} as const satisfies Record<HealthStatus, keyof HealthBucket>
