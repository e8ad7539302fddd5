/** Every question the page asks the server, with its key. Invalidation speaks of the first word of a key. */
import type { Diagnosis } from '@binocle/api/diagnosis'
import type { LogicalKind } from '@binocle/api/identity'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, type Shape } from './http.ts'
import {
  isAccessAnswer,
  isAcross,
  isAppDetails,
  isClustersAnswer,
  isDiagnosis,
  isDiagnostics,
  isLogicalList,
  isNamespacesAnswer,
  isOverview,
  isPermissions,
  isServiceDetails,
  isWorkloadDetails,
} from './shapes.ts'

/** First words of the keys, by what makes an answer old. */
export const topics = {
  clusters: 'clusters',
  /** Kubernetes facts and traffic together: lists, details, overview. */
  mesh: 'mesh',
  /** What was found when a cluster was examined: asked for by hand. */
  diagnosis: 'diagnosis',
  /** What a cluster lets the person change: asked for by hand. */
  rights: 'rights',
} as const

/** What part of the mesh the viewer looks at. Empty lists mean everything. `durationS`: the window of rates. */
export interface View {
  readonly namespaces: readonly string[]
  readonly clusters: readonly string[]
  readonly durationS: number
}

const window = (view: View) => ({ duration: `${view.durationS}s` })

export const clustersQuery = () =>
  queryOptions({
    queryKey: [topics.clusters],
    queryFn: ({ signal }) => get('api/multicluster/clusters', {}, isClustersAnswer, signal),
    // Events tell of changes of state only; the age of the last sync and what is counted move all the time (ui.md 17.5).
    refetchInterval: 15_000,
  })

/** Counters of the console itself; they move all the time, so they are asked for again while they are looked at. */
export const diagnosticsQuery = () =>
  queryOptions({
    queryKey: [topics.diagnosis],
    queryFn: ({ signal }) => get('api/multicluster/diagnostics', {}, isDiagnostics, signal),
    refetchInterval: 5_000,
  })

/**
 * Examines the cluster step by step; takes as long as its slowest step. Asked anew when its state changed, which was at
 * `sinceMs`: what the server found just before that is then no answer.
 */
export const diagnosisQuery = (cluster: string, sinceMs: number) =>
  queryOptions({
    queryKey: [topics.diagnosis, cluster, sinceMs],
    queryFn: ({ signal }) =>
      get(diagnosisPath(cluster), Date.now() - sinceMs < justChangedMs ? { fresh: true } : {}, isDiagnosis, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

/** The same, not out of the server's last seconds. */
export const freshDiagnosis = (cluster: string): Promise<Diagnosis> =>
  get(diagnosisPath(cluster), { fresh: true }, isDiagnosis)

const justChangedMs = 60_000

const diagnosisPath = (cluster: string) => `api/multicluster/clusters/${encodeURIComponent(cluster)}/diagnosis`

/** What the person who is logged in sees, of every cluster. */
export const accessQuery = () =>
  queryOptions({
    queryKey: [topics.mesh, 'access'],
    queryFn: ({ signal }) => get('api/multicluster/access', {}, isAccessAnswer, signal),
    // Rights change without an event; the server asks the clusters every ten seconds.
    refetchInterval: 15_000,
  })

/** What that person may change in one namespace of one cluster; asks the cluster, so only for what is opened. */
export const permissionsQuery = (cluster: string, namespace: string) =>
  queryOptions({
    queryKey: [topics.rights, cluster, namespace],
    queryFn: ({ signal }) =>
      get('api/istio/permissions', { clusterName: cluster, namespaces: namespace }, isPermissions, signal),
    staleTime: 10_000,
  })

export const overviewQuery = (view: View) =>
  queryOptions({
    queryKey: [topics.mesh, 'overview', view],
    queryFn: ({ signal }) => get('api/multicluster/overview', { ...part(view), ...window(view) }, isOverview, signal),
    placeholderData: keepPreviousData,
  })

export const namespacesQuery = (view: Pick<View, 'clusters' | 'durationS'>) =>
  queryOptions({
    queryKey: [topics.mesh, 'namespaces', view.clusters, view.durationS],
    queryFn: ({ signal }) =>
      get(
        'api/multicluster/namespaces',
        { clusters: view.clusters, duration: `${view.durationS}s` },
        isNamespacesAnswer,
        signal,
      ),
    placeholderData: keepPreviousData,
  })

/** The plural of a kind in addresses of the API. */
export const plurals = { app: 'apps', service: 'services', workload: 'workloads' } as const satisfies Record<
  LogicalKind,
  string
>

export const logicalListQuery = (kind: LogicalKind, view: View) =>
  queryOptions({
    queryKey: [topics.mesh, kind, view],
    queryFn: ({ signal }) =>
      get(`api/multicluster/${plurals[kind]}`, { ...part(view), ...window(view) }, isLogicalList, signal),
    placeholderData: keepPreviousData,
  })

const part = (view: View) => ({ namespaces: view.namespaces, clusters: view.clusters })

/** Names the object of a detail page. */
export interface Subject {
  readonly namespace: string
  readonly name: string
  readonly durationS: number
}

export const serviceQuery = (subject: Subject) => acrossQuery('service', subject, isServiceDetails)
export const workloadQuery = (subject: Subject) => acrossQuery('workload', subject, isWorkloadDetails)
export const appQuery = (subject: Subject) => acrossQuery('app', subject, isAppDetails)

/** The object in every cluster: without `clusterName` the server answers for all of them. */
function acrossQuery<Document>(kind: LogicalKind, subject: Subject, isDocument: Shape<Document>) {
  const { namespace, name, durationS } = subject
  const path = `api/namespaces/${encodeURIComponent(namespace)}/${plurals[kind]}/${encodeURIComponent(name)}`
  return queryOptions({
    queryKey: [topics.mesh, 'details', kind, namespace, name, durationS],
    queryFn: ({ signal }) =>
      get(
        path,
        { rateInterval: `${durationS}s`, ...(kind === 'service' ? {} : { health: true }) },
        isAcross(isDocument),
        signal,
      ),
  })
}
